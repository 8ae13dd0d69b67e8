"""What is in a ResourceList next to its items: its kind, the functionConfig, results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from krmfn.resources.resource import Resource, text_of
from krmfn.resources.result import Result
from krmfn.yaml.data import DataError, to_data
from krmfn.yaml.nodes import MapNode, follow
from krmfn.yaml.text import Lines, located

if TYPE_CHECKING:
    from krmfn.resources.list_envelope import ListEnvelope
    from krmfn.yaml.nodes import Node

API_VERSIONS = ("config.kubernetes.io/v1", "config.kubernetes.io/v1beta1", "config.kubernetes.io/v1alpha1")
KIND = "ResourceList"


class ListRoot:
    """Collects the values of a list's root into a frame."""

    def __init__(self, frame: ListEnvelope, name: str) -> None:
        self.frame = frame
        self.name = name
        self.values: dict[str, tuple[Node, int]] = {}

    def fail(self, offset: int, what: str) -> NoReturn:
        """Raise InputError for what is at an offset."""
        text = self.frame.text
        raise located(self.name, text, Lines(text).position(offset), what)

    def take(self, key: str, value: Node, text: str, base: int = 0) -> None:
        """Take a value of the root; text: that its offsets count in, which starts at `base` of the list's."""
        self.values[key] = value, base + value.start
        if key == "functionConfig":
            self.frame.function_config = self._config(value, text, base)
        elif key == "results":
            self.frame.has_results = True
            self.frame.results = read_results(self._data(value, base + value.start))

    def check(self, start: int, *, has_items: bool) -> None:
        """Raise InputError for what is not a ResourceList; start: of the root."""
        nothing = None, start
        (kind, kind_at), (version, version_at) = (self.values.get(key, nothing) for key in ("kind", "apiVersion"))
        found = self._data(kind, kind_at)
        if found != KIND:
            self.fail(kind_at, f"kind is {found!r}, but a function reads a {KIND}")
        found = self._data(version, version_at)
        if found not in API_VERSIONS:
            self.fail(version_at, f"apiVersion is {found!r}, but must be {API_VERSIONS[0]}")
        if not has_items:
            self.fail(start, "`items` is missing; an empty list is written `items: []`")

    def _data(self, node: Node | None, offset: int) -> Any:
        try:
            return to_data(node)
        except DataError as error:
            self.fail(offset, str(error))

    def _config(self, value: Node, text: str, base: int) -> Resource | None:
        """Return the functionConfig with its tree; None if it is empty."""
        try:
            mapping = follow(value)
        except ValueError as error:
            self.fail(base + value.start, str(error))
        if type(mapping) is not MapNode:
            if self._data(mapping, base + value.start) is not None:
                self.fail(base + value.start, "functionConfig is not a mapping")
            return None
        resource = Resource(text, source=self.name, start=mapping.start, end=mapping.end)
        resource.api_version = text_of(mapping, "apiVersion")
        resource.kind = text_of(mapping, "kind")
        resource.keep(mapping, mapping)
        return resource


def read_results(data: Any) -> list[Result]:
    """Read results; the legacy form is a mapping with `items`."""
    if isinstance(data, dict):
        data = data.get("items")
    return [Result.from_dict(entry) for entry in data if isinstance(entry, dict)] if isinstance(data, list) else []

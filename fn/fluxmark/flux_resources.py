"""Flux's image resources (and the Secrets beside them) in a package, as data with their places.

All apiVersions count, every document of a file, and the items of a `kind: List`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fluxmark.words import GROUP, SECRET
from krmfn.data import DataError, to_data
from krmfn.node import MapNode, Node, ScalarNode, SeqNode, find, follow, parse
from krmfn.text import InputError, Lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from krmfn.package import Package
    from krmfn.resource import Resource

REPOSITORY, POLICY, AUTOMATION = "ImageRepository", "ImagePolicy", "ImageUpdateAutomation"
_KINDS = (REPOSITORY, POLICY, AUTOMATION)


@dataclass(frozen=True, slots=True)
class FluxResource:
    """A resource as data; `where` is `file:line:column` of it, as a user would write the file."""

    where: str
    kind: str
    namespace: str
    name: str
    data: dict[str, Any]

    @property
    def spec(self) -> dict[str, Any]:
        """The spec; empty where there is none or it is no mapping."""
        spec = self.data.get("spec")
        return spec if isinstance(spec, dict) else {}

    def get(self, *path: str) -> Any:
        """Return a field of the data; None where there is none."""
        found: Any = self.data
        for key in path:
            found = found.get(key) if isinstance(found, dict) else None
        return found

    @property
    def id(self) -> str:
        """`namespace:name`, as markers name policies."""
        return f"{self.namespace}:{self.name}"


@dataclass(slots=True)
class FluxResources:
    """What a package holds, by kind and by (namespace, name); and the files that could not be read."""

    by_kind: dict[str, dict[tuple[str, str], FluxResource]] = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)

    def all(self, kind: str) -> list[FluxResource]:
        """Return the resources of a kind, in the order of the files."""
        return list(self.by_kind.get(kind, {}).values())

    def get(self, kind: str, namespace: str, name: str) -> FluxResource | None:
        """Return one resource; None where the package does not hold it."""
        return self.by_kind.get(kind, {}).get((namespace, name))

    def repository_of(self, policy: FluxResource) -> FluxResource | None:
        """Return the repository that a policy refers to, in its own namespace or another."""
        ref = policy.spec.get("imageRepositoryRef")
        if not isinstance(ref, dict):
            return None
        return self.get(REPOSITORY, ref.get("namespace") or policy.namespace, str(ref.get("name", "")))

    def add(self, resource: FluxResource) -> None:
        """Take in a resource; of two with the same identity the first counts."""
        self.by_kind.setdefault(resource.kind, {}).setdefault((resource.namespace, resource.name), resource)


def in_package(package: Package, *, secrets: bool = False) -> FluxResources:
    """Read a package's YAML files; those that cannot be read are listed with the reason.

    secrets: whether Secrets are wanted, too; nothing else of them is looked at.
    """
    found = FluxResources()
    for path in package.walk(lambda name: name.endswith((".yaml", ".yml"))):
        try:
            text = package.read(path)
            if GROUP in text or (secrets and SECRET in text):
                for resource in in_text(text, package.show(path)):
                    if secrets or resource.kind != SECRET:
                        found.add(resource)
        except InputError as error:
            found.unreadable.append(str(error).split("\n", 1)[0])
    return found


def in_items(items: Iterable[Resource]) -> FluxResources:
    """Take the resources of a ResourceList; their places are the files that its annotations name."""
    found = FluxResources()
    for item in items:
        if item.group == GROUP and item.kind in _KINDS:
            where = item.path or item.describe()
            found.add(FluxResource(where, item.kind, item.namespace, item.name, to_data(item.node)))
    return found


def in_text(text: str, name: str) -> Iterator[FluxResource]:
    """Yield the resources of a file. Raises InputError where it is no YAML."""
    lines = Lines(text)
    for document in parse(text, name):
        for node in _resources(document.root):
            try:
                resource = _resource(node, lines, name)
            except DataError as error:
                place = lines.position(node.start)
                raise InputError(f"{name}:{place.line}:{place.column}: {error}") from None
            if resource is not None:
                yield resource


def _resources(root: Node | None) -> Iterator[MapNode]:
    """Yield a document's resource, or those that a List holds."""
    if not isinstance(root, MapNode):
        return
    items = root.get("items")
    if isinstance(items, SeqNode) and _word(root, "kind").endswith("List"):
        for item in items.items:
            yield from _resources(follow(item))
    else:
        yield root


def _resource(node: MapNode, lines: Lines, name: str) -> FluxResource | None:
    kind, api_version = _word(node, "kind"), _word(node, "apiVersion")
    flux = kind in _KINDS and api_version.startswith(f"{GROUP}/")
    if not flux and not (kind == SECRET and api_version == "v1"):
        return None
    if not _word(node, "metadata", "name"):  # a template's, `name: {{ .Release.Name }}`: no cluster takes it so
        return None
    place = lines.position(node.start)
    return FluxResource(
        f"{name}:{place.line}:{place.column}",
        kind,
        _word(node, "metadata", "namespace"),
        _word(node, "metadata", "name"),
        to_data(node),
    )


def _word(node: MapNode, *path: str) -> str:
    found = find(node, path)
    return found.value if isinstance(found, ScalarNode) else ""

"""ResourceList: what a function gets and gives, as text that stays as it is where nobody changes it.

Source: the KRM Functions Specification,
https://github.com/kubernetes-sigs/kustomize/blob/master/cmd/config/docs/api-conventions/functions-spec.md
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from krmfn import emit
from krmfn.data import to_data
from krmfn.frame import Frame
from krmfn.list_reader import read_list
from krmfn.resource import SEQUENCES, Resource

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from krmfn.function import Function
    from krmfn.result import Result

_EMPTY = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: []\n"
_WIDE = re.compile(r"^ +- ", re.MULTILINE)


class ResourceList:
    """The items, the function's configuration and its results.

    `items` is an ordinary list: append to it, remove from it. Items that are not touched keep their bytes.
    """

    def __init__(self, frame: Frame) -> None:
        self.items = list(frame.items)
        self.function_config = frame.function_config
        self.results: list[Result] = list(frame.results)
        self._frame = frame

    @classmethod
    def read(
        cls,
        text: str,
        name: str = "stdin",
        function: Function | None = None,
    ) -> ResourceList:
        """Read a list; name is used in errors.

        A function's `visit` sees every item that it wants with its tree, in one pass; the tree is released
        afterwards, and what cannot matter is never built.

        Raises InputError (`name:line:column`) for text that is no YAML or no ResourceList.
        """
        return cls(read_list(text, name, function))

    @classmethod
    def of(cls, items: Iterable[Resource], function_config: Resource | None = None) -> ResourceList:
        """Make a list of resources that were not read from one."""
        frame = Frame(_EMPTY, "", "\n")
        frame.is_empty = True
        frame.start = frame.slot = _EMPTY.index(" []")
        frame.end = _EMPTY.index("\n", frame.start)
        made = cls(frame)
        made.items = list(items)
        made.function_config = function_config
        return made

    @property
    def config(self) -> dict[str, Any]:
        """The function's configuration as plain data; empty where there is none."""
        return to_data(self.function_config.node) if self.function_config else {}

    def add(self, resource: Resource, *, path: str = "", index: int | None = None) -> None:
        """Append an item; path and index say where an orchestrator is to write it.

        Without an index the next free one of that file is taken: kpt refuses two items with the same.
        Lists that are indented below their keys stay so: kpt would move them to the left.
        """
        if path:
            if index is None:
                index = 1 + max((item.index for item in self.at(path)), default=-1)
            resource.move_to(path, index)
            if _WIDE.search(resource.text):
                resource.set_annotation(SEQUENCES, "wide")
        self.items.append(resource)

    def at(self, path: str) -> Iterator[Resource]:
        """Yield the items of a file."""
        # one look at the text spares most lists a look at every item
        read = self._frame.text.find(path) >= 0
        known = set(map(id, self._frame.items))
        return (
            item
            for item in self.items
            if (read or item.is_changed or id(item) not in known) and item.mentions(path) and item.path == path
        )

    def remove(self, *resources: Resource) -> None:
        """Remove items."""
        gone = set(map(id, resources))
        self.items = [item for item in self.items if id(item) not in gone]

    def upsert(self, resource: Resource, *, path: str = "") -> None:
        """Put a resource in the place of the one with the same group, kind, namespace and name, or add it."""
        for number, item in enumerate(self.items):
            if item.identity == resource.identity:
                self.items[number] = resource
                return
        self.add(resource, path=path)

    def find(self, predicate: Callable[[Resource], bool]) -> Resource | None:
        """Return the first item for which the predicate holds."""
        return next(self.where(predicate), None)

    def where(self, predicate: Callable[[Resource], bool]) -> Iterator[Resource]:
        """Yield the items for which the predicate holds."""
        return filter(predicate, self.items)

    def sort(self) -> None:
        """Sort the items by path, index and identity; nothing else ever does."""
        self.items.sort(key=lambda item: (item.path, item.index, *item.identity))

    def restore(self) -> None:
        """Forget every change of the items: what a failing function prints is what it was given."""
        self.items = list(self._frame.items)
        for item in self.items:
            item.reset()

    def to_text(self) -> str:
        """Return the list as text; only what was changed differs from what was read.

        Raises EditError for an item that cannot be written into this list without loss.
        """
        frame = self._frame
        text = frame.assemble(self.items)
        if self.results != frame.results:
            text = self._with_results(text)
        return frame.bom + text

    def _with_results(self, text: str) -> str:
        """Return the text with the results in the place of those that were read."""
        frame = self._frame
        data = [result.to_dict() for result in self.results]
        if not (frame.flow_root or frame.has_results or frame.has_end) and text.endswith(("\n", "\r")):
            lines = emit.pair("results", data, 0, emit.Style(wide=False))
            return text + "".join(line + frame.newline for line in lines)
        resource = Resource.from_text(text, "the list")
        with resource.editing() as editor:
            if data:
                editor.put(resource.node, "results", data)
            else:
                editor.delete(resource.node, "results")
        return resource.text

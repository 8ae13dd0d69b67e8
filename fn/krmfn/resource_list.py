"""ResourceList: what a function gets and gives, as text that stays as it is where nobody changes it.

Source: the KRM Functions Specification,
https://github.com/kubernetes-sigs/kustomize/blob/master/cmd/config/docs/api-conventions/functions-spec.md
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from krmfn import emit
from krmfn.data import to_data
from krmfn.list_reader import Frame, read_list
from krmfn.resource import INDEX, PATH, SEQUENCES, Resource, Shape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from krmfn.function import Function
    from krmfn.result import Result

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
            resource.set(("metadata", "annotations", PATH), path)
            resource.set(("metadata", "annotations", INDEX), str(index))
            if _WIDE.search(resource.text):
                resource.set(("metadata", "annotations", SEQUENCES), "wide")
        self.items.append(resource)

    def at(self, path: str) -> Iterator[Resource]:
        """Yield the items of a file."""
        return (item for item in self.items if item.mentions(path) and item.path == path)

    def remove(self, resource: Resource) -> None:
        """Remove an item."""
        self.items = [item for item in self.items if item is not resource]

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
        self.items = [item.original() for item in self._frame.items]

    def to_text(self) -> str:
        """Return the list as text; only what was changed differs from what was read."""
        frame = self._frame
        if self.results == frame.results:
            return "".join([frame.bom, *self._items(frame.before, frame.after)])
        pieces = [frame.bom, *self._items(frame.bare_before, frame.bare_after)]
        if self.results:
            pieces.append(self._results("".join(pieces)))
        return "".join([*pieces, frame.tail])

    def _items(self, before: str, after: str) -> list[str]:
        """Return the text before the items, the items, and the text after them."""
        frame = self._frame
        if not self.items:
            placeholder = frame.placeholder or "[]"
            if frame.shape is Shape.FLOW_ITEM or not frame.items:
                # in a flow list the brackets belong to the text around
                return [before, placeholder if not frame.items else "", after]
            return [before.rstrip(), f" {placeholder}{frame.newline}", after]
        if frame.shape is Shape.FLOW_ITEM:
            pieces = [item.text if item.shape is frame.shape else _json(item) for item in self.items]
            gaps = frame.gaps if len(pieces) == len(frame.items) else [", "] * (len(pieces) - 1)
            inner = [part for piece, gap in zip(pieces, [*gaps, ""], strict=True) for part in (piece, gap)]
            return [before, *inner, after] if frame.items else [before, "[", *inner, "]", after]
        pieces = [self._block_item(item) for item in self.items]
        if not frame.items:
            before, after = before.rstrip(" ") + frame.newline, after.removeprefix("\r").removeprefix("\n")
        return [before, *pieces, after]

    def _block_item(self, item: Resource) -> str:
        frame = self._frame
        piece = item.text if item.shape is Shape.BLOCK_ITEM else _list_item(item.text, frame)
        return piece if piece.endswith(("\n", "\r")) else piece + frame.newline

    def _results(self, text: str) -> str:
        """Return the results as they follow this text."""
        frame = self._frame
        data = [result.to_dict() for result in self.results]
        if frame.json:
            return f', "results": {emit.flow(data, json=True)}'
        break_ = "" if text.endswith(("\n", "\r")) else frame.newline
        lines = emit.pair("results", data, 0, emit.Style(wide=False))
        return break_ + "".join(line + frame.newline for line in lines)


def _json(item: Resource) -> str:
    return emit.flow(to_data(item.node), json=True)


def _list_item(text: str, frame: Frame) -> str:
    """Return a document's text as an item of a block list."""
    lines = text.removeprefix("---\n").splitlines()
    pad = " " * frame.column
    first = next((n for n, line in enumerate(lines) if line and not line.lstrip().startswith("#")), 0)
    out = [f"{pad}- {lines[first]}"]
    out += [f"{pad}  {line}" if line else line for line in lines[first + 1 :]]
    if first:  # comments above the first key stand behind the dash's line in no reader's way
        out = [f"{pad}-"] + [f"{pad}  {line}" for line in lines[:first]] + [f"{pad}  {lines[first]}", *out[1:]]
    return frame.newline.join(out) + frame.newline

"""ResourceList: what a function gets and gives, as text that stays as it is where nobody changes it.

Source: the KRM Functions Specification,
https://github.com/kubernetes-sigs/kustomize/blob/master/cmd/config/docs/api-conventions/functions-spec.md
"""

from __future__ import annotations

import operator
import re
from typing import TYPE_CHECKING, Any, TypeVar

from krmfn.resources.function_error import FunctionError
from krmfn.resources.list_envelope import ListEnvelope
from krmfn.resources.list_reader import read_list
from krmfn.resources.metadata import INTERNAL, LEGACY_ID, LEGACY_INDEX, LEGACY_PATH
from krmfn.resources.resource import SEQUENCES, Resource
from krmfn.yaml import emit
from krmfn.yaml.data import to_data

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from krmfn.resources.identity import Identity
    from krmfn.resources.result import Result
    from krmfn.resources.visitor import Visitor

_K = TypeVar("_K")
_EMPTY = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: []\n"
_WIDE = re.compile(r"^ +- ", re.MULTILINE)


class ResourceList:
    """The items, the function's configuration and its results.

    `items` is an ordinary list: append to it, remove from it. Items that are not touched keep their bytes, and
    nobody sorts them: a host finds files by path and index. `results` is an ordinary list of Result.
    `function_config` is the configuration as a resource, None if there is none; a function reads it, and prints
    it as it came.
    """

    def __init__(self, frame: ListEnvelope) -> None:
        self.items = list(frame.items)
        self.function_config = frame.function_config
        self.results: list[Result] = list(frame.results)
        self._frame = frame
        self._given = frame.items
        self._others: list[Resource] = []

    @classmethod
    def read(
        cls,
        text: str,
        name: str = "stdin",
        function: Visitor | None = None,
    ) -> ResourceList:
        """Read a list; name is used in errors.

        A function's `visit` sees every item that it wants with its tree, in one pass; the tree is released
        afterwards, and what cannot matter is never built.

        Raises InputError (`name:line:column`) for text that is not YAML or not a ResourceList. An empty text is
        none: a host that hands over nothing has failed, and an empty list in answer would make kpt delete every
        file.
        """
        return cls(read_list(text, name, function))

    @classmethod
    def of(cls, items: Iterable[Resource], function_config: Resource | None = None) -> ResourceList:
        """Make a list of resources that were not read from one.

        Raises EditError for a functionConfig that cannot be in a list without loss.
        """
        config = ""
        if function_config is not None:
            from krmfn.resources.convert import as_function_config

            config = as_function_config(function_config)
        frame = ListEnvelope(_EMPTY + config, "", "\n")
        frame.is_empty = True
        frame.start = frame.slot = _EMPTY.index(" []")
        frame.end = _EMPTY.index("\n", frame.start)
        made = cls(frame)
        made.items = list(items)
        made.function_config = function_config
        made._given = list(items)
        return made

    @property
    def config(self) -> dict[str, Any]:
        """The function's configuration as plain data; empty if there is none."""
        return to_data(self.function_config.node) if self.function_config else {}

    @property
    def is_changed(self) -> bool:
        """Whether items were added, removed, moved or edited since the list was read."""
        same = len(self.items) == len(self._given) and all(map(operator.is_, self.items, self._given))
        return not same or any(item.is_changed for item in self.items)

    def add(self, resource: Resource, *, path: str = "", index: int | None = None) -> None:
        """Append an item; path and index say where an orchestrator is to write it.

        Without an index the next free one of that file is taken: kpt refuses two items with the same. Finding it
        takes a look at every item, so give one where you add thousands.
        Lists that are indented below their keys stay so: kpt would move them to the left.
        """
        if path:
            if index is None:
                others = (item.index for item in self._others if item.path == path)
                index = 1 + max((*(item.index for item in self.at(path)), *others), default=-1)
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
        """Remove items; a file of which none is left is deleted by its host."""
        gone = set(map(id, resources))
        self.items = [item for item in self.items if id(item) not in gone]

    def upsert(self, resource: Resource, *, path: str = "") -> None:
        """Put a resource in the place of the one with the same group, kind, namespace and name, or add it.

        It takes over by which an orchestrator knows that one, its file before all, unless it says something else
        itself. path: where a new one is written. To keep the other's comments, set its fields instead.
        """
        for number, item in enumerate(self.items):
            if item.identity == resource.identity:
                _take_place(item, resource)
                self.items[number] = resource
                return
        self.add(resource, path=path)

    def find(self, predicate: Callable[[Resource], bool]) -> Resource | None:
        """Return the first item for which the predicate holds, None if there is none."""
        return next(self.where(predicate), None)

    def one(self, predicate: Callable[[Resource], bool]) -> Resource:
        """Return the only item for which the predicate holds.

        Raises FunctionError if there is none, or more than one.
        """
        found = list(self.where(predicate))
        if len(found) != 1:
            what = f" ({', '.join(item.describe() for item in found)})" if found else ""
            raise FunctionError(f"exactly one resource is wanted with {predicate!r}, there are {len(found)}{what}")
        return found[0]

    def where(self, predicate: Callable[[Resource], bool]) -> Iterator[Resource]:
        """Yield the items for which the predicate holds, a selector or any callable; see `krmfn.selectors`."""
        return filter(predicate, self.items)

    def split(self, predicate: Callable[[Resource], bool]) -> tuple[list[Resource], list[Resource]]:
        """Return the items for which the predicate holds, and the others."""
        parts: tuple[list[Resource], list[Resource]] = [], []
        for item in self.items:
            parts[not predicate(item)].append(item)
        return parts

    def group_by(self, key: Callable[[Resource], _K]) -> dict[_K, list[Resource]]:
        """Return the items by what a callable says of each, in the order in which that is first said."""
        groups: dict[_K, list[Resource]] = {}
        for item in self.items:
            groups.setdefault(key(item), []).append(item)
        return groups

    def root_kptfile(self) -> Resource | None:
        """Return the Kptfile of the outermost package, None without one; packages within it have their own."""
        files = [item for item in self.items if item.kind == "Kptfile" and item.group == "kpt.dev"]
        return min(files, key=lambda item: item.path.count("/"), default=None)

    def duplicates(self) -> dict[Identity, list[Resource]]:
        """Return the items that share group, kind, namespace and name with another one, by these.

        What has no name (a kustomization.yaml) and Kptfiles, of which every package has one, are not duplicates.
        """
        named = (item for item in self.items if item.kind != "Kptfile" and item.name)
        groups: dict[Identity, list[Resource]] = {}
        for item in named:
            groups.setdefault(item.identity, []).append(item)
        return {identity: items for identity, items in groups.items() if len(items) > 1}

    def check_duplicates(self) -> None:
        """Raise FunctionError, with a result for each of them, where items are duplicates."""
        groups = self.duplicates().values()
        errors = [FunctionError.about(item, _duplicate(item, items[0])) for items in groups for item in items[1:]]
        if errors:
            raise FunctionError.of(errors)

    def subset(self, predicate: Callable[[Resource], bool]) -> ResourceList:
        """Return a list of the items for which the predicate holds, with this one's configuration and results.

        Change it, and hand it to `merge`; items and results are this list's own.
        """
        made = ResourceList(self._frame)
        made.items, made._others = self.split(predicate)
        made.function_config, made.results = self.function_config, self.results
        return made

    def merge(self, subset: ResourceList) -> None:
        """Take over what was added to a subset of this list, what was removed from it, and its results.

        A new item is in the place of the one with its identity that is gone, or at the end.
        """
        old = set(map(id, self.items))
        left = {*map(id, subset._others), *map(id, subset.items)}
        new = [item for item in subset.items if id(item) not in old]
        by_identity = {item.identity: item for item in reversed(new)}
        items = [item if id(item) in left else by_identity.pop(item.identity, None) for item in self.items]
        placed = set(map(id, filter(None, items)))
        self.items = [item for item in items if item is not None] + [
            item for item in new if id(item) not in placed
        ]
        self.results = subset.results

    def sort(self) -> None:
        """Sort the items by path, index and identity; nothing else ever does."""
        self.items.sort(key=lambda item: (item.path, item.index, *item.identity))

    def restore(self) -> None:
        """Forget every change of the items: what a failing function prints is what it was given."""
        self.items = list(self._given)
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


def _take_place(old: Resource, new: Resource) -> None:
    known_by = {
        key: value
        for key, value in old.annotations.items()
        if key.startswith(INTERNAL) or key in (LEGACY_ID, LEGACY_PATH, LEGACY_INDEX)
    }
    own = new.annotations
    if new.path:  # it says itself where it is
        known_by = {key: value for key, value in known_by.items() if "/path" not in key and "/index" not in key}
    new.set_annotations({key: value for key, value in known_by.items() if key not in own})


def _duplicate(item: Resource, first: Resource) -> str:
    where = f" in {item.path}" if item.path else ""
    other = f", in {first.path}" if first.path else ""
    return f"{item.describe()}{where} is there already{other}"

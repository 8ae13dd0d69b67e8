"""Paths into resources as replacements and vars write them: `spec.items.[name=a].value`.

Source: kustomize's `kyaml/utils/pathsplitter.go`, `kyaml/yaml/match.go` and `fns.go`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fluxmark.kustomize.errors import BuildError
from fluxmark.kustomize.tree import Mapping, Scalar, Sequence, text_at

if TYPE_CHECKING:
    from collections.abc import Callable

    from fluxmark.kustomize.tree import Place, Tree

_INDEX = re.compile(r"\d+")


def split(path: str) -> list[str]:
    """Return the steps of a path; a backslash takes the meaning from a dot, brackets from all dots in them."""
    steps: list[str] = []
    parts = [part.replace("\\.", ".") for part in re.split(r"(?<!\\)\.", path)]
    while parts:
        step = parts.pop(0)
        if step.startswith("[") and not step.endswith("]"):
            while parts and not step.endswith("]"):
                step += f".{parts.pop(0)}"
            steps.append(step if "=" in step else step.strip("[]"))
        else:
            steps.append(step)
    return steps


def _is_match(step: str) -> bool:
    if step.startswith("[") and step.endswith("]"):
        if "=" not in step:
            raise BuildError("list path element must contain fieldName=fieldValue for element to match")
        return True
    return False


def look_up(tree: Tree, steps: list[str]) -> Tree | None:
    """Return what is at a path; None if there is nothing.

    Raises BuildError for a step that does not fit.
    """
    here: Tree | None = tree
    for step in steps:
        if type(here) is Mapping and not _is_match(step):
            here = here.fields.get(step)
        elif type(here) is Sequence:
            here = _element(here, step)
        else:
            return None
    return here


def _element(tree: Sequence, step: str) -> Tree | None:
    if _INDEX.fullmatch(step):
        return tree.items[int(step)] if int(step) < len(tree.items) else None
    if step == "-":
        return tree.items[-1] if tree.items else None
    if _is_match(step):
        name, _, value = step[1:-1].partition("=")
        for item in tree.items:
            found = text_at(item, name) if name else getattr(item, "text", None)
            if found == value:
                return item
        return None
    raise BuildError(f"wrong node kind: expected MappingNode but got SequenceNode at {step!r}", tree.place)


class Change:
    """Sets what a path leads to, everywhere it leads.

    set: returns a new value for an old one, None for what is created. found: how many fields there were.
    """

    def __init__(self, set_value: Callable[[Tree | None], Tree], place: Place, *, create: bool) -> None:
        self.set = set_value
        self.place = place
        self.create = create
        self.found = 0

    def at(self, tree: Tree | None, steps: list[str]) -> Tree | None:
        """Return a tree with what is at a path changed; None if nothing is.

        Raises BuildError for a step that does not fit.
        """
        if not steps:
            self.found += 1
            return self.set(tree)
        step, rest = steps[0], steps[1:]
        if _INDEX.fullmatch(step):
            return self._index(tree, int(step), rest)
        if _is_match(step):
            return self._matching(tree, step, rest)
        if step == "*":
            return self._every(tree, rest)
        return self._field(tree, step, rest)

    def _field(self, tree: Tree | None, step: str, rest: list[str]) -> Tree | None:
        if tree is None and self.create:
            tree = Mapping({}, {}, self.place)
        if type(tree) is not Mapping:
            raise BuildError(f"wrong node kind: expected MappingNode at {step!r}", self.place)
        below = tree.fields.get(step)
        if below is None and not self.create:
            return tree
        if type(below) is Scalar and rest and below.data is not None:
            raise BuildError(f"structured data in a text, at {step!r}", self.place)
        new = self.at(below, rest)
        return tree if new is None else tree.with_field(step, new, self.place)

    def _sequence(self, tree: Tree | None, step: str) -> Sequence:
        if tree is None and self.create:
            return Sequence((), self.place)
        if type(tree) is not Sequence:
            raise BuildError(f"wrong node kind: expected SequenceNode at {step!r}", self.place)
        return tree

    def _index(self, tree: Tree | None, index: int, rest: list[str]) -> Tree:
        tree = self._sequence(tree, str(index))
        items = list(tree.items)
        if index == len(items) and self.create:
            new = self.at(None, rest)
            return tree if new is None else Sequence((*items, new), tree.place)
        if index >= len(items):
            raise BuildError(f"index {index} specified but only {len(items)} elements found", self.place)
        items[index] = self.at(items[index], rest) or items[index]
        return Sequence(tuple(items), tree.place)

    def _every(self, tree: Tree | None, rest: list[str]) -> Tree:
        tree = self._sequence(tree, "*")
        return Sequence(tuple(self.at(item, rest) or item for item in tree.items), tree.place)

    def _matching(self, tree: Tree | None, step: str, rest: list[str]) -> Tree:
        tree = self._sequence(tree, step)
        name, _, pattern = step[1:-1].partition("=")
        regex = _regex(pattern)
        before = self.found
        items: list[Tree] = []
        for item in tree.items:
            value = text_at(item, name) if name else getattr(item, "text", "")
            matches = (not name or (type(item) is Mapping and name in item.fields)) and regex(value)
            items.append((self.at(item, rest if name else []) or item) if matches else item)
        if self.found == before and self.create:
            new = Mapping({}, {}, self.place).with_field(name, Scalar(pattern, pattern, self.place), self.place)
            items.append(self.at(new, rest) or new)
        return Sequence(tuple(items), tree.place)


def _regex(pattern: str) -> Callable[[str], bool]:
    import re2

    options = re2.Options()
    options.log_errors = False
    try:
        compiled = re2.compile(pattern, options)
    except re2.error as error:
        raise BuildError(f"error parsing regexp: {error}") from None
    return lambda value: compiled.search(value) is not None

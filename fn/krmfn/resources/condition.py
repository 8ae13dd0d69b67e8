"""What a selector is: a condition on a resource that composes with others. `selectors` makes them."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from krmfn.resources.metadata import Metadata

Predicate: TypeAlias = "Callable[[Any], bool]"
"""A callable that is given a resource: a selector, or any other."""

# a text that YAML can only write as it is, or with a backslash, or by an alias: folding needs a blank
_SOLID = re.compile(r"[\w./-]+", re.ASCII)


class Selector(ABC):
    """A condition on a resource; combine with `&`, `|` and `~`."""

    __slots__ = ()

    def __call__(self, resource: Metadata) -> bool:
        """Tell whether a resource matches."""
        decided = self.decide(resource.api_version, resource.kind)
        return self._test(resource) if decided is None else decided

    def decide(self, api_version: str, kind: str) -> bool | None:
        """Tell whether resources of a kind match; None if it takes more than that to say."""
        del api_version, kind
        return None

    def may_match(self, api_version: str, kind: str) -> bool:
        """Tell whether a resource of a kind can match: the answer for `Function.wanted`."""
        return self.decide(api_version, kind) is not False

    @abstractmethod
    def _test(self, resource: Metadata) -> bool:
        """Tell whether a resource matches whose kind does not decide."""

    def __and__(self, other: Predicate) -> Selector:
        return AllOf((self, as_selector(other)))

    def __rand__(self, other: Predicate) -> Selector:
        return AllOf((as_selector(other), self))

    def __or__(self, other: Predicate) -> Selector:
        return AnyOf((self, as_selector(other)))

    def __ror__(self, other: Predicate) -> Selector:
        return AnyOf((as_selector(other), self))

    def __invert__(self) -> Selector:
        return NotOf(self)


class OfType(Selector):
    """A condition on apiVersion and kind: decided without a look at the resource."""

    __slots__ = ("_of", "_text", "_values")

    def __init__(self, text: str, of: Callable[[str, str], str], values: tuple[str, ...]) -> None:
        self._text = call(text, values)
        self._of = of
        self._values = frozenset(some(values))

    def decide(self, api_version: str, kind: str) -> bool:
        return self._of(api_version, kind) in self._values

    def _test(self, resource: Metadata) -> bool:
        return self.decide(resource.api_version, resource.kind)

    def __repr__(self) -> str:
        return self._text


class Tested(Selector):
    """A condition on the tree; mentions: texts of which one is in the text of whatever matches."""

    __slots__ = ("_function", "_mentions", "_text")

    def __init__(self, text: str, function: Predicate, mentions: tuple[str, ...] = ()) -> None:
        self._text = text
        self._function = function
        self._mentions = mentions if all(map(_SOLID.fullmatch, mentions)) else ()

    def _test(self, resource: Metadata) -> bool:
        if self._mentions and not any(map(resource.mentions, (*self._mentions, "\\", "*"))):
            return False
        return self._function(resource)

    def __repr__(self) -> str:
        return self._text


class _Several(Selector):
    __slots__ = ("_members",)

    def __init__(self, members: tuple[Selector, ...]) -> None:
        self._members = members


class AllOf(_Several):
    """Holds where every member does; without members always."""

    __slots__ = ()

    def decide(self, api_version: str, kind: str) -> bool | None:
        found = {member.decide(api_version, kind) for member in self._members}
        return False if False in found else None if None in found else True

    def _test(self, resource: Metadata) -> bool:
        return all(member(resource) for member in self._members)

    def __repr__(self) -> str:
        return " & ".join(map(repr, self._members)) or "everything()"


class AnyOf(_Several):
    """Holds where one of the members does; without members never."""

    __slots__ = ()

    def decide(self, api_version: str, kind: str) -> bool | None:
        found = {member.decide(api_version, kind) for member in self._members}
        return True if True in found else None if None in found else False

    def _test(self, resource: Metadata) -> bool:
        return any(member(resource) for member in self._members)

    def __repr__(self) -> str:
        return f"({' | '.join(map(repr, self._members))})" if self._members else "~everything()"


class NotOf(Selector):
    """Holds where its member does not."""

    __slots__ = ("_member",)

    def __init__(self, member: Selector) -> None:
        self._member = member

    def decide(self, api_version: str, kind: str) -> bool | None:
        decided = self._member.decide(api_version, kind)
        return None if decided is None else not decided

    def _test(self, resource: Metadata) -> bool:
        return not self._member(resource)

    def __repr__(self) -> str:
        return f"~{self._member!r}" if not isinstance(self._member, AllOf) else f"~({self._member!r})"


def as_selector(predicate: Predicate) -> Selector:
    """Return any callable as a selector."""
    if isinstance(predicate, Selector):
        return predicate
    return Tested(getattr(predicate, "__name__", repr(predicate)), predicate)


def some(values: tuple[str, ...]) -> tuple[str, ...]:
    """Return the values. Raises ValueError if there are none: that would match nothing, and look like all."""
    if not values:
        raise ValueError("say at least one value; `everything()` matches all")
    return values


def call(name: str, values: Iterable[str]) -> str:
    """Return a call as it is written, to name a selector in a message."""
    return f"{name}({', '.join(map(repr, values))})"

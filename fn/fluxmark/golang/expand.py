"""The template of filterTags.extract: text with `$name`, `${name}` and `$1` in it.

A name is as long as possible: `$1x` is the group called `1x`, not group 1 and an x. What names no group, and a
group that had no part in the match, is empty. A `$` that no name follows stays as it is, and `$$` is one `$`.

Source: Go's regexp, Expand and extract.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


Match = tuple[str | None, ...]
"""What each group matched, the whole match first; None for a group that had no part in it."""

_MAX_DIGITS = 9  # Go takes more for a name


@dataclass(frozen=True, slots=True)
class Reference:
    """A `$name` of a template: `number` is that of the group if the name is one, otherwise None.

    start, end: its place in the template, in code points.
    """

    name: str
    number: int | None
    start: int
    end: int

    def groups(self, names: Sequence[str]) -> tuple[int, ...]:
        """Return the numbers of the groups that it may mean: several may share a name, and there may be none."""
        if self.number is None:
            return tuple(number for number, name in enumerate(names) if name == self.name)
        return (self.number,) if self.number < len(names) else ()


@dataclass(frozen=True, slots=True)
class Template:
    """A parsed template; `stray` are the places of each `$` that no name follows, and that is kept as text."""

    parts: tuple[str | Reference, ...]
    stray: tuple[int, ...] = ()

    @property
    def references(self) -> tuple[Reference, ...]:
        """The references in their order."""
        return tuple(part for part in self.parts if isinstance(part, Reference))

    def bind(self, names: Sequence[str]) -> Expansion:
        """Return the template for a pattern whose groups have these names, that of group 0 first."""
        return Expansion(
            tuple(part if isinstance(part, str) else part.groups(names) for part in self.parts),
        )


@dataclass(frozen=True, slots=True)
class Expansion:
    """A template for one pattern: texts, and numbers of groups, of which the first that matched is there."""

    parts: tuple[str | tuple[int, ...], ...]

    def expand(self, match: Match) -> str:
        """Return the template with what the groups matched."""
        return "".join(
            part
            if isinstance(part, str)
            else next((group for number in part if (group := match[number]) is not None), "")
            for part in self.parts
        )


def parse_template(text: str) -> Template:
    """Return the parsed template; every text is one."""
    parts: list[str | Reference] = []
    stray: list[int] = []
    start = 0
    while (dollar := text.find("$", start)) >= 0:
        parts.append(text[start:dollar])
        start = dollar + 1
        reference = _reference_at(text, start)
        if reference:
            parts.append(reference)
            start = reference.end
            continue
        parts.append("$")
        if text.startswith("$", start):
            start += 1
        else:
            stray.append(dollar)
    parts.append(text[start:])
    return Template(tuple(part for part in parts if part), tuple(stray))


def template_names(text: str) -> tuple[str, ...]:
    """Return the names that a template refers to, numbers among them, each once and in their order."""
    return tuple(dict.fromkeys(reference.name for reference in parse_template(text).references))


def _reference_at(text: str, after_dollar: int) -> Reference | None:
    braced = text.startswith("{", after_dollar)
    start = end = after_dollar + braced
    while end < len(text) and (text[end].isalpha() or text[end].isdecimal() or text[end] == "_"):
        end += 1
    name = text[start:end]
    if not name or (braced and not text.startswith("}", end)):
        return None
    return Reference(name, _number(name), after_dollar - 1, end + braced)


def _number(name: str) -> int | None:
    if not (name.isascii() and name.isdecimal()) or len(name) > _MAX_DIGITS:
        return None
    return None if name[0] == "0" and len(name) > 1 else int(name)

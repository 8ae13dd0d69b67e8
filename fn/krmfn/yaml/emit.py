"""New content: Python data as YAML text that looks like the text around it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from krmfn.yaml import scalar

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


_BLANK_AT_END = re.compile(r"[ \t]$|\r", re.MULTILINE)


class Style(NamedTuple):
    """How the text around indents.

    step: columns per level. wide: whether `- ` is indented below its key. literals: whether text of several
    lines may become a literal block.
    """

    step: int = 2
    wide: bool = True
    literals: bool = True


def is_inline(data: object, style: Style) -> bool:
    """Tell whether the data is on its key's line: scalars and empty collections do."""
    if isinstance(data, str):
        return not (style.literals and is_literal(data))
    return not isinstance(data, dict | list | tuple) or not data


def ends_in_literal(data: Any, style: Style) -> bool:
    """Tell whether the last line of the data is a literal block's."""
    while isinstance(data, dict | list | tuple) and data:
        data = list(data.values())[-1] if isinstance(data, dict) else data[-1]
    return isinstance(data, str) and not is_inline(data, style)


def lines(data: Any, column: int, style: Style) -> list[str]:
    """Return the lines of a block collection whose keys or dashes stand in this column (from 0)."""
    if isinstance(data, dict):
        return mapping(data, column, style)
    return sequence(data, column, style)


def mapping(data: Mapping[str, Any], column: int, style: Style) -> list[str]:
    """Return the lines of a block mapping whose keys are in this column."""
    written: list[str] = []
    blanks = " " * column
    for key, value in data.items():
        if type(value) is str and "\n" not in value:  # as nearly all of the results of a long list
            written.append(f"{blanks}{scalar.write_new(key)}: {scalar.write_new(value)}")
        else:
            written += pair(key, value, column, style)
    return written


def sequence(data: Sequence[Any], column: int, style: Style) -> list[str]:
    """Return the lines of a block sequence whose dashes stand in this column."""
    return [line for value in data for line in item(value, column, style)]


def pair(key: str, value: Any, column: int, style: Style) -> list[str]:
    """Return the lines of one pair of a block mapping."""
    head = f"{' ' * column}{scalar.write_new(key)}:"
    if is_inline(value, style):
        return [f"{head} {flow(value)}"]
    if isinstance(value, str):
        indicator, *text = literal(value, column + style.step)
        return [f"{head} {indicator}", *text]
    nested = column if isinstance(value, list | tuple) and not style.wide else column + style.step
    return [head, *lines(value, nested, style)]


def item(value: Any, column: int, style: Style) -> list[str]:
    """Return the lines of one item of a block sequence."""
    head = " " * column + "- "
    if is_inline(value, style):
        return [head + flow(value)]
    if isinstance(value, str):
        indicator, *text = literal(value, column + style.step)
        return [head + indicator, *text]
    first, *rest = lines(value, column + 2, style)
    return [head + first[column + 2 :], *rest]


def literal(value: str, column: int) -> list[str]:
    """Return a literal block: its indicator, then its lines, indented to this column."""
    body = value.removesuffix("\n")
    text = [" " * column + line if line else "" for line in body.split("\n")]
    return ["|" if value.endswith("\n") else "|-", *text]


def flow(data: Any, *, json: bool = False) -> str:
    """Return data on one line; json: every string and key in double quotes."""
    if isinstance(data, dict):
        pairs = (f"{flow(key, json=json)}: {flow(value, json=json)}" for key, value in data.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(data, list | tuple):
        return "[" + ", ".join(flow(value, json=json) for value in data) + "]"
    return scalar.json(data) if json else scalar.write_new(data)


def is_literal(value: str) -> bool:
    """Tell whether a text is better (and can be) written as a literal block.

    Not with blanks that nobody sees, and not with empty lines at its end: those would run into what follows.
    """
    return (
        "\n" in value[:-1]
        and value[0] not in " \n\t"
        and not value.endswith("\n\n")
        and not _BLANK_AT_END.search(value)
        and not scalar.needs_escape(value)
    )

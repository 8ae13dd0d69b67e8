"""Nesting is limited before anything else sees the input: in every style, every place and every way of reading."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from krmfn.errors import EditError, InputError
from krmfn.packages.text_file import TextFile
from krmfn.resources.resource_list import ResourceList
from krmfn.yaml.edit import Editor
from krmfn.yaml.nodes import MapNode, SeqNode
from krmfn.yaml.parser import MAX_DEPTH, parse

if TYPE_CHECKING:
    from collections.abc import Callable

LIST = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n"
HEADER = "- apiVersion: v1\n  kind: ConfigMap\n"
LEVELS = (257, 100_000)
LONGEST = 1000
"""Levels that indentation makes: a text of n levels is half of n * n characters long."""


def staircase(levels: int, column: int) -> str:
    """Return a mapping in a mapping, the outermost in this column."""
    return "".join(" " * (column + level) + "a:\n" for level in range(min(levels, LONGEST)))


def steep_staircase(levels: int, column: int) -> str:
    """Return a list in a mapping in a list: two levels in every column."""
    levels = min(levels, LONGEST)
    pairs = ((" " * (column + level) + "a:\n", " " * (column + level) + "-\n") for level in range(-(-levels // 2)))
    return "".join(line for pair in pairs for line in pair)


WAYS: dict[str, Callable[[int, int], str]] = {
    "lists in brackets": lambda levels, column: " " * column + "[" * levels + "]" * levels + "\n",
    "lists that are not closed": lambda levels, column: " " * column + "[" * levels + "\n",
    "mappings in braces": lambda levels, column: " " * column + "{a: " * levels + "}" * levels + "\n",
    "mappings as keys": lambda levels, column: " " * column + "{" * levels + "}" * levels + "\n",
    "pairs in brackets": lambda levels, column: " " * column + "[a: " * (levels // 2 + 1) + "]" * levels + "\n",
    "explicit keys in brackets": lambda levels, column: " " * column + "[? " * levels + "\n",
    "dashes": lambda levels, column: " " * column + "- " * levels + "x\n",
    "dashes with blanks": lambda levels, column: " " * column + "-    " * levels + "x\n",
    "explicit keys": lambda levels, column: " " * column + "? " * levels + "x\n",
    "dashes, keys and brackets": lambda levels, column: " " * column + "- ? " * 100 + "[" * levels + "\n",
    "lines": staircase,
    "lines with two levels each": steep_staircase,
    "lines and brackets": lambda levels, column: (
        steep_staircase(120, column) + " " * (column + 60) + "[a: " * (levels - 120) + "]" * (levels - 120) + "\n"
    ),
}


def in_items(text: str) -> str:
    return f"{LIST}items:\n{HEADER}  data:\n{text}{HEADER}"


PLACES: dict[str, tuple[int, Callable[[str], str], Callable[[str], object]]] = {
    "a file": (0, str, lambda text: parse(text, "x")),
    "a later document": (0, lambda text: f"a: 1\n---\n{text}", lambda text: TextFile(text, "x")),
    "an item": (4, in_items, lambda text: ResourceList.read(text, "x")),
    "the functionConfig": (2, lambda text: f"functionConfig:\n{text}{LIST}items: []\n", ResourceList.read),
    "the results": (2, lambda text: f"{LIST}items:\n{HEADER}results:\n{text}", ResourceList.read),
    "an unknown field": (2, lambda text: f"{LIST}unknown:\n{text}items:\n{HEADER}", ResourceList.read),
}


@pytest.mark.parametrize("levels", LEVELS)
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("way", WAYS)
def test_deep_nesting_is_an_error_with_its_place(way: str, place: str, levels: int) -> None:
    column, around, read = PLACES[place]
    text = around(WAYS[way](levels, column))
    with pytest.raises(
        InputError, match=r"^\w+:\d+:\d+: nesting is deeper than 256 levels.*\n +.*\n +\^"
    ) as caught:
        read(text)
    line, offset = (int(part) for part in str(caught.value).split(":")[1:3])
    assert text.splitlines()[line - 1][offset - 1] in "[{-?a"


@pytest.mark.parametrize("levels", LEVELS)
def test_deep_nesting_in_an_item_of_a_list_in_brackets_is_an_error(levels: int) -> None:
    text = f"{LIST}items: [{{kind: A, data: {'[' * levels}"
    with pytest.raises(InputError, match="nesting is deeper"):
        ResourceList.read(text)


def test_what_is_just_not_too_deep_is_read() -> None:
    (document,) = parse("[" * MAX_DEPTH + "]" * MAX_DEPTH, "x")
    assert isinstance(document.root, SeqNode)
    # the list itself, its items, and the item are the first three levels
    levels = MAX_DEPTH - 3
    (item, _) = ResourceList.read(f"{LIST}items:\n{HEADER}  data: {'[' * levels}{']' * levels}\n{HEADER}").items
    assert isinstance(item.node, MapNode)


def test_an_edit_cannot_nest_deeper_than_what_is_read() -> None:
    levels = MAX_DEPTH - 1
    text = "a: " + "[" * levels + "]" * levels
    (document,) = parse(text, "x")
    node = document.root
    while isinstance(node, MapNode | SeqNode) and (
        below := getattr(node, "items", None) or getattr(node, "pairs", None)
    ):
        node = below[0][1] if isinstance(node, MapNode) else below[0]
    assert isinstance(node, SeqNode)
    editor = Editor(text, [document.root])
    with pytest.raises(EditError, match="deeper than 256"):
        editor.append(node, [])
    editor.append(node, "x")
    assert editor.apply() == "a: " + "[" * levels + "x" + "]" * levels

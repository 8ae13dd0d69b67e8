"""Which comments reach which scalars: the positions that Flux honours, and those that it does not.

The expectations were observed with kyaml 0.21.1 and go-yaml v3.0.4.
"""

from __future__ import annotations

import textwrap

import pytest

from fluxmark.flux.latest_image import LatestImage
from fluxmark.update import update_text

MARKER = '# {"$imagepolicy": "f:a"}'
LATEST = {"f:a": LatestImage("reg.io/aa", "1")}


def changed(text: str) -> list[str]:
    """The old values at the markers (`M`) that count."""
    text = textwrap.dedent(text.replace("M", MARKER)).removeprefix("\n")
    return [change.old for change in update_text(text, LATEST)[1]]


@pytest.mark.parametrize(
    ("why", "text", "values"),
    [
        ("after a value", "a: x M\n", ["x"]),
        ("after a tab", "a: x\tM\n", ["x"]),
        ("without a final line break", "a: x M", ["x"]),
        ("after an item", "a:\n- x M\n- y\n", ["x"]),
        ("right after a quote", "a: 'x'M\n", ["x"]),
        ("after the last line of a value", "a: x\n  y M\n", ["x y"]),
        ("after an anchored value", "a: &b x M\n", ["x"]),
        ("after an anchor, the value below", "a: &b M\n  x\n", ["x"]),
        ("after a tag, the value below", "a: !!str M\n  x\n", ["x"]),
        ("after the indicator of a block", "a: | M\n  x\nb: y\n", ["x\n"]),
        ("above an item", "a:\nM\n- x\n", ["x"]),
        ("above a later item", "a:\n- y\nM\n- x\n", ["x"]),
        ("after a dash, the item below", "a:\n- M\n  x\n", ["x"]),
        ("between a key and its value", "a:\n  M\n  x\n", ["x"]),
        ("below an empty line, above an item", "a:\n- y\n\nM\n\n- x\n", ["x"]),
        ("after a comma on the item's line", "a: [\n  x, M\n  y\n]\n", ["x"]),
        ("after an item, the comma below", "a: [\n  x M\n  , y]\n", ["x"]),
        ("after a colon in braces", "a: {b: M\n  x}\n", ["x"]),
        ("above an item in brackets", "a: [\n  M\n  x]\n", ["x"]),
        ("after an empty anchor: it reaches the next", "a:\n- &b M\n- x\n", ["x"]),
        ("after another comment's value", "a: x # y M\n", []),
        ("on the key's line, the value below", "a: M\n  x\n", []),
        ("on the key's line, a mapping below", "a: M\n  b: x\n", []),
        ("behind nothing", "a: M\nb: x\n", []),
        ("above a key", "M\na: x\n", []),
        ("above a nested key", "a:\n  M\n  b: x\n", []),
        ("after an alias", "b: &c y\na: *c M\n", []),
        ("behind braces", "a: {b: x} M\n", []),
        ("behind brackets", "a: [x] M\n", []),
        ("within a block", "a: |\n  x M\n", []),
        ("within quotes", "a: 'x M'\n", []),
        ("after a key", "? x M\n: y\n", []),
        ("below the last value", "a:\n  b: x\n  M\nc: y\n", []),
        ("directly below an item, above an empty line", "a:\n- y\nM\n\n- x\n", []),
        ("above an item, with another comment", "a:\n- y\n# z\nM\n- x\n", []),
        ("above an item that is a mapping", "a:\nM\n- b: x\n", []),
        ("above an item that is a list", "a:\nM\n- - x\n", []),
        ("last in brackets", "a: [\n  x\n  M\n]\n", []),
        ("the second of two keys alike", "a: y\na: x M\n", []),
        ("the first of two keys alike", "a: x M\na: y\n", ["x"]),
        ("behind `...`", "a: y M\n...\n---\nb: x M\n", ["y", "x"]),
    ],
)
def test_position(why: str, text: str, values: list[str]) -> None:
    assert changed(text) == values, why


@pytest.mark.parametrize(("before", "values"), [("y", []), ("'y'", ["x"])])
def test_a_comment_below_the_first_line_is_a_foot_only_after_plain_text(before: str, values: list[str]) -> None:
    # go-yaml takes a comment for a foot by its line, and forgets the first line unless it has left it
    assert changed(f"a: [{before}\nM\n\n  , x]\n") == values


def test_two_comments_that_reach_one_scalar_are_not_marker() -> None:
    assert changed("a: [\n  x M\n  , M\n  y]\n") == []


def test_a_line_comment_hides_the_comment_above() -> None:
    assert changed("a:\nM\n- x # else\n") == []


@pytest.mark.parametrize(("value", "blanks", "values"), [("'x'", 511, ["x"]), ("'x'", 512, []), ("x", 512, ["x"])])
def test_go_yaml_looks_no_further_for_a_comment(value: str, blanks: int, values: list[str]) -> None:
    assert changed(f"a: {value}{' ' * blanks}M\n") == values


def test_carriage_returns_and_a_byte_order_mark_change_nothing() -> None:
    text = f"\ufeffa:\r\n{MARKER}\r\n- x\r\n- y {MARKER}\r\n"

    new, changes = update_text(text, LATEST)

    assert [change.old for change in changes] == ["x", "y"]
    assert new == f"\ufeffa:\r\n{MARKER}\r\n- reg.io/aa:1\r\n- reg.io/aa:1 {MARKER}\r\n"

"""Globs match what they say, and no pattern takes more than its length times that of the path."""

from __future__ import annotations

from fnmatch import fnmatchcase
from itertools import product

import pytest

from krmfn.glob import matches
from krmfn.packages.krmignore import Ignore

PARTS = ("a", "b", "*", "a*", "**")
NAMES = ("a", "b", "ab")


def by_definition(names: tuple[str, ...], parts: tuple[str, ...], *, above: bool) -> bool:
    """Try everything that `**` can stand for."""
    if not parts:
        return above or not names
    if parts[0] == "**":
        return any(by_definition(names[n:], parts[1:], above=above) for n in range(len(names) + 1))
    return bool(names) and fnmatchcase(names[0], parts[0]) and by_definition(names[1:], parts[1:], above=above)


@pytest.mark.parametrize("above", [False, True])
def test_a_glob_matches_what_its_definition_says(above: bool) -> None:
    for length in range(1, 5):
        for parts in product(PARTS, repeat=length):
            for count in range(1, 5):
                for names in product(NAMES, repeat=count):
                    found = matches("/".join(names), "/".join(parts), above=above)
                    assert found == by_definition(names, parts, above=above), (names, parts)


@pytest.mark.parametrize(
    ("pattern", "path", "ignored"),
    [
        ("*a*b", "xaybzb", True),
        ("*a*b", "ba", False),
        ("a*a", "a", False),
        ("a*a", "aa", True),
        ("*ab*ab", "abab", True),
        ("*ab*ab", "abxb", False),
        ("a*", "a", True),
        ("*?b", "ab", True),
        ("*?b", "b", False),
        ("*[a-c]*[^x]", "zbz", True),
        ("*[a-c]*[^x]", "zbx", False),
    ],
)
def test_stars_of_an_ignore_file_find_what_fits_first(pattern: str, path: str, ignored: bool) -> None:
    assert Ignore(pattern).ignores(path) is ignored

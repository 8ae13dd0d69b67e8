"""Which known name a misspelt one probably means."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def nearest(word: str, names: Iterable[str], few: int | None = None) -> tuple[str, ...]:
    """Return the names that are fewest typing errors away, if those are few.

    Case, hyphens and underscores count for nothing: `secret_ref` is `secretRef`. If it is not set what is
    few, one error is, two from six letters on, three from nine, and so on.
    """
    few = max(1, len(word) // 3) if few is None else few
    found: dict[int, list[str]] = {}
    for name in names:
        if abs(len(name) - len(word)) <= few + 2:
            found.setdefault(errors(_plain(word), _plain(name)), []).append(name)
    least = min(found, default=few + 1)
    return tuple(found[least]) if least <= few else ()


def errors(word: str, name: str) -> int:
    """Return the least number of letters to change, add, leave out or swap with the next to get the name."""
    before: list[int] = []
    row = list(range(len(name) + 1))
    for i, letter in enumerate(word):
        above, row, before_above = row, [i + 1], before
        for j, wanted in enumerate(name):
            least = min(above[j] + (letter != wanted), above[j + 1] + 1, row[j] + 1)
            if i and j and letter == name[j - 1] and word[i - 1] == wanted:
                least = min(least, before_above[j - 1] + 1)
            row.append(least)
        before = above
    return row[-1]


def _plain(word: str) -> str:
    return word.replace("-", "").replace("_", "").lower()

"""Known tags in which a pattern takes the wrong piece for the key, such as the digits of a commit hash."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fluxmark.rules.ordering.evaluator import Evaluator

_RUN: Final = re.compile("[A-Za-z0-9]+")
_HASH: Final = re.compile("(?=.*[a-f])(?=.*[0-9])[a-f0-9]{7,40}")
_REVISION: Final = re.compile(r"(?:\.|[-_.](?:r|b|build|ls|p|rev)\.?|-)(?P<number>[0-9]{1,14})")
_TIME: Final = re.compile("(?<![A-Za-z0-9])(?:[0-9]{10}|20[0-9]{6}|20[0-9]{10}|20[0-9]{12})(?![A-Za-z0-9])")


def misread(policy: Evaluator, known: Sequence[str]) -> tuple[str, str, str] | None:
    """Return two tags in the wrong order, made from a known one, and why; None without such a tag."""
    for tag in known:
        for start, end in policy.spans(tag):
            run = next((one for one in _RUN.finditer(tag) if one.start() <= start and end <= one.end()), None)
            if run is None or not tag[start:end].isdecimal():
                continue
            if run[0] != tag[start:end] and _HASH.fullmatch(run[0]):
                what = f"in {tag} the key is {tag[start:end]}, a piece of the commit hash {run[0]}"
            elif run[0] == tag[start:end] and len(run[0]) < 8 and _TIME.search(tag):
                what = f"in {tag} the key is {tag[start:end]}, not the time after it"
            else:
                continue
            for older, newer in _pairs(tag):
                if policy.result(older, newer) in ("older", "tie") and policy.confirms(older, newer):
                    return older, newer, f"{what}; write the whole tag into the pattern, with '$' at the end"
    return None


def left_out(policy: Evaluator, known: Sequence[str]) -> tuple[str, str] | None:
    """Return a known tag and one of its next revision, which have one key; None without such a tag.

    `^(?P<version>[0-9]+\\.[0-9]+\\.[0-9]+)` reads 3.2.3 of 3.2.3.1 and of 3.2.3.2.
    """
    for tag in known:
        end = max((end for _, end in policy.spans(tag)), default=len(tag))
        found = _REVISION.fullmatch(tag, end)
        if found is None:
            continue
        number = found["number"]
        newer = tag[: found.start("number")] + str(int(number) + 1).zfill(len(number)) + tag[found.end("number") :]
        if policy.result(tag, newer) == "tie":
            older, newer = sorted((tag, newer))
            if policy.confirms(older, newer):
                return older, newer
    return None


def _pairs(tag: str) -> Iterator[tuple[str, str]]:
    """Yield the tag with two hashes, the newer one with a later time."""
    times = list(_TIME.finditer(tag))
    hashes = [one for one in _RUN.finditer(tag) if _HASH.fullmatch(one[0])]
    if not times or not hashes:
        return
    run = hashes[0]
    for one, other in (("9", "1"), ("1", "9"), ("0", "f"), ("f", "0")):
        older, newer = (f"{tag[: run.start()]}{char}{run[0][1:]}{tag[run.end() :]}" for char in (one, other))
        yield older, _later(newer, times[-1])


def _later(tag: str, time: re.Match[str]) -> str:
    """Return the tag with a time that is a year later, or some months in seconds."""
    digits = time[0]
    place = 1 if len(digits) == 10 else 3
    grown = digits[:place] + str((int(digits[place]) + 1) % 10) + digits[place + 1 :]
    return f"{tag[: time.start()]}{max(grown, digits)}{tag[time.end() :]}"

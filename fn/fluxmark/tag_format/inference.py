"""From the tags that a repository has to the policy that it probably wants.

Every tag is read as a tag format, in one or two ways (`2024.10.1` may be a day or a version). The formats that
occur most are tried on all tags, and the one that covers most of them is suggested.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from fluxmark.tag_format import TagFormat, TagFormatError, parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

TRIED: Final = 40
"""Formats that are tried on all tags: enough for what build systems make, few enough for 100,000 tags."""

_MEANING: Final = {
    "unix": "the time of the build (seconds since 1970)",
    "datetime": "the time of the build",
    "date": "the day of the build",
    "n": "the number",
    "semver": "the version",
}

# Layouts of times, the longer first: what looks like the longer is hardly ever the shorter with more after it.
_LAYOUTS: Final = (
    "YYYYMMDDHHmmssSSS",
    *(f"YYYY{a}MM{a}DD{b}HH{c}mm{c}ss" for a in "-._" for b in "-._T" for c in "-._"),
    *(f"YYYY{a}MM{a}DD{b}HHmmss" for a in "-._" for b in "-._T"),
    *(f"YYYYMMDD{b}HHmmss" for b in "-._T"),
    "YYYYMMDDHHmmss",
    *(f"YYYYMMDD{b}HHmm" for b in "-._T"),
    "YYYYMMDDHHmm",
    *(f"YYYY{a}MM{a}DD" for a in "-._"),
    "YYYYMMDD",
    *(f"YYYY{a}MM" for a in "-."),
)
_UNITS: Final = {
    "YYYY": "20[0-9]{2}",
    "MM": "(?:0[1-9]|1[0-2])",
    "DD": "(?:0[1-9]|[12][0-9]|3[01])",
    "HH": "(?:[01][0-9]|2[0-3])",
    "mm": "[0-5][0-9]",
    "ss": "[0-5][0-9]",
    "SSS": "[0-9]{3}",
}
_SECOND_CHOICE: Final = re.compile(
    "<pr>|<semver>[._-]?(?:alpha|beta|rc|pre|preview|dev|canary|nightly|snapshot)", re.IGNORECASE
)
_NUMBER = "(?:0|[1-9][0-9]*)"
_END = "(?![0-9])"
_NUMBERS: Final = (
    ("<semver>", re.compile(rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}{_END}")),
    ("<unix>", re.compile(rf"[1-3][0-9]{{9}}{_END}")),  # from 2001 to 2096
    ("<n>", re.compile(rf"[0-9]{{1,15}}{_END}")),
)
_UNIT = re.compile("|".join(sorted(_UNITS, key=len, reverse=True)))
_PULL_REQUEST = ("pr-", "pr", "pull-")
_RUN = re.compile(r"[A-Za-z0-9]+")
_WORD_AND_NUMBER = re.compile(r"[A-Za-z](?:[A-Za-z0-9]*[A-Za-z])?(?=[0-9]+$)")
_HASH = re.compile(r"(?=[a-f]*[0-9])(?=[0-9]*[a-f])[a-f0-9]{7,40}")
# of git describe: -7-g1a2b3c4
_DESCRIBED = re.compile("g([a-f0-9]{7,40})")
_LONG_HASH = re.compile("g?[a-f0-9]{7,64}")
_DIGIT = re.compile("[0-9]")
_NEARLY_ALL: Final = 0.75
_SIGNATURE = re.compile("sha256-[a-f0-9]{64}")
_SHA = re.compile("<sha:([0-9]+)>")
_DIGITS = re.compile("(?<![A-Za-z0-9])[0-9]{7,40}(?![A-Za-z0-9])")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A policy for some tags.

    tag_format: its short form. spec: `filterTags` and `policy` of an ImagePolicy. latest: what it selects.
    covered, total: how many of the tags are of this format. reason: all that in words.
    """

    tag_format: str
    spec: dict[str, Any]
    latest: str
    covered: int
    total: int
    reason: str


def suggest(tags: Iterable[str]) -> Suggestion | None:
    """Return the best suggestion for the tags of a repository; None if none of them can be ordered."""
    return next(iter(suggestions(tags)), None)


def suggestions(tags: Iterable[str]) -> list[Suggestion]:
    """Return what could be selected, the best first: each covers tags of a format, and the newest of them wins.

    Formats for prereleases and for all pull requests go last; of others the one that covers more goes first. None
    covers only what one before it covers, too, and each covers nearly all tags of its kind: those with the same
    words and separators. Signatures and the like, which cosign keeps as tags, do not count.
    """
    known = sorted(tag for tag in set(tags) if not _SIGNATURE.match(tag))
    kinds = {tag: _kind(tag) for tag in known}
    sizes = Counter(kinds.values())
    found = []
    for tag_format in _formats(known):
        keys = {tag: key for tag in known if (key := tag_format.sort_key(tag)) is not None}
        own = sum(sizes[kind] for kind in {kinds[tag] for tag in keys})
        if keys and len(keys) >= _NEARLY_ALL * own:
            found.append((tag_format, keys))
    found.sort(key=lambda row: (bool(_SECOND_CHOICE.search(row[0].text)), -len(row[1]), len(row[0].text)))
    chosen: list[Suggestion] = []
    seen: list[set[str]] = []
    for tag_format, keys in found:
        if any(keys.keys() <= before for before in seen):
            continue
        seen.append(set(keys))
        latest = max(keys, key=keys.__getitem__)
        reason = _reason(tag_format, latest, len(keys), len(known))
        chosen.append(Suggestion(tag_format.text, tag_format.spec(), latest, len(keys), len(known), reason))
    return chosen


def _kind(tag: str) -> str:
    """Return a tag with `#` for its numbers and hashes: tags of one kind differ in nothing else."""
    return _RUN.sub(lambda run: _variable(run[0]), tag)


def _variable(run: str) -> str:
    if _LONG_HASH.fullmatch(run):
        return "#"
    word = _WORD_AND_NUMBER.match(run)
    return f"{word[0]}#" if word else "#" if _DIGIT.search(run) else run


def _reason(tag_format: TagFormat, latest: str, covered: int, total: int) -> str:
    kinds = [part.kind for part in tag_format.key]
    deciding = ", then ".join([_MEANING[kinds[0]], *("the number after it" for _ in kinds[1:])])
    how_many = f"all {total} tags are" if covered == total else f"{covered} of {total} tags are"
    if total == 1:
        how_many = "the only tag is"
    return f"{how_many} of the form {tag_format.text}; {deciding} says which is newest: {latest}"


def _formats(tags: list[str]) -> Iterator[TagFormat]:
    """Yield the sound formats that occur most, those with commit hashes of several lengths as one.

    One short hash in thirty has no letter. Such a tag counts for the format of the others, where that is one.
    """
    counts: Counter[str] = Counter()
    lengths: dict[str, set[int]] = {}
    of_digits: list[str] = []
    for tag in tags:
        readings = [_read(tag, times=True)]
        if "<date" in readings[0] and (other := _read(tag, times=False)) != readings[0]:
            readings.append(other)
        for text in readings:
            shape = _SHA.sub("<sha>", text)
            counts[shape] += 1
            lengths.setdefault(shape, set()).update(map(int, _SHA.findall(text)))
        if _DIGITS.search(tag):
            of_digits.append(tag)
    if any(lengths.values()):
        for tag in of_digits:
            for digits in _DIGITS.finditer(tag):
                # a letter makes the run of digits what it may stand for: a hash
                text = _read(f"{tag[: digits.start()]}a{tag[digits.start() + 1 :]}", times=True)
                shape = _SHA.sub("<sha>", text)
                if lengths.get(shape):
                    counts[shape] += 1
                    lengths[shape].update(map(int, _SHA.findall(text)))
    for shape, _ in counts.most_common(TRIED):
        low, high = min(lengths[shape], default=0), max(lengths[shape], default=0)
        length = f"{low}" if low == high else f"{low}-{high}"
        try:
            yield parse(shape.replace("<sha>", f"<sha:{length}>"))
        except TagFormatError:
            continue  # nothing in it tells which is newer


def _read(tag: str, *, times: bool) -> str:
    """Read a tag as a format. times: take what may be a date or a version for a date."""
    pieces: list[str] = []
    at = 0
    while at < len(tag):
        run = _RUN.match(tag, at)
        if run is None:
            pieces.append(tag[at])
            at += 1
        elif (at == 0 or not tag[at - 1].isalnum()) and _HASH.fullmatch(run[0]):
            pieces.append(f"<sha:{len(run[0])}>")
            at = run.end()
        elif (at == 0 or not tag[at - 1].isalnum()) and (described := _DESCRIBED.fullmatch(run[0])):
            pieces.append(f"g<sha:{len(described[1])}>")
            at = run.end()
        elif number := _number(tag, at, dotted=times, plain=times or "<semver>" not in pieces):
            placeholder, at = number
            of_pull_request = placeholder == "<n>" and "".join(pieces[-2:]).lower() in _PULL_REQUEST
            pieces.append("<pr>" if of_pull_request else placeholder)
        else:
            word = _WORD_AND_NUMBER.match(run[0])
            end = at + word.end() if word else run.end()
            pieces.append(tag[at:end])
            at = end
    return "".join(pieces)


def _number(tag: str, at: int, *, dotted: bool, plain: bool) -> tuple[str, int] | None:
    """Read the number, version or time that is in a tag at `at`: its placeholder, and where it ends.

    dotted, plain: whether to look for times with dots in them, and for those without.
    """
    if tag.startswith("20", at):
        for placeholder, pattern, has_dot in _times():
            if (dotted if has_dot else plain) and (match := pattern.match(tag, at)):
                return placeholder, match.end()
    for placeholder, pattern in _NUMBERS:
        match = pattern.match(tag, at)
        if match and not tag[match.end() : match.end() + 1].isalpha():
            return placeholder, match.end()
    return None


@functools.cache
def _times() -> tuple[tuple[str, re.Pattern[str], bool], ...]:
    """Return placeholders of times, what they match and whether that has dots; made when first needed."""
    return tuple(
        (
            _placeholder(layout),
            re.compile(_UNIT.sub(lambda unit: _UNITS[unit[0]], layout.replace(".", r"\.")) + _END),
            "." in layout,
        )
        for layout in _LAYOUTS
    )


def _placeholder(layout: str) -> str:
    usual = {"YYYYMMDDHHmmss": "<datetime>", "YYYYMMDD": "<date>"}
    return usual.get(layout) or f"<{'datetime' if 'HH' in layout else 'date'}:{layout}>"

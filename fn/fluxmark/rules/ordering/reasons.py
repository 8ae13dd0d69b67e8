"""Why a policy selects the older of two tags, and which policy would select the newer one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from fluxmark.flux.policy import PolicyError, latest
from fluxmark.flux.policy.semver import parse_tag
from fluxmark.rules.ordering.roles import Role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fluxmark.rules.ordering.builds import Pair
    from fluxmark.rules.ordering.evaluator import Evaluator
    from fluxmark.rules.ordering.fields import Field

_NAME_WITH_DIGIT: Final = re.compile("[A-Za-z]+[0-9]+[A-Za-z]+$")
_DIGITS: Final = re.compile("[0-9]+")
_TIME_NAME: Final = "ts"
_NUMBER_NAME: Final = "n"
_VERSION_NAMES: Final = ("major", "minor", "patch", "build")
_VERSIONS: Final = {
    2: ("${0}.${1}.0", ">=0.0.0"),
    3: ("${0}.${1}.${2}", ">=0.0.0"),
    4: ("${0}.${1}.${2}-${3}", ">=0.0.0-0"),
}
"""How numbers make a version of three parts: semver compares the number of a prerelease as a number."""
_GLUED: Final = ("glued", "numbers without a separator change their places with their width")


def reason_of(
    policy: Evaluator, fields: Sequence[Field], deciding: Sequence[int], ordered: Sequence[int], pair: Pair
) -> tuple[str, str]:
    """Return the cause in one word, and the reason for a message."""
    if policy.descending and policy.kind != "semver":
        return "descending", "the order is descending, so the oldest tag is selected; write order: asc"
    if not deciding:
        return "left-out", f"the extract leaves out {_told(fields, ordered)}, which tells the time"
    if pair.mixed:
        first = next((index for index, field in enumerate(fields) if field.role.is_variable), None)
        what = fields[first].role.value if first is not None else "something that does not grow with time"
        return "variable-first", f"{what} is before {_told(fields, deciding)} in what is compared"
    if policy.kind == "semver":
        before = fields[pair.grown - 1].part.text if pair.grown > 0 else ""
        # k3s1, rke2r1: a revision of a name, which hardly ever reaches ten
        return "revision" if _NAME_WITH_DIGIT.search(before) else "text", _of_versions(policy, pair)
    return _of_keys(policy, fields, deciding, pair)


def _of_versions(policy: Evaluator, pair: Pair) -> str:
    older, newer = (parse_tag(policy.key(tag) or "") for tag in (pair.older, pair.newer))
    if older is None or newer is None:
        return "the versions are not in the order of time"
    for left, right in zip(older.prerelease.split("."), newer.prerelease.split("."), strict=False):
        if left != right:
            return (
                f"semver compares {left!r} and {right!r} as text, in which 9 comes after 10; only a number "
                "between dots is compared as a number"
            )
    return "the numbers of the versions are not in the order of time"


def _of_keys(policy: Evaluator, fields: Sequence[Field], deciding: Sequence[int], pair: Pair) -> tuple[str, str]:
    keys = [policy.key(tag) or "" for tag in (pair.older, pair.newer)]
    timed = all(fields[index].role is Role.TIME and not fields[index].unit for index in deciding)
    part = fields[deciding[0]].part
    if policy.kind == "alphabetical":
        if timed:
            return "width", "times of different width are compared as text"
        widths = [list(map(len, _DIGITS.findall(key))) for key in keys]
        if widths[0] == widths[1]:
            return "significance", "what counts most, such as the year, does not come first in what is compared"
        return "text", "numbers are compared as text, in which 9 comes after 10"
    if any(key.count(".") == 1 for key in keys):
        return "float", "a version is compared as a decimal number, in which 1.10 is 1.1"
    if timed and part.low >= 17 and keys[0] != keys[1]:
        return "precision", f"{keys[0]} and {keys[1]} are the same number for Flux"
    if len(deciding) > 1 and "." not in pair.older:
        return _GLUED
    if timed and part.high is not None and part.low < part.high:
        return "width", "times of different width are compared as one number"
    if len(deciding) > 1 or fields[deciding[0]].role is Role.VERSION:
        glued = policy.extract and "." not in policy.extract and len(deciding) > 1
        return _GLUED if glued else ("float", "a version is compared as a decimal number, in which 1.10 is 1.1")
    return "greedy", "what is before the group takes some of its digits; put a fixed separator between them"


def _told(fields: Sequence[Field], ordered: Sequence[int]) -> str:
    names = [name for index in ordered for name in fields[index].part.names[-1:]]
    text = "the timestamp" if fields[ordered[0]].role is Role.TIME else "the number"
    return f"{text} '{names[0]}'" if names else text


def better_policy(
    policy: Evaluator, fields: Sequence[Field], ordered: Sequence[int], pair: Pair
) -> dict[str, Any] | None:
    """Return filterTags and policy that order by what tells the time, if they put the pair in order."""
    parts = [fields[index].part for index in ordered]
    if not all(part.is_digits and part.start >= 0 for part in parts):
        return None
    if len(ordered) == 1:
        name = _TIME_NAME if fields[ordered[0]].role is Role.TIME else _NUMBER_NAME
        names, choice = [name], {"numerical": {"order": "asc"}}
        extract = "${0}"
    elif any(field.role in (Role.WORD, Role.ANYTHING) and not field.part.is_open for field in fields):
        return None  # alpha and rc have numbers of their own
    elif len(ordered) in _VERSIONS and all(fields[index].role is Role.NUMBER for index in ordered):
        extract, limits = _VERSIONS[len(ordered)]
        if policy.kind == "semver":
            limits = str(policy.spec["policy"]["semver"]["range"])
        names, choice = list(_VERSION_NAMES), {"semver": {"range": limits}}
    else:
        return None
    found = dict(_named(fields, ordered, names))
    pattern = policy.pattern
    for index in sorted(ordered, reverse=True):
        part = fields[index].part
        if found[index] not in part.names:
            group = f"(?P<{found[index]}>{pattern[part.start : part.end]})"
            pattern = f"{pattern[: part.start]}{group}{pattern[part.end :]}"
    for number, index in enumerate(ordered):
        extract = extract.replace(f"${{{number}}}", f"${found[index]}")
    better = {"filterTags": {"pattern": pattern, "extract": extract}, "policy": choice}
    try:
        return better if latest(better, [pair.older, pair.newer]).tag == pair.newer else None
    except PolicyError:
        return None


def _named(fields: Sequence[Field], ordered: Sequence[int], names: Sequence[str]) -> list[tuple[int, str]]:
    """Return a group's name for each ordered field: its own if it is alone in a named group."""
    found = []
    for index, name in zip(ordered, names, strict=False):
        own = fields[index].part.names[-1:]
        alone = own and sum(own[0] in other.part.names for other in fields) == 1
        found.append((index, own[0] if alone else name))
    return found

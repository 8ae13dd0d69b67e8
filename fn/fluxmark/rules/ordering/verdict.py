"""Whether a policy's order is that of time: the example that shows that it is not, and why."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from fluxmark.golang.expand import parse_template
from fluxmark.golang.regexp import RegexpError, compile_pattern
from fluxmark.policy import PolicyError, latest
from fluxmark.rules.ordering.pairs import open_pairs, pairs
from fluxmark.rules.ordering.pattern import DIGITS, UnknownSyntaxError, rows
from fluxmark.rules.ordering.roles import Role, roles

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fluxmark.rules.ordering.pairs import Pair
    from fluxmark.rules.ordering.pattern import Row

_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_LONG_NUMBER = re.compile(r"\d{8}")
_VERSION = re.compile(r"v?\d+(?:[._]\d+)+")
_GROUP_NAME: Final = "ts"
# how numbers make a version of three parts: the fourth is the number of a prerelease, which semver compares as one
_VERSIONS: Final = {
    2: ("${0}.${1}.0", ">=0.0.0"),
    3: ("${0}.${1}.${2}", ">=0.0.0"),
    4: ("${0}.${1}.${2}-${3}", ">=0.0.0-0"),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """A policy that does not select the newest tag: of these two it selects the older one.

    cause: one word; reason: why, for a message. better: filterTags and policy that select the newer one, as far
    as these are plain.
    """

    older: str
    newer: str
    cause: str
    reason: str
    better: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class _Policy:
    """A policy of the alphabetical or numerical kind, taken apart."""

    spec: Mapping[str, Any]
    pattern: str
    extract: str
    kind: str
    descending: bool

    @property
    def key(self) -> frozenset[int] | None:
        """The groups that make the key; None for the whole tag."""
        numbers = self.references
        return None if not self.extract or 0 in numbers else frozenset(numbers)

    @property
    def references(self) -> tuple[int, ...]:
        """The numbers of the groups that the extract refers to, in its order."""
        names = compile_pattern(self.pattern).names
        return tuple(
            number for reference in parse_template(self.extract).references for number in reference.groups(names)
        )


def judge(spec: Mapping[str, Any], current: Sequence[str] = ()) -> Verdict | None:
    """Return why a policy does not select the newest tag, None where that is not certain.

    spec: of an ImagePolicy; only alphabetical and numerical ones are judged. current: tags that stand at its
    markers, which show what the tags look like where the pattern leaves that open.
    """
    policy = _read(spec)
    if policy is None:
        return None
    try:
        found = rows(policy.pattern)
        key = policy.key
    except (UnknownSyntaxError, RegexpError, KeyError, ValueError):
        return None
    if policy.extract and key is not None and not key:
        return None  # it refers to no group at all: another rule's
    # an alternative without a number (`0|[1-9][0-9]*`) says nothing as long as others have one
    telling = [row for row in found if any(role.is_ordered for role in roles(row))]
    for row in telling or found:
        verdict = _judge_row(policy, row, key, [tag for tag in current if _matches(policy, tag)])
        if verdict is not None:
            return verdict
    return None


def _read(spec: Mapping[str, Any]) -> _Policy | None:
    choice, filter_tags = spec.get("policy"), spec.get("filterTags") or {}
    if not isinstance(choice, dict) or not isinstance(filter_tags, dict) or choice.get("semver") is not None:
        return None
    kind = next((name for name in ("alphabetical", "numerical") if choice.get(name) is not None), "")
    pattern, extract = filter_tags.get("pattern") or "", filter_tags.get("extract") or ""
    if (
        not kind
        or not isinstance(choice[kind], dict)
        or not (isinstance(pattern, str) and isinstance(extract, str))
    ):
        return None
    return _Policy(spec, pattern, extract, kind, str(choice[kind].get("order") or "").lower() == "desc")


def _judge_row(policy: _Policy, row: Row, key: frozenset[int] | None, current: Sequence[str]) -> Verdict | None:
    meant = roles(row)
    in_key = [index for index, part in enumerate(row) if key is None or key & set(part.groups)]
    ordered = _ordered(meant, in_key) or _ordered(meant, range(len(row)))
    if not ordered:
        return _nothing_ordered(policy, row, meant, current)
    if meant[ordered[0]] is Role.DIGITS and _are_numbers(policy, row, ordered[0], current):
        meant[ordered[0]] = Role.NUMBER
    for pair in pairs(row, meant, ordered, key):
        if _is_wrong(policy, pair):
            cause, reason = _why(policy, row, meant, ordered, in_key, pair)
            return Verdict(pair.older, pair.newer, cause, reason, _better(policy, row, meant, ordered, pair))
    return None


def _ordered(meant: Sequence[Role], indexes: Sequence[int] | range) -> list[int]:
    """Return the parts by which time shows: times and what is counted behind them, else numbers."""
    times = [index for index in indexes if meant[index] is Role.TIME]
    if times:
        return [index for index in indexes if index >= times[0] and meant[index].is_ordered]
    return [index for index in indexes if meant[index].is_ordered]


def _nothing_ordered(policy: _Policy, row: Row, meant: list[Role], current: Sequence[str]) -> Verdict | None:
    literals = "".join(part.text for part in row)
    if _LONG_NUMBER.search(literals):
        return None  # one tag, written out
    open_at = [part.start for part in row if part.is_open]
    if open_at and any(_begins_with_time(tag, literals) for tag in current):
        return None
    versions = literals.endswith("v") or any(map(_VERSION.search, current))
    for pair in open_pairs(row, meant, versions=versions):
        if _is_wrong(policy, pair):
            if not policy.pattern:
                return Verdict(
                    pair.older,
                    pair.newer,
                    "no-filter",
                    "without filterTags every tag of the repository takes part, and all of it is compared as text",
                )
            if Role.HASH in meant:
                reason = "a commit hash does not tell which build is newer; put a timestamp into the tags"
                return Verdict(pair.older, pair.newer, "hash", reason)
            reason = "the pattern does not say which part of a tag tells the time, so whatever comes first decides"
            return Verdict(pair.older, pair.newer, "open", reason)
    return None


def _begins_with_time(tag: str, literals: str) -> bool:
    rest = tag.removeprefix(literals)
    return re.match(r"[^0-9a-zA-Z]*v?\d{8}", rest) is not None


def _are_numbers(policy: _Policy, row: Row, index: int, current: Sequence[str]) -> bool:
    """Tell whether digits of unknown meaning are a short number in the tags that are there."""
    groups = row[index].groups
    if not groups or not current:
        return False
    regexp = compile_pattern(policy.pattern)
    found = [match[groups[-1]] for tag in current if (match := regexp.search(tag))]
    return bool(found) and all(text is not None and text.isdecimal() and len(text) < 8 for text in found)


def _matches(policy: _Policy, tag: str) -> bool:
    return compile_pattern(policy.pattern).matches(tag)


def _is_wrong(policy: _Policy, pair: Pair, spec: Mapping[str, Any] | None = None) -> bool:
    """Tell whether the policy selects the older tag of a pair, by the evaluator."""
    if not all(_TAG.fullmatch(tag) and _matches(policy, tag) for tag in (pair.older, pair.newer)):
        return False
    try:
        return latest(spec or policy.spec, [pair.older, pair.newer]).tag == pair.older
    except PolicyError:
        return False


def _why(
    policy: _Policy, row: Row, meant: list[Role], ordered: list[int], in_key: list[int], pair: Pair
) -> tuple[str, str]:
    if policy.descending:
        return "descending", "the order is descending, so the oldest tag is selected; write order: asc"
    if not set(ordered) <= set(in_key):
        return "left-out", f"the extract leaves out {_told(row, meant, ordered)}, which tells the time"
    if pair.mixed:
        first = next((index for index in in_key if meant[index].is_variable and index < ordered[0]), None)
        what = meant[first].value if first is not None else "something that does not grow with time"
        return "variable-first", f"{what} stands before {_told(row, meant, ordered)} in what is compared"
    if policy.kind == "alphabetical":
        if all(meant[index] is Role.TIME for index in ordered):
            return "width", "times of different width are compared as text"
        return (
            "text",
            "numbers are compared as text, in which 9 comes after 10",
        )
    if len(ordered) > 1 and "." not in pair.older:
        return "glued", "numbers that are glued together change their places with their width"
    part = row[ordered[0]]
    if meant[ordered[0]] is Role.TIME and part.high is not None and part.low < part.high:
        return "width", "times of different width are compared as one number"
    if len(ordered) > 1:
        glued = policy.extract and "." not in policy.extract
        return (
            ("glued", "numbers that are glued together change their places with their width")
            if glued
            else ("float", "a version is compared as a decimal number, in which 1.10 is 1.1")
        )
    return "greedy", "what stands before the group takes some of its digits; put something fixed between them"


def _told(row: Row, meant: list[Role], ordered: list[int]) -> str:
    names = [name for index in ordered for name in row[index].names[-1:]]
    text = "the timestamp" if meant[ordered[0]] is Role.TIME else "the number"
    return f"{text} '{names[0]}'" if names else text


def _better(policy: _Policy, row: Row, meant: list[Role], ordered: list[int], pair: Pair) -> dict[str, Any] | None:
    """Return filterTags and policy that order by what tells the time, if they put the pair right."""
    if not all(row[index].chars and row[index].chars <= DIGITS and row[index].start >= 0 for index in ordered):
        return None
    if len(ordered) == 1:
        names, choice = [_GROUP_NAME], {"numerical": {"order": "asc"}}
        extract = "${0}"
    elif len(ordered) in _VERSIONS and all(meant[index] is Role.NUMBER for index in ordered):
        extract, limits = _VERSIONS[len(ordered)]
        names, choice = ["major", "minor", "patch", "build"], {"semver": {"range": limits}}
    else:
        return None
    pattern = policy.pattern
    found: list[str] = []
    for index, name in reversed(list(zip(ordered, names, strict=False))):
        part = row[index]
        alone = part.names and sum(part.names[-1] in other.names for other in row) == 1
        if not alone:
            group = f"(?P<{name}>{pattern[part.start : part.end]})"
            pattern = f"{pattern[: part.start]}{group}{pattern[part.end :]}"
        found.insert(0, part.names[-1] if alone else name)
    for number, name in enumerate(found):
        extract = extract.replace(f"${{{number}}}", f"${name}")
    better = {"filterTags": {"pattern": pattern, "extract": extract}, "policy": choice}
    try:
        return better if latest(better, [pair.older, pair.newer]).tag == pair.newer else None
    except PolicyError:
        return None

"""Whether a policy's order is that of time: two tags that show that it is not, and why."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from fluxmark.rules.ordering.builds import open_pairs, pairs, twins
from fluxmark.rules.ordering.evaluator import Evaluator, evaluator
from fluxmark.rules.ordering.fields import as_number
from fluxmark.rules.ordering.misread import left_out, misread
from fluxmark.rules.ordering.pattern import grammar
from fluxmark.rules.ordering.reader import UnknownSyntaxError
from fluxmark.rules.ordering.reading import Reading, read
from fluxmark.rules.ordering.reasons import better_policy, reason_of
from fluxmark.rules.ordering.roles import Role

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fluxmark.rules.ordering.builds import Pair

_LONG_NUMBER: Final = re.compile(r"\d{8}")
_VERSION: Final = re.compile(r"v?\d+(?:[._]\d+)+")
_EXACT: Final = 14
_CERTAIN: Final = (Role.FIXED, Role.TIME, Role.NUMBER, Role.DIGITS, Role.HASH, Role.REQUEST)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Two tags of which a policy selects the older one, or the one that is not newer for sure.

    cause: one word; reason: why, for a message. key: what the older tag is ordered by. better: filterTags and
    policy that select the newer one, where these are plain.
    """

    older: str
    newer: str
    cause: str
    reason: str
    key: str = ""
    better: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is known of a policy's order.

    order: tags in the wrong order. tie: tags that have the same key, or that only their hashes order. sound:
    whether every pair of tags is in order for sure; False if that is not known.
    """

    order: Verdict | None = None
    tie: Verdict | None = None
    sound: bool = False


def judge(spec: Mapping[str, Any], known: Sequence[str] = ()) -> Judgement:
    """Return what is known of the order that a policy makes; equal policies are judged once.

    spec: of an ImagePolicy. known: tags of the image, such as those at its markers, which show what the pattern
    leaves open.
    """
    policy = evaluator(spec)
    return _judge(json.dumps(policy.spec, sort_keys=True), tuple(known)) if policy else Judgement()


@lru_cache(maxsize=1024)
def _judge(text: str, known: tuple[str, ...]) -> Judgement:
    policy = evaluator(json.loads(text))
    assert policy is not None
    try:
        found = grammar(policy.pattern)
    except UnknownSyntaxError:
        return Judgement()
    if policy.extract and policy.groups is not None and not policy.groups:
        return Judgement()  # it refers to no group at all: another rule's
    matching = [tag for tag in known if policy.key(tag) is not None]
    readings = [read(policy, row, matching) for row in found.rows]
    # an alternative without a number (`0|[1-9][0-9]*`) means nothing as long as others have one
    telling = [reading for reading in readings if reading.ordered]
    order = _misread(policy, matching) or next(
        filter(None, (_disorder(one, matching) for one in telling or readings)), None
    )
    if order and len({len(row) for row in found.rows}) > 1:
        order = replace(order, better=None)  # it would leave out the tags without an optional part
    tie = None if order else _left_out(policy, matching) or next(filter(None, map(_tie, telling)), None)
    sound = (
        order is None
        and tie is None
        and found.complete
        and len(readings) == 1
        and bool(readings[0].deciding)
        and _is_certain(readings[0])
    )
    return Judgement(order, tie, sound)


def _misread(policy: Evaluator, known: Sequence[str]) -> Verdict | None:
    found = misread(policy, known)
    return Verdict(found[0], found[1], "misread", found[2]) if found else None


def _left_out(policy: Evaluator, known: Sequence[str]) -> Verdict | None:
    found = left_out(policy, known)
    if found is None:
        return None
    return Verdict(*found, "revision", "the extract leaves out what tells them apart", policy.key(found[0]) or "")


def _disorder(reading: Reading, known: Sequence[str]) -> Verdict | None:
    """Return two tags in the wrong order."""
    if not reading.ordered:
        return _nothing_ordered(reading, known)
    policy = reading.policy
    for pair in pairs(reading.fields, reading.deciding or reading.ordered, reading.noisy, reading.bases):
        result = policy.result(pair.older, pair.newer)
        if (result == "older" or (result == "tie" and _is_misread(reading, pair))) and policy.confirms(
            pair.older, pair.newer
        ):
            cause, reason = reason_of(policy, reading.fields, reading.deciding, reading.ordered, pair)
            better = better_policy(policy, reading.fields, reading.deciding or reading.ordered, pair)
            if better and _is_faulty(better):
                better = None
            return Verdict(pair.older, pair.newer, cause, reason, better=better)
    return _by_hash(reading)


def _is_faulty(spec: Mapping[str, Any]) -> bool:
    judged = judge(spec)
    return bool(judged.order or judged.tie)


def _is_misread(reading: Reading, pair: Pair) -> bool:
    """Tell whether two tags have one key although the field that grew is in it, or nothing that grows is."""
    return not reading.deciding or pair.grown in reading.deciding


def _by_hash(reading: Reading) -> Verdict | None:
    """Return two builds of one version which the policy orders by their hashes."""
    policy, fields = reading.policy, reading.fields
    hashes = [index for index in reading.noisy if fields[index].role is Role.HASH]
    versions = policy.kind == "semver" or all(fields[index].role is not Role.TIME for index in reading.ordered)
    if not hashes or not versions or any(fields[index].fine for index in reading.ordered):
        return None
    for base in reading.bases:
        for pair in twins(fields, hashes, base):
            if policy.result(pair.older, pair.newer) == "older" and policy.confirms(pair.older, pair.newer):
                return Verdict(
                    pair.older,
                    pair.newer,
                    "hash",
                    "two builds of one version are ordered by their commit hashes, which do not tell which is "
                    "newer; put a build number or a time before the hash",
                )
    return None


def _tie(reading: Reading) -> Verdict | None:
    """Return two builds that have one key, or that only their hashes order within one day."""
    policy, fields = reading.policy, reading.fields
    deciding = reading.deciding
    if policy.kind == "semver" and "+" in policy.extract:
        for pair in pairs(fields, deciding, (), reading.bases):
            if policy.result(pair.older, pair.newer) == "tie" and policy.is_chance(pair.older, pair.newer):
                return Verdict(pair.older, pair.newer, "metadata", "semver ignores what follows a +")
    if not deciding or any(fields[index].fine for index in deciding):
        return None
    left_out = [index for index in reading.ordered if index not in reading.in_key]
    ranked = [*deciding, *left_out]
    for pair in pairs(fields, ranked, (), reading.bases):
        if pair.grown in left_out and policy.result(pair.older, pair.newer) == "tie":
            # of one key Flux keeps the smallest tag, so there is an example for either order
            older, newer = (
                sorted((pair.older, pair.newer)) if policy.groups is not None else (pair.older, pair.newer)
            )
            if policy.confirms(older, newer):
                reason = "the extract leaves out what tells them apart"
                return Verdict(older, newer, "left-out", reason, policy.key(older) or "")
    hashes = [index for index in reading.noisy if fields[index].role is Role.HASH]
    if not hashes or any(fields[index].fine for index in reading.ordered):
        return None
    cause = "day" if any(fields[index].role is Role.TIME for index in deciding) else "version"
    for base in reading.bases:
        for pair in twins(fields, hashes, base):
            if policy.confirms(pair.older, pair.newer):
                return Verdict(pair.older, pair.newer, cause, f"they may be of one {cause}")
    return None


def _is_certain(reading: Reading) -> bool:
    """Tell whether a row holds nothing but fields that are understood, and all its pairs are in order."""
    if any(field.role not in _CERTAIN or field.is_optional for field in reading.fields):
        return False
    united = all(reading.fields[index].unit for index in reading.ordered)
    if not united and list(reading.ordered) != sorted(reading.ordered):
        return False  # only the order in `extract` says what counts most
    fields = tuple(as_number(field) if field.role is Role.DIGITS else field for field in reading.fields)
    checked = replace(reading, fields=fields)
    first = fields[checked.deciding[0]]
    timed = first.role is Role.TIME and first.fine
    # where a time comes first in the key, it does not matter what else grows
    growing = checked.deciding if timed else checked.ordered
    made = list(pairs(fields, growing, checked.noisy, checked.bases))
    if reading.policy.kind != "alphabetical" and any(_is_long(reading.policy.key(one.newer)) for one in made):
        return False
    results = [reading.policy.result(pair.older, pair.newer) for pair in made]
    return bool(made) and all(result == "newer" for result in results)


def _is_long(key: str | None) -> bool:
    """Tell whether a number in a key may become too large: inexact for a float, or no number of a version."""
    return any(len(digits) > _EXACT for digits in re.findall("[0-9]+", key or ""))


def _nothing_ordered(reading: Reading, known: Sequence[str]) -> Verdict | None:
    policy, fields = reading.policy, reading.fields
    literals = "".join(field.part.text for field in fields)
    if policy.kind == "semver" or _LONG_NUMBER.search(literals):
        return None  # versions of any kind, or one tag, written out
    if any(field.part.is_open for field in fields) and any(_begins_with_time(tag, literals) for tag in known):
        return None
    versions = literals.endswith("v") or any(map(_VERSION.search, known))
    for pair in open_pairs(fields, versions=versions):
        if policy.result(pair.older, pair.newer) in ("older", "tie") and policy.confirms(pair.older, pair.newer):
            if not policy.pattern:
                return Verdict(
                    pair.older,
                    pair.newer,
                    "no-filter",
                    "without filterTags every tag of the repository takes part, and all of it is compared as text",
                )
            if any(field.role is Role.HASH for field in fields):
                reason = "a commit hash does not tell which build is newer; put a timestamp into the tags"
                return Verdict(pair.older, pair.newer, "hash", reason)
            reason = "the pattern does not say which part of a tag tells the time, so whatever comes first decides"
            return Verdict(pair.older, pair.newer, "open", reason)
    return None


def _begins_with_time(tag: str, literals: str) -> bool:
    rest = tag.removeprefix(literals)
    return re.match(r"[^0-9a-zA-Z]*v?\d{8}", rest) is not None

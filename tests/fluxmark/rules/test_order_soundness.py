"""The order engine against the evaluator, for random policies whose fields the test knows the meaning of.

If the engine calls a policy sound, the evaluator selects the newer of any two tags in time order. If it calls a
policy unsound, its example is one: two tags of the pattern, the first older, of which the evaluator selects it.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from fluxmark.flux.policy import PolicyError, latest
from fluxmark.rules.ordering import Judgement, judge

if TYPE_CHECKING:
    from collections.abc import Sequence

QUICK, MANY = 300, 10_000


@dataclass(frozen=True)
class Piece:
    """A piece of a tag: its pattern, and what it is. width: of numbers, 0 for any."""

    kind: str
    pattern: str
    width: int = 0


HASHES: Final = (Piece("hash", "[a-f0-9]{7}"), Piece("hash", "[a-f0-9]+"), Piece("hash", "(?P<sha>[a-f0-9]{7})"))
TIMES: Final = (
    Piece("time", "[0-9]{10}", 10),
    Piece("time", "(?P<ts>[0-9]{10})", 10),
    Piece("time", r"(?P<ts>\d{14})", 14),
    Piece("date", "(?P<date>[0-9]{8})", 8),
    Piece("time", "(?P<ts>[0-9]{17})", 17),
)
NUMBERS: Final = (
    Piece("n", "(?P<n>[0-9]+)"),
    Piece("n", r"(?P<build>\d+)"),
    Piece("n", r"(?P<run>[0-9]{3})", 3),
    Piece("n", r"(?P<run>[0-9]{1,2})", -2),
)
COUNTS: Final = (Piece("text", "rc"), Piece("text", "-b"), Piece("text", "-r"), Piece("text", r"-rc\."))
VERSIONS: Final = (
    Piece("version", r"[0-9]+\.[0-9]+\.[0-9]+"),
    Piece("version", r"(?P<version>[0-9]+\.[0-9]+\.[0-9]+)"),
    Piece("version", r"v?(?P<version>\d+\.\d+\.\d+)"),
)
TEXTS: Final = tuple(Piece("text", text) for text in ("-", "_", "main-", "-x-", "v", "."))


@dataclass(frozen=True)
class Policy:
    pieces: tuple[Piece, ...]
    spec: dict[str, Any]

    @property
    def pattern(self) -> str:
        return str(self.spec["filterTags"]["pattern"])


def number(rng: random.Random, width: int) -> int:
    if width == -2:
        return rng.randint(0, 99)
    digits = rng.randint(1, width or 5)
    return rng.randint(0, 10**digits - 1)


def moment(rng: random.Random, width: int) -> int:
    low, high = {
        10: (1_600_000_000, 1_999_999_999),
        8: (20190101, 20291231),
        14: (20190101000000, 20291231235959),
        17: (20190101000000000, 20291231235959999),
    }[width]
    return rng.randint(low, high)


Values = list[tuple[int, ...]]


def first(pieces: Sequence[Piece], rng: random.Random) -> Values:
    found: Values = []
    for piece in pieces:
        if piece.kind == "version":
            found.append(tuple(number(rng, 0) for _ in range(3)))
        elif piece.kind == "n":
            found.append((number(rng, piece.width),))
        elif piece.kind in ("time", "date"):
            found.append((moment(rng, piece.width),))
        else:
            found.append(())
    return found


def later(pieces: Sequence[Piece], older: Values, rng: random.Random) -> Values | None:
    """Return the values of a newer build: one number grows, those after it are any, times grow, and days may."""
    places = [(at, part) for at, values in enumerate(older) for part in range(len(values))]
    grown_at, grown_part = rng.choice(places)
    fresh = first(pieces, rng)
    newer: Values = []
    for at, values in enumerate(older):
        if pieces[at].kind == "time" and at != grown_at:
            newer.append((max(values[0] + 1, fresh[at][0]),))
        elif at < grown_at:
            newer.append(values)
        elif at > grown_at:
            newer.append(max(values, fresh[at]) if pieces[at].kind == "date" else fresh[at])
        else:
            own = list(values[:grown_part])
            step = rng.choice((1, 1, 2, 9, 10, 90, rng.randint(1, 10_000)))
            own.append(values[grown_part] + step)
            own += fresh[at][grown_part + 1 :]
            newer.append(tuple(own))
    width = pieces[grown_at].width
    limit = 10**width if width > 0 else 100 if width < 0 else None
    return None if limit and newer[grown_at][0] >= limit else newer


def written(pieces: Sequence[Piece], values: Values, rng: random.Random) -> str:
    found = []
    for piece, own in zip(pieces, values, strict=True):
        if piece.kind == "text":
            found.append(piece.pattern.replace("\\", ""))
        elif piece.kind == "hash":
            found.append("".join(rng.choice("0123456789abcdef") for _ in range(7)))
        else:
            prefix = rng.choice(("", "v")) if piece.pattern.startswith("v?") else ""
            found.append(prefix + ".".join(str(one).zfill(max(piece.width, 1)) for one in own))
    return "".join(found)


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    body = draw(
        st.lists(
            st.sampled_from((*HASHES, *TIMES, *NUMBERS, *VERSIONS)),
            min_size=1,
            max_size=3,
            unique_by=lambda one: one.kind,
        )
    )
    pieces: list[Piece] = []
    for piece in body:
        between: Piece | None = draw(st.sampled_from([*TEXTS, *(() if pieces else (None,))]))
        if draw(st.booleans()) and piece.kind == "n" and pieces:
            between = draw(st.sampled_from(COUNTS))
        if between is not None:
            pieces.append(between)
        pieces.append(piece)
    pattern = "^" + "".join(piece.pattern for piece in pieces) + "$"
    names: list[str] = re.findall(r"\?P<(\w+)>", pattern)
    extract = ""
    if draw(st.booleans()) and names:
        order = draw(st.permutations(names))
        extract = draw(st.sampled_from(("", ".", "-"))).join(
            f"${{{name}}}" for name in order[: draw(st.integers(1, 3))]
        )
    policy = draw(
        st.sampled_from(
            (
                {"alphabetical": {"order": "asc"}},
                {"numerical": {"order": "asc"}},
                {"alphabetical": {"order": "desc"}},
                {"semver": {"range": ">=0.0.0"}},
                {"semver": {"range": ">=0.0.0-0"}},
            )
        )
    )
    filter_tags = {"pattern": pattern} | ({"extract": extract} if extract else {})
    return Policy(tuple(pieces), {"filterTags": filter_tags, "policy": policy})


def read(policy: Policy, tag: str) -> Values:
    """Return the values in a tag, each piece in a group of its own; [] where they cannot be distinguished."""
    groups = "".join(f"({re.sub(r'[?]P<[a-z]+>', '?:', piece.pattern)})" for piece in policy.pieces)
    match = re.fullmatch(groups, tag)
    assert match is not None
    return [
        tuple(int(one) for one in re.findall("[0-9]+", text)) if piece.kind not in ("text", "hash") else ()
        for piece, text in zip(policy.pieces, match.groups(), strict=True)
    ]


def separable(pieces: Sequence[Piece]) -> bool:
    """Tell whether no hash or number is next to another one, so that a reader knows where it ends."""
    kinds = [piece.kind for piece in pieces]
    ends = [piece.pattern[-1:] for piece in pieces]
    return all(
        not (kind == "text" and not re.search(r"[^a-f0-9.]", end) and 0 < at < len(kinds) - 1)
        for at, (kind, end) in enumerate(zip(kinds, ends, strict=True))
    )


def check_example(policy: Policy, judged: Judgement) -> None:
    for verdict in filter(None, (judged.order, judged.tie)):
        for tag in (verdict.older, verdict.newer):
            assert re.search(policy.pattern, tag)
        assert latest(policy.spec, [verdict.newer, verdict.older]).tag == verdict.older
        if separable(policy.pieces) and verdict.cause not in ("hash", "day", "version"):
            assert read(policy, verdict.older) < read(policy, verdict.newer)


def check_sound(policy: Policy, count: int, seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(count):
        older = first(policy.pieces, rng)
        newer = later(policy.pieces, older, rng)
        if newer is None:
            continue
        tags = [written(policy.pieces, values, rng) for values in (older, newer)]
        try:
            found = latest(policy.spec, tags).tag
        except PolicyError as error:
            found = str(error)
        assert found == tags[1], tags


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(policies(), st.integers(0, 2**32))
def test_sound_policies_select_the_newer_tag_and_examples_are_true(policy: Policy, seed: int) -> None:
    judged = judge(policy.spec)
    check_example(policy, judged)
    if judged.sound:
        check_sound(policy, QUICK, seed)


@pytest.mark.slow
@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(policies().filter(lambda policy: judge(policy.spec).sound), st.integers(0, 2**32))
def test_sound_policies_agree_with_ten_thousand_pairs(policy: Policy, seed: int) -> None:
    check_sound(policy, MANY, seed)

"""A tag format gives a policy for which the newest tag wins, or says why there is none.

The policies are evaluated here with RE2 and a few lines that follow what Flux does: filter, extract, compare.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
import re2
from hypothesis import example, given, settings, strategies as st

from fluxmark.flux.policy import latest
from fluxmark.tag_format import PLACEHOLDERS, TagFormatError, expand, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

N = "0|[1-9][0-9]{0,14}"
SEMVER = rf"(?:{N})\.(?:{N})\.(?:{N})"
ALPHABETICAL = {"alphabetical": {"order": "asc"}}
NUMERICAL = {"numerical": {"order": "asc"}}
ANY = {"semver": {"range": ">=0.0.0"}}

EXPANDED = (
    # format, pattern, extract, policy
    ("main-<sha:7>-<unix>", "^main-[a-f0-9]{7}-(?P<ts>[0-9]{10})$", "$ts", ALPHABETICAL),
    ("<sha>-<unix>", "^[a-f0-9]{7,40}-(?P<ts>[0-9]{10})$", "$ts", ALPHABETICAL),
    ("r.<sha:7-12>.<datetime>", r"^r\.[a-f0-9]{7,12}\.(?P<ts>[0-9]{14})$", "$ts", ALPHABETICAL),
    ("pr-<pr>-<sha:7>-<datetime>", "^pr-[0-9]{1,15}-[a-f0-9]{7}-(?P<ts>[0-9]{14})$", "$ts", ALPHABETICAL),
    ("<branch>-<unix>", "^[A-Za-z0-9_][A-Za-z0-9_.-]*-(?P<ts>[0-9]{10})$", "$ts", ALPHABETICAL),
    ("<date>", "^(?P<ts>[0-9]{8})$", "$ts", ALPHABETICAL),
    ("<datetime:YYYYMMDD-HHmmss>-<sha:7>", "^(?P<ts>[0-9]{8}-[0-9]{6})-[a-f0-9]{7}$", "$ts", ALPHABETICAL),
    ("<date:YYYY.MM>", r"^(?P<ts>[0-9]{4}\.[0-9]{2})$", "$ts", ALPHABETICAL),
    (
        "<date:DDMMYYYY>",
        "^(?P<day>[0-9]{2})(?P<month>[0-9]{2})(?P<year>[0-9]{4})$",
        "$year$month$day",
        ALPHABETICAL,
    ),
    ("build-<n>", f"^build-(?P<n>{N})$", "$n", NUMERICAL),
    ("main-<sha>-b<n>", f"^main-[a-f0-9]{{7,40}}-b(?P<n>{N})$", "$n", NUMERICAL),
    ("<n>.<n>", rf"^(?P<n>{N})\.(?P<n2>{N})$", "$n.$n2.0", ANY),
    ("<date>.<n>", rf"^(?P<ts>[0-9]{{8}})\.(?P<n>{N})$", "$ts.$n.0", ANY),
    ("<date:YY.MM>.<n>", rf"^(?P<year>[0-9]{{2}})\.(?P<month>[0-9]{{2}})\.(?P<n>{N})$", "20$year$month.$n.0", ANY),
    ("v<semver>", f"^v(?P<version>{SEMVER})$", "$version", ANY),
    ("<semver:^1.2>-slim", f"^(?P<version>{SEMVER})-slim$", "$version", {"semver": {"range": "^1.2"}}),
    (
        "<semver>-ls<n>",
        f"^(?P<version>{SEMVER})-ls(?P<n>{N})$",
        "$version-$n",
        {"semver": {"range": ">=0.0.0-0"}},
    ),
    (
        "<semver>-r<n>-ls<n>",
        f"^(?P<version>{SEMVER})-r(?P<n>{N})-ls(?P<n2>{N})$",
        "$version-$n.$n2",
        {"semver": {"range": ">=0.0.0-0"}},
    ),
)

REFUSED = (
    # format, column from 0, what is wrong
    ("", 0, "nothing in it says which tag is newer"),
    ("latest", 0, "nothing in it says which tag is newer"),
    ("main-<sha>", 0, "add <unix>, <datetime>, <n> or <semver>"),
    ("main-<sha", 5, "has no '>'"),
    ("main-<hash>", 5, "no placeholder '<hash>'; there are <sha>"),
    ("main/<n>", 4, "a tag cannot hold '/'"),
    ("v1+<n>", 2, "a tag cannot hold '+'"),
    ("-<n>", 0, "cannot begin with '-'"),
    ("x" * 120 + "<unix>", 0, "130 characters or more"),
    ("<sha:seven>-<n>", 0, "the length of a commit's hash is '7' or '7-40'"),
    ("<sha:9-7>-<n>", 0, "the smaller number comes first"),
    ("<unix:ms>", 0, "takes no argument"),
    ("<n:3>", 0, "takes no argument"),
    ("<date:MMDD>", 0, "the year, then the month"),
    ("<date:YYYYDD>", 0, "leaves none out"),
    ("<date:YYYYMMYY>", 0, "each unit once"),
    ("<date:YYYY.M.D>", 0, "use <semver>"),
    ("<date:yyyy>", 0, "is not part of a layout"),
    ("<semver:>=1.0>", 0, "a '>' ends it"),
    ("<semver:latest>", 0, "a range is like '^1.2'"),
    ("<semver:^1>-<n>", 0, "a range cannot go together with <n>"),
    ("<date>-<sha>", 7, "two commits can have the same <date>"),
    ("<semver>-<sha>", 9, "two commits can have the same <semver>"),
    ("<branch>-<n>", 0, "<n> need not be in order across what <branch> stands for"),
    ("pr-<pr>-<date>.<n>", 3, "<date> need not be in order across what <pr> stands for"),
    ("<semver>-<unix>", 9, "both <semver> and <unix> would decide"),
    ("<n>-<date>", 4, "both <n> and <date> would decide"),
    ("<n>.<n>.<n>.<n>", 12, "at most 2 <n> can follow <n>"),
    ("<semver>.<n>.<n>.<n>", 17, "at most 2 <n> can follow <semver>"),
    ("<branch>-<branch>-<unix>", 9, "two <branch> cannot be distinguished"),
    ("<sha><unix>", 0, "where <sha> ends cannot be told"),
    ("<sha>b<n>", 0, "where <sha> ends cannot be told"),
    ("<n>0-<sha>", 0, "where <n> ends cannot be told"),
    ("<pr><branch>-<unix>", 0, "where <pr> ends cannot be told"),
    ("<branch><unix><n>", 14, "where <n> begins cannot be told"),
)


def evaluate(spec: dict[str, Any], tags: Iterable[str]) -> list[str]:
    """Order tags as a policy of Flux does, oldest first; fails where two would be the same to it."""
    pattern = re2.compile(spec["filterTags"]["pattern"])
    ((kind, choice),) = spec["policy"].items()
    keys: dict[Any, str] = {}
    for tag in tags:
        if match := pattern.search(tag):
            text = spec["filterTags"]["extract"]
            for name in re.findall(r"\$(\w+)", text):
                text = re.sub(rf"\${name}\b", match[name], text)
            key = _COMPARED[kind](text)
            assert key not in keys, f"{tag} and {keys[key]} are the same to Flux"
            keys[key] = tag
    assert choice.get("order", "asc") == "asc"
    return [keys[key] for key in sorted(keys)]


def _text(text: str) -> bytes:
    return text.encode()


def _version(text: str) -> tuple[int, ...]:
    core, _, prerelease = text.partition("-")
    numbers = core.split(".")
    assert len(numbers) == 3
    numbers += prerelease.split(".") if prerelease else []
    assert all(number == "0" or not number.startswith("0") for number in numbers)
    return tuple(map(int, numbers))


_COMPARED: dict[str, Callable[[str], Any]] = {"alphabetical": _text, "numerical": float, "semver": _version}


@pytest.mark.parametrize(("text", "pattern", "extract", "policy"), EXPANDED)
def test_a_format_becomes_filter_and_policy(text: str, pattern: str, extract: str, policy: dict[str, Any]) -> None:
    assert expand(text) == {"filterTags": {"pattern": pattern, "extract": extract}, "policy": policy}


@pytest.mark.parametrize(("text", "offset", "what"), REFUSED)
def test_what_has_no_sound_order_is_refused_where_it_is_wrong(text: str, offset: int, what: str) -> None:
    with pytest.raises(TagFormatError) as caught:
        parse(text)
    assert what in str(caught.value)
    assert caught.value.offset == offset
    assert f"column {offset + 1}:" in str(caught.value)


@pytest.mark.parametrize("text", [row[0] for row in EXPANDED])
def test_the_newest_of_made_up_tags_wins(text: str) -> None:
    tag_format = parse(text)
    tags = tag_format.examples(200)
    assert evaluate(tag_format.spec(), [*sorted(tags), "latest", "main", "zzz"]) == tags


_PLACEHOLDER = st.sampled_from(
    [
        *(f"<{name}>" for name, _, _ in PLACEHOLDERS),
        *(
            "<sha:7>",
            "<sha:8-10>",
            "<datetime:YYYY-MM-DDTHH-mm-ssZ>",
            "<datetime:YYYYMMDDHHmm>",
            "<date:DD.MM.YYYY>",
        ),
        *(
            "<date:YYYY.MM>",
            "<date:YYYY>",
            "<date:YYMMDD>",
            "<datetime:YYYYMMDDHHmmssSSS>",
            "<datetime:YYYYMMDDHH>",
        ),
    ]
)
_TEXT = st.sampled_from(["-", "-", ".", "_", "b", "v", "main-", "-r", "1", "x.y", "--"])
_FORMATS = st.lists(_PLACEHOLDER | _TEXT, min_size=1, max_size=7).map("".join)


@settings(max_examples=300)  # about a fifth of the formats are sound
@given(_FORMATS, st.integers(0, 50), st.randoms(use_true_random=False))
@example("<branch>-<pr>-<unix>", 0, None)
def test_no_accepted_format_orders_wrongly(text: str, seed: int, random: Any) -> None:
    """Whatever is put together: it is refused, or the order is that of time."""
    try:
        tag_format = parse(text)
    except TagFormatError:
        return
    tags = tag_format.examples(40, seed=seed)
    assert all(map(tag_format.matches, tags))
    shuffled = list(tags)
    if random:
        random.shuffle(shuffled)
    assert evaluate(tag_format.spec(), shuffled) == tags
    selection = latest(tag_format.spec(), shuffled)
    assert (selection.tag, selection.ties) == (tags[-1], ())
    assert sorted(shuffled, key=lambda tag: tag_format.sort_key(tag) or ()) == tags


def test_a_tag_of_another_format_does_not_match() -> None:
    tag_format = parse("v1.<sha:7>-<unix>")
    assert tag_format.matches("v1.abcdef0-1700000000")
    for tag in (
        "v1-abcdef0-1700000000",
        "v1.abcdefg-1700000000",
        "v1.abcdef0-170000000",
        "v1.abcdef0-1700000000\n",
        "xv1.abcdef0-1700000000",
    ):
        assert not tag_format.matches(tag)
        assert not re2.search(tag_format.pattern, tag)


def test_examples_are_the_same_for_the_same_seed() -> None:
    tag_format = parse("<branch>-<sha>-<unix>")
    assert tag_format.examples(5, seed=3) == tag_format.examples(8)[3:]

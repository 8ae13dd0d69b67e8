"""Whether the order of a policy is that of time: the judgement, its examples, and how far it may be trusted."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from check_packages import check
from fluxmark.flux.policy import latest
from fluxmark.golang.regexp import compile_pattern
from fluxmark.rules.ordering import judge
from fluxmark.rules.ordering.pattern import rows
from fluxmark.rules.ordering.samples import samples
from fluxmark.tag_format import TagFormatError, parse

SHARED = Path(os.environ.get("FLUXMARK_SHARED") or Path(__file__).parents[3] / "../shared")
CORPUS = SHARED / "corpus/policies.jsonl"


def spec(pattern: str, extract: str = "", kind: str = "alphabetical", order: str = "asc") -> dict[str, Any]:
    fields = {"pattern": pattern, "extract": extract} if extract else {"pattern": pattern}
    return {
        "imageRepositoryRef": {"name": "app"},
        "filterTags": fields,
        "policy": {kind: {"order": order}},
    }


@pytest.mark.parametrize(
    ("policy", "cause", "older", "newer"),
    [
        (
            spec("^main-[a-f0-9]{7}-[0-9]{10}$", "$0"),
            "variable-first",
            "main-fffffff-1700000000",
            "main-0000000-1800000000",
        ),
        (spec("^(main|release)-[0-9]{10}$"), "variable-first", "release-1700000000", "main-1800000000"),
        (spec(r"^v[0-9]+\.[0-9]+\.[0-9]+$"), "text", "v9.10.10", "v10.1.1"),
        (spec("^v[0-9].[0-9].[0-9]"), "text", "v1.1.9", "v1.1.10"),
        (spec(r"^(?P<build>\d+)$", "$build"), "text", "9", "10"),
        (spec(r"^[0-9]+\.[0-9]+$", kind="numerical"), "float", "1.9", "1.10"),
        (spec(r"^(?P<a>\d+)\.(?P<b>\d+)$", "$a$b", "numerical"), "glued", "1.10", "2.1"),
        (spec(r"^(?P<ts>\d{14})$", "$ts", order="desc"), "descending", "20231231235959", "20240101000000"),
        (spec(r"^(?P<ts>\d{8,14})$", "$ts", "numerical"), "width", "1700000000000", "1800000000"),
        (
            spec(r"^main-.*(?P<ts>[0-9]+)$", "$ts", "numerical"),
            "greedy",
            "main-1700000000",
            "main-1800000000",
        ),
        (
            spec(r"^(?P<ts>\d{10})-(?P<sha>[a-f0-9]{7})$", "$sha"),
            "left-out",
            "1700000000-abc1234",
            "1800000000-abc1234",
        ),
        (spec("^[a-f0-9]{7}$"), "hash", "fffffff", "0000000"),
        (spec("^prod-"), "open", "prod-fffffff-1700000000", "prod-0000000-1800000000"),
        ({"policy": {"alphabetical": {}}}, "no-filter", "fffffff-1700000000", "0000000-1800000000"),
    ],
)
def test_an_order_that_is_not_that_of_time(policy: dict[str, Any], cause: str, older: str, newer: str) -> None:
    verdict = judge(policy).order
    assert verdict is not None
    assert (verdict.cause, verdict.older, verdict.newer) == (cause, older, newer)
    assert latest(policy, [older, newer]).tag == older


@pytest.mark.parametrize(
    "policy",
    [
        spec("^main-[a-f0-9]{7}-(?P<ts>[0-9]{10})$", "$ts"),
        spec("^main-[a-fA-F0-9]+-(?P<ts>.*)", "$ts"),
        spec("^main-[a-fA-F0-9]+-(?P<ts>.*)", "$ts", "numerical"),
        spec(r"^(?P<ts>\d{14})-[a-f0-9]+$"),
        spec(r"^20[0-9]{12}$"),
        spec(r"^main-(?P<date>\d{8})-(?P<time>\d{6})$", "$date$time", "numerical"),
        spec(r"^(?P<y>\d{4})\.(?P<m>\d{2})\.(?P<d>\d{2})$", "$y$m$d", "numerical"),
        spec(r"^main-[0-9a-f]+-b(?P<build>\d+)$", "$build", "numerical"),
        spec(r"^RELEASE\.(?P<timestamp>.*)Z$", "$timestamp"),
        spec(r"^main-(\d+)$", "$1"),  # digits of one width, for all that is known
        spec(r"pr\-921\-5878407\-20250520121648"),  # one tag
        {"policy": {"semver": {"range": "*"}}},
        {"policy": {"numerical": {}}},
        spec("^(", "$1"),
        spec(r"^\pL+$"),  # not understood, so nothing is said
        spec("^main-(?P<ts>[0-9]+)$", "$time"),  # another rule's
    ],
)
def test_an_order_of_which_nothing_can_be_said(policy: dict[str, Any]) -> None:
    assert judge(policy).order is None


def test_tags_at_markers_show_what_the_pattern_leaves_open() -> None:
    assert judge(spec("^prod-"), ["prod-20240101120000"]).order is None
    verdict = judge(spec(r"^main-(\d+)$", "$1"), ["main-12"]).order
    assert verdict is not None
    assert (verdict.older, verdict.newer) == ("main-9", "main-10")


def test_what_is_proposed_puts_the_example_right() -> None:
    verdict = judge(spec("^main-[a-f0-9]{7}-[0-9]{10}$", "$0")).order
    assert verdict is not None
    assert verdict.better == {
        "filterTags": {"pattern": "^main-[a-f0-9]{7}-(?P<ts>[0-9]{10})$", "extract": "$ts"},
        "policy": {"numerical": {"order": "asc"}},
    }
    assert judge(verdict.better).order is None


@pytest.mark.parametrize(
    ("policy", "pattern", "extract", "limits"),
    [
        (
            spec(r"^[0-9]+\.[0-9]+$", kind="numerical"),
            r"^(?P<major>[0-9]+)\.(?P<minor>[0-9]+)$",
            "$major.$minor.0",
            ">=0.0.0",
        ),
        (
            spec(r"^v(?P<a>\d+)\.(?P<b>\d+)\.(?P<c>\d+)\.(?P<d>\d+)$", "$a$b$c$d", "numerical"),
            r"^v(?P<a>\d+)\.(?P<b>\d+)\.(?P<c>\d+)\.(?P<d>\d+)$",
            "$a.$b.$c-$d",
            ">=0.0.0-0",
        ),
    ],
)
def test_versions_are_proposed_as_such(policy: dict[str, Any], pattern: str, extract: str, limits: str) -> None:
    verdict = judge(policy).order
    assert verdict is not None
    assert verdict.better == {
        "filterTags": {"pattern": pattern, "extract": extract},
        "policy": {"semver": {"range": limits}},
    }
    tags = ["v1.9.12.1", "v1.10.1.1", "v1.10.1.10", "v1.10.1.9", "1.9", "1.10"]
    assert latest(verdict.better, tags).tag in ("v1.10.1.10", "1.10")


TEXT = st.sampled_from(["main-", "v", "-", ".", "_", "pr-", "b", "20"])
PIECE = st.sampled_from(
    [
        "[a-f0-9]{7}",
        "[a-f0-9]+",
        "[0-9]{10}",
        "[0-9]+",
        r"\d{8}",
        r"\d{14}",
        "[a-z]+",
        ".*",
        "(main|dev)",
        "[0-9]",
        r"\w+",
    ]
)
GROUP = st.builds("(?P<{}>{})".format, st.sampled_from(["ts", "build", "sha", "x"]), PIECE)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(TEXT | PIECE | GROUP, min_size=1, max_size=5).map("".join),
    st.sampled_from(["", "$0", "$ts", "$build", "$1", "$1$2"]),
    st.sampled_from(["alphabetical", "numerical"]),
    st.sampled_from(["asc", "desc"]),
)
def test_an_example_is_always_true(pattern: str, extract: str, kind: str, order: str) -> None:
    policy = spec(f"^{pattern}$", extract, kind, order)
    verdict = judge(policy).order
    if verdict is not None:
        matches = compile_pattern(f"^{pattern}$").matches
        assert matches(verdict.older)
        assert matches(verdict.newer)
        assert latest(policy, [verdict.newer, verdict.older]).tag == verdict.older


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "<sha:7>",
                "<sha:7-40>",
                "<unix>",
                "<date>",
                "<datetime>",
                "<n>",
                "<branch>",
                "<pr>",
                "main",
                "v",
                "-",
                ".",
            ]
        ),
        min_size=1,
        max_size=5,
    ).map("".join)
)
def test_a_policy_made_from_a_tag_format_is_never_accused(form: str) -> None:
    try:
        made = parse(form)
    except TagFormatError:
        return
    verdict = judge(made.spec()).order
    assert verdict is None, (form, verdict)


@settings(max_examples=200, deadline=None)
@given(st.lists(TEXT | PIECE | GROUP, min_size=1, max_size=5).map("".join), st.booleans(), st.booleans())
def test_samples_match_and_parts_cover_the_pattern(pattern: str, begin: bool, end: bool) -> None:
    pattern = f"{'^' if begin else ''}{pattern}{'$' if end else ''}"
    matches = compile_pattern(pattern).matches
    found = samples(pattern)
    assert found is not None
    assert all(map(matches, found))
    for row in rows(pattern):
        assert row[0].is_open is not begin
        assert row[-1].is_open is not end
        spans = [(part.start, part.end) for part in row if part.start >= 0]
        assert spans == sorted(spans)


@pytest.mark.skipif(not CORPUS.is_file(), reason=f"real policies are not at {SHARED}")
def test_real_policies_are_judged_as_by_hand() -> None:
    for line in CORPUS.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        if entry["orderVerdict"] is None:
            continue
        # a pattern with a variable is judged with some value of it
        text = re.sub(r"\$\{[a-z_]+\}", "master", json.dumps(entry["spec"]))
        document = {
            "apiVersion": "image.toolkit.fluxcd.io/v1",
            "kind": "ImagePolicy",
            "metadata": {"name": "app", "namespace": "flux-system"},
            "spec": json.loads(text),
        }
        rules = ("policy-order", "policy-extract", "policy-number", "policy-pattern")
        found = check({"policy.yaml": json.dumps(document)}, *rules)
        assert bool(found) == (entry["orderVerdict"] != "sound"), (entry, found)

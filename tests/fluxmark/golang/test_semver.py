"""Versions are read and ordered as Masterminds/semver and fluxcd/pkg/version do."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from fluxmark.flux.policy.semver import parse_tag
from fluxmark.golang.semver import Version, parse_version


def version(text: str) -> Version:
    parsed = parse_version(text)
    assert parsed is not None, text
    return parsed


@pytest.mark.parametrize(
    ("tag", "numbers", "prerelease"),
    [
        ("1.2.3", (1, 2, 3), ""),
        ("v1.2.3", (1, 2, 3), ""),
        ("2025.02.03", (2025, 2, 3), ""),
        ("1.2.3-rc.1", (1, 2, 3), "rc.1"),
        ("1.2-rc.1", (1, 2, 0), "rc.1"),
        ("1-alpha.1.2", (1, 0, 0), "alpha.1.2"),
        ("18446744073709551615.0.0", (2**64 - 1, 0, 0), ""),
    ],
)
def test_a_tag_of_three_parts_is_a_version(tag: str, numbers: tuple[int, int, int], prerelease: str) -> None:
    parsed = parse_tag(tag)
    assert parsed is not None
    assert (parsed.major, parsed.minor, parsed.patch) == numbers
    assert (parsed.prerelease, parsed.original) == (prerelease, tag)


@pytest.mark.parametrize(
    "tag",
    [
        "1.2",
        "v2",
        "1.2-rc1",
        "1.2.3.4",
        "V1.2.3",
        "vv1.2.3",
        "1.2.3-01",
        "1.2.3-",
        "1.2.3-a..b",
        "1.2.3_build",
        "1.2.3\n",
        " 1.2.3",
        "1.2.x",
        "1..3",
        "\u0661.\u0662.\u0663",
        "18446744073709551616.0.0",
        "1.0.0-" + "a" * 251,
        "9" * 5000 + ".0.0",
    ],
)
def test_any_other_tag_is_none(tag: str) -> None:
    assert parse_tag(tag) is None


@pytest.mark.parametrize("tag", ["1.2-rc.1", "2025.02.03", "1-2.3.4", "1.2-3.4", "01.0.0"])
def test_before_2_7_all_three_numbers_stand_without_leading_zeros(tag: str) -> None:
    assert parse_tag(tag) is not None
    assert parse_tag(tag, loose=False) is None


@pytest.mark.parametrize("tag", ["1.2.3", "v1.2.3-rc.1.2", "0.0.0-0+01"])
def test_strict_versions_are_read_alike(tag: str) -> None:
    assert parse_tag(tag, loose=False) == parse_tag(tag)


def test_versions_have_the_order_of_the_specification() -> None:
    # semver.org, section 11, and how Masterminds/semver goes on: a number beyond 64 bits is a text
    rising = [
        "0.9.9",
        "1.0.0-0",
        "1.0.0-2",
        "1.0.0-11",
        "1.0.0-18446744073709551615",
        "1.0.0--",
        "1.0.0-18446744073709551616",
        "1.0.0-RC1",
        "1.0.0-alpha",
        "1.0.0-alpha.1",
        "1.0.0-alpha.beta",
        "1.0.0-beta",
        "1.0.0-beta.2",
        "1.0.0-beta.11",
        "1.0.0-rc.1",
        "1.0.0-rc10",
        "1.0.0-rc9",
        "1.0.0",
        "1.0.1",
        "1.0.10",
        "1.1.0",
        "2.0.0",
        "10.0.0",
    ]
    for lower, higher in pairwise(rising):
        assert version(lower).precedence < version(higher).precedence, (lower, higher)


def test_a_number_of_any_length_is_compared() -> None:
    long = parse_version("1.0.0-" + "9" * 5000, limit=0)
    assert long is not None
    assert long.precedence > version("1.0.0-9").precedence


@pytest.mark.parametrize(("one", "other"), [("1.2.0", "v1.2.0"), ("1.2.0", "1.02.00"), ("1.2.0+a", "1.2.0+b")])
def test_texts_that_differ_can_be_equal_versions(one: str, other: str) -> None:
    assert version(one).precedence == version(other).precedence


numbers = st.integers(0, 3).map(str)
identifiers = st.one_of(numbers, st.sampled_from(["a", "b", "rc", "-", "a1", "18446744073709551616"]))
versions = st.builds(
    lambda core, pre: version(".".join(core) + ("-" + ".".join(pre) if pre else "")),
    st.tuples(numbers, numbers, numbers),
    st.lists(identifiers, max_size=3),
)


@given(versions, versions)
def test_the_order_is_that_of_an_identifier_wise_comparison(one: Version, other: Version) -> None:
    def compare(left: str, right: str) -> int:
        if left == right:
            return 0
        if not left or not right:  # a missing identifier comes first
            return 1 if left else -1
        known = [text.isdecimal() and int(text) < 2**64 for text in (left, right)]
        if known[0] != known[1]:
            return -1 if known[0] else 1
        lower = int(left) < int(right) if known[0] else left < right
        return -1 if lower else 1

    def order() -> int:
        for left, right in zip(one.precedence[:3], other.precedence[:3], strict=True):
            if left != right:
                return -1 if left < right else 1
        if not one.prerelease or not other.prerelease:
            return (not one.prerelease) - (not other.prerelease)
        lefts, rights = one.prerelease.split("."), other.prerelease.split(".")
        for index in range(max(len(lefts), len(rights))):
            difference = compare("".join(lefts[index : index + 1]), "".join(rights[index : index + 1]))
            if difference:
                return difference
        return 0

    assert (one.precedence > other.precedence) - (one.precedence < other.precedence) == order()

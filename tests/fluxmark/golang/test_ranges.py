"""Ranges are read and checked as Masterminds/semver does, quirks included."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest
from hypothesis import given, strategies as st

from fluxmark.flux.releases import release_of
from fluxmark.golang.ranges import Constraint, ConstraintError
from fluxmark.golang.semver import Version, parse_version


def version(text: str) -> Version:
    parsed = parse_version(text)
    assert parsed is not None, text
    return parsed


def check(text: str, of: str, flux: str | None = None) -> bool:
    return Constraint.parse(text, dialect=release_of(flux).semver).check(version(of))


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("1.2.3", ["1.2.3", "v1.2.3+b"], ["1.2.4", "1.2.3-rc"]),
        ("1.2", ["1.2.0", "1.2.9"], ["1.3.0", "1.1.9"]),
        ("1", ["1.0.0", "1.9.9"], ["2.0.0", "0.9.9"]),
        ("*", ["0.0.0", "9.9.9"], ["1.0.0-rc"]),
        ("x-0", ["0.0.0", "9.9.9", "1.0.0-rc"], []),
        (">1", ["2.0.0"], ["1.9.0"]),
        (">11.1", ["11.2.0", "12.0.0"], ["11.1.9"]),
        (">*", ["0.0.1"], ["0.0.0"]),
        ("<=1", ["1.9.0"], ["2.0.0"]),
        ("<=1.2", ["1.2.9", "0.9.0"], ["1.3.0"]),
        ("<=*", ["0.0.9"], ["0.1.0", "1.0.0"]),
        ("<1.2", ["1.1.9"], ["1.2.0"]),
        ("!=1.5.0", ["1.4.0"], ["1.5.0", "v1.5.0"]),
        ("!=1.5", ["1.4.9", "1.6.0", "2.5.0"], ["1.5.9"]),
        ("!=1.5.x-rc", ["1.4.0", "1.5.0", "1.5.0-alpha"], ["1.5.0-rc", "1.5.3-rc"]),
        ("!=1", ["2.0.0"], ["1.5.9"]),
        ("!=*", ["0.0.1"], ["0.0.0"]),
        ("~1.2.3", ["1.2.3", "1.2.9"], ["1.2.2", "1.3.0"]),
        ("~1", ["1.9.0"], ["2.0.0"]),
        ("~>1.2", ["1.2.9"], ["1.3.0"]),
        ("~0.0.0", ["0.0.0", "9.9.9"], []),
        ("~0.0", ["0.0.9"], ["0.1.0"]),
        ("^1.2.3", ["1.2.3", "1.9.0"], ["1.2.2", "2.0.0"]),
        ("^0.2", ["0.2.9"], ["0.3.0", "1.0.0"]),
        ("^0.2.3", ["0.2.9"], ["0.2.2", "0.3.0"]),
        ("^0.0.3", ["0.0.3"], ["0.0.4"]),
        ("^0.0", ["0.0.9"], ["0.1.0"]),
        ("^0", ["0.9.0"], ["1.0.0"]),
        ("^*", ["0.0.0"], ["0.0.1", "1.0.0"]),
        ("=>1.0.0 =<2.0.0", ["1.0.0", "2.0.0"], ["2.0.1"]),
        ("1.0 - 2.0", ["1.0.0", "2.0.9"], ["2.1.0", "0.9.0"]),
        (">=1.0.0, <2.0.0 || 3.x", ["1.5.0", "3.1.0"], ["2.0.0", "4.0.0"]),
        ("v1.x.7", ["1.0.0", "1.9.0"], ["2.0.0"]),
    ],
)
def test_a_range_holds(text: str, inside: list[str], outside: list[str]) -> None:
    assert [of for of in inside if not check(text, of)] == []
    assert [of for of in outside if check(text, of)] == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", 'improper constraint: ""'),
        ("latest", 'improper constraint: "latest"'),
        ("1.0.0 || ", 'improper constraint: " "'),
        ("==1.0.0", 'improper constraint: "==1.0.0"'),
        ("1.0,,2.0", 'improper constraint: "1.0,,2.0"'),
        ('"1.0"', r'improper constraint: "\"1.0\""'),
        ("é\v\u00a0", r'improper constraint: "é\v\u00a0"'),
        ("1\v2", r'improper constraint: "1\v2"'),
        ("1|2", "constraint parser error"),
        ("1.0.0-01", "constraint parser error"),
        ("18446744073709551616", "constraint parser error"),
        ("1" * 513, "constraint string is too long (max 512 bytes)"),
        ("1.0.0-" + "a" * 251, "constraint parser error"),
        ("||".join("1" * 33), "too many constraint groups (max 32)"),
    ],
)
def test_the_error_is_that_of_the_library(text: str, message: str) -> None:
    with pytest.raises(ConstraintError) as caught:
        Constraint.parse(text)
    assert str(caught.value) == message


def test_a_hyphen_range_is_rewritten_before_the_rest_is_read() -> None:
    with pytest.raises(ConstraintError) as caught:
        Constraint.parse("1 - 2 - 3")
    assert str(caught.value) == 'improper constraint: ">= 1, <= 2 - 3"'


def test_one_prerelease_opens_its_whole_group_since_2_7() -> None:
    text = ">=1.0.0-0 <2.0.0"
    assert check(text, "2.0.0-rc.1")
    assert not check(text, "2.0.0-rc.1", flux="2.6")
    assert check(text, "1.1.0-rc.1")
    assert not check(text, "1.1.0-rc.1", flux="2.6")
    assert check(f"{text}-0", "1.1.0-rc.1", flux="2.6")
    assert not check(">=1.0.0-0 || <2.0.0", "0.9.0-rc.1")


def test_before_2_7_not_equal_lets_prereleases_through() -> None:
    assert check("!=1.0.0", "2.0.0-rc.1", flux="2.6")
    assert not check("!=1.0.0", "2.0.0-rc.1")
    assert not check("!=1.0", "2.0.0-rc.1", flux="2.6")


def test_leading_zeros_in_a_range_fail_in_2_5_only() -> None:
    assert check(">=2025.01.01", "2025.2.3", flux="2.4")
    assert check(">=2025.01.01", "2025.2.3", flux="2.6")
    with pytest.raises(ConstraintError, match=r"^constraint Parser Error$"):
        Constraint.parse(">=2025.01.01", dialect=release_of("2.5").semver)


def test_before_2_9_an_error_does_not_quote_and_lengths_are_free() -> None:
    with pytest.raises(ConstraintError, match=r"^improper constraint: latest$"):
        Constraint.parse("latest", dialect=release_of("2.8").semver)
    assert check("||".join("1" * 300), "1.0.0", flux="2.8")


def test_a_hostile_range_takes_no_time() -> None:
    start = time.perf_counter()
    for text in ("1   " * 10_000 + "!", "1-" * 10_000 + "!", "9" * 10_000, "1," * 10_000):
        with pytest.raises(ConstraintError):
            Constraint.parse(text, dialect=release_of("2.8").semver)
    assert time.perf_counter() - start < 20


numbers = st.integers(0, 3)
cores = st.tuples(numbers, numbers, numbers)
prereleases = st.sampled_from(["", "", "-0", "-alpha", "-rc.1"])
texts = st.builds(lambda core, pre: ".".join(map(str, core)) + pre, cores, prereleases)
operators = st.sampled_from(["", "=", "!=", ">", "<", ">=", "=>", "<=", "=<", "~", "~>", "^"])
comparisons = st.builds(
    str.__add__, operators, st.one_of(texts, st.sampled_from(["1", "0.x", "2.1.*", "*", "x-0"]))
)


@given(comparisons, comparisons, texts)
def test_a_double_bar_is_or(one: str, other: str, of: str) -> None:
    assert check(f"{one} || {other}", of) == (check(one, of) or check(other, of))


@given(comparisons, comparisons, cores)
def test_a_space_and_a_comma_are_and(one: str, other: str, core: tuple[int, int, int]) -> None:
    of = ".".join(map(str, core))
    both = check(one, of) and check(other, of)
    assert check(f"{one} {other}", of) == both
    assert check(f" {one} ,\t{other} ", of) == both


@given(cores, cores)
def test_a_caret_keeps_the_first_number_that_is_not_zero(
    core: tuple[int, int, int], of: tuple[int, int, int]
) -> None:
    significant = next((index for index, number in enumerate(core) if number), 2)
    inside = of >= core and of[: significant + 1] == core[: significant + 1]
    assert check("^" + ".".join(map(str, core)), ".".join(map(str, of))) == inside


@given(texts, texts, texts)
def test_a_hyphen_joins_two_ends(low: str, high: str, of: str) -> None:
    assert check(f"{low} - {high}", of) == check(f">={low}, <={high}", of)


@given(st.text(alphabet="0123 .,-|xX*<>=!~^v+a\n", max_size=30))
def test_any_text_is_a_range_or_an_error(text: str) -> None:
    with suppress(ConstraintError):
        assert all(Constraint.parse(text).groups)

"""Patterns are Go's, on C++'s library."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from fluxmark.golang.expand import parse_template, template_names
from fluxmark.golang.regexp import RegexpError, compile_pattern, quote_meta


@pytest.mark.parametrize(
    ("pattern", "text", "groups"),
    [
        ("b", "abc", ("b",)),
        ("", "abc", ("",)),
        (r"(\d+)|(x)", "é12", ("12", "12", None)),
        (r"^(?P<a>.)(?<b>é)$", "aé", ("aé", "a", "é")),
        (r"[[:alpha:]]+", "12ab", ("ab",)),
        (r"a\z", "a", ("a",)),
        (r"\p{Greek}+", "a\N{GREEK SMALL LETTER BETA}", ("\N{GREEK SMALL LETTER BETA}",)),
        (r"(a|ab)(c|bcd)", "abcd", ("abcd", "a", "bcd")),
        ("(a*)+", "b", ("", "")),
    ],
)
def test_the_leftmost_match(pattern: str, text: str, groups: tuple[str | None, ...]) -> None:
    assert compile_pattern(pattern).search(text) == groups
    assert compile_pattern(pattern).matches(text)


@pytest.mark.parametrize(
    ("pattern", "text"), [("a$", "a\n"), (r"\d", "\u0661"), (r"\w", "é"), (".", "\n"), ("^b", "a\nb")]
)
def test_no_match_where_pythons_own_would_have_one_or_nearly(pattern: str, text: str) -> None:
    assert compile_pattern(pattern).search(text) is None
    assert not compile_pattern(pattern).matches(text)


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("(", "missing closing ): `(`"),
        ("a)", "unexpected ): `a)`"),
        ("[a", "missing closing ]: `[a`"),
        ("[b-a]", "invalid character class range: `b-a`"),
        ("(?=x)", "invalid or unsupported Perl syntax: `(?=`"),
        ("(?<!x)", "invalid or unsupported Perl syntax: `(?<!`"),
        (r"(a)\1", r"invalid escape sequence: `\1`"),
        (r"a\Z", r"invalid escape sequence: `\Z`"),
        ("a++", "invalid nested repetition operator: `++`"),
        ("*a", "missing argument to repetition operator: `*`"),
        ("a{1001}", "invalid repeat count: `{1001}`"),
        ("a{2}{3,1}", "invalid repeat count: `{3,1}`"),
        ("x{2,1}?", "invalid repeat count: `{2,1}`"),
        ("a\udcff", "invalid UTF-8: `a\ufffd`"),
        ("(?P<>a)", "invalid named capture: `(?P<>`"),
        ("(?P<n", "invalid named capture: `(?P<n`"),
        ("a\\", "trailing backslash at end of expression: ``"),
        (r"a\C", r"invalid escape sequence: `\C`"),
        ("(?P<é>a)", "invalid named capture: `(?P<é>`"),
        ("(" * 1001 + ")" * 1001, "expression nests too deeply: `" + "(" * 1001 + ")" * 1001 + "`"),
    ],
)
def test_an_error_in_the_words_of_go(pattern: str, message: str) -> None:
    with pytest.raises(RegexpError) as caught:
        compile_pattern(pattern)
    assert str(caught.value) == f"error parsing regexp: {message}"


@pytest.mark.parametrize(
    "pattern", [r"\Qa\C(?P<é>\E", r"[(?P<é>]", r"\\C", r"\(?P<é>", "[](?<é>]", "[[:alpha:](?<é>]"]
)
def test_text_that_only_looks_like_a_group_or_an_escape(pattern: str) -> None:
    assert compile_pattern(pattern).names == ("",)


def test_groups_may_share_a_name_and_the_first_that_matched_counts() -> None:
    regexp = compile_pattern("(?P<n>a)|(x)(?P<n>b)")
    assert regexp.names == ("", "n", "", "n")
    match = regexp.search("xb")
    assert match is not None
    assert regexp.expand("<$n>", match) == "<b>"


def test_angle_groups_are_refused_where_go_did_not_know_them() -> None:
    with pytest.raises(RegexpError, match="Perl syntax"):
        compile_pattern("(?<n>a)", angle_groups=False)
    assert compile_pattern("(?P<n>a)", angle_groups=False).names == ("", "n")


@pytest.mark.parametrize(
    ("template", "expanded"),
    [
        ("$0", "main-7-b"),
        ("$1", "7"),
        ("$n", "b"),
        ("${n}x", "bx"),
        ("$nx", ""),
        ("$1x", ""),
        ("${1}x", "7x"),
        ("$n-$1", "b-7"),
        ("$n.$1", "b.7"),
        ("$n_$1", "7"),
        ("$01", ""),
        ("$10", ""),
        ("$3", ""),
        ("$100000000", ""),
        ("$999999999", ""),
        ("$" + "9" * 5000, ""),
        ("$é", ""),
        ("$²", "$²"),
        ("$$1", "$1"),
        ("$$$1", "$7"),
        ("a$", "a$"),
        ("$-", "$-"),
        ("${", "${"),
        ("${1", "${1"),
        ("${}", "${}"),
        ("${ n}", "${ n}"),
        ("${$1", "${7"),
        ("", ""),
    ],
)
def test_a_template_is_expanded_as_go_does(template: str, expanded: str) -> None:
    regexp = compile_pattern(r"main-(\d)-(?P<n>b)(c)?")
    match = regexp.search("x-main-7-b")
    assert match is not None
    assert regexp.expand(template, match) == expanded


def test_a_name_of_digits_is_a_name_where_it_is_not_a_number() -> None:
    regexp = compile_pattern("(?P<01>a)(?P<1>b)(?P<10000000000>c)")
    match = regexp.search("abc")
    assert match is not None
    assert [regexp.expand(template, match) for template in ("$01", "$1", "$10000000000")] == ["a", "a", "c"]


def test_the_names_of_a_template_and_the_dollars_without_one() -> None:
    assert template_names("$ts-${n}x$1$$no$ts${") == ("ts", "n", "1")
    template = parse_template("$ts$-${n}$")
    assert [(part.name, part.start, part.end) for part in template.references] == [("ts", 0, 3), ("n", 5, 9)]
    assert template.stray == (3, 9)


@given(st.text(alphabet="$a1{}_é-", max_size=12))
def test_a_doubled_dollar_keeps_any_text(text: str) -> None:
    assert compile_pattern("a").expand(text.replace("$", "$$"), ("a",)) == text


@pytest.mark.parametrize(
    ("pattern", "text", "spans"),
    [("a*", b"baac", [(0, 0), (1, 3), (4, 4)]), ("", "éx".encode(), [(0, 0), (2, 2), (3, 3)]), ("b", b"", [])],
)
def test_successive_matches_step_over_whole_characters(
    pattern: str, text: bytes, spans: list[tuple[int, int]]
) -> None:
    regexp = compile_pattern(pattern)
    assert list(regexp.spans(text)) == spans
    assert list(regexp.spans(text, 1)) == spans[:1]


@given(st.text(max_size=20))
def test_a_quoted_text_matches_itself_only(text: str) -> None:
    pattern = "^" + quote_meta(text.encode()).decode() + "$"
    assert compile_pattern(pattern).matches(text)
    assert not compile_pattern(pattern).matches(f"{text}x")

"""What holds for every template, text and value."""

from __future__ import annotations

import base64
import contextlib
import json

from hypothesis import given, strategies as st

from fluxmark.flux.template import TemplateError, render
from fluxmark.flux.template.format import format_float
from fluxmark.flux.template.lex import lex
from fluxmark.flux.template.tokens import Kind
from fluxmark.golang.text import decode, encode, quote, unquote

PIECES = (
    *("{{", "}}", "{{- ", " -}}", "/*", "*/", "{{end}}", "(", ")", "|", ",", "\n", " ", "\\", "\x00", "[", "é"),
    *(
        "if",
        "else",
        "end",
        "range",
        "with",
        "define",
        "block",
        "template",
        "break",
        "nil",
        ":=",
        "=",
        ".",
        "$",
        "$x",
    ),
    *(".Values", "print", "index", "list", "dict", "regexFind", "semver"),
    *('"s"', "`r`", "'c'", "1", "-1.5", "0x1F", "1i"),
)
templates = st.text() | st.lists(st.sampled_from(PIECES), max_size=15).map("".join)


def message(template: str) -> str:
    return render(template, (), automation=("flux-system", "main"), values={"a": "b"})


@given(templates)
def test_a_template_renders_or_is_refused_and_nothing_else(template: str) -> None:
    with contextlib.suppress(TemplateError):
        assert isinstance(message(template), str)


@given(st.text(min_size=1).filter(lambda text: "{{" not in text))
def test_a_text_without_actions_renders_to_itself(text: str) -> None:
    assert message(text) == text


@given(templates)
def test_the_tokens_stand_where_they_say(template: str) -> None:
    for token in lex(template):
        if token.kind not in (Kind.EOF, Kind.ERROR):
            assert template[token.pos : token.pos + len(token.text)] == token.text
            assert token.line == 1 + template.count("\n", 0, token.pos)


@given(st.binary())
def test_decoding_a_go_string_loses_nothing(data: bytes) -> None:
    assert encode(decode(data)) == data


@given(st.binary(), st.booleans())
def test_a_quoted_string_reads_back(data: bytes, ascii_only: bool) -> None:
    assert unquote(quote(data, ascii_only=ascii_only)) == data


@given(st.text())
def test_a_string_literal_prints_what_it_stands_for(text: str) -> None:
    assert message(f"{{{{{quote(text.encode())}}}}}|") == f"{text}|"


@given(st.text())
def test_base64_decodes_what_it_encodes(text: str) -> None:
    literal = quote(text.encode())
    assert message(f"{{{{b64enc {literal} | b64dec}}}}|") == f"{text}|"
    assert message(f"{{{{b64enc {literal}}}}}|") == base64.b64encode(text.encode()).decode() + "|"


numbers = st.floats(allow_nan=False, allow_infinity=False)
values = st.recursive(
    st.none() | st.booleans() | numbers | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=8,
)


@given(values)
def test_json_that_is_read_and_written_says_the_same(value: object) -> None:
    text = message(f"{{{{mustFromJson {quote(json.dumps(value).encode())} | toRawJson}}}}")
    assert json.loads(text, parse_int=float) == value


@given(numbers)
def test_the_shortest_float_reads_back(number: float) -> None:
    for verb in "gef":
        assert float(format_float(number, verb, -1)) == number


@given(st.integers(min_value=-(2**63), max_value=2**63 - 1), st.integers(min_value=-40, max_value=40))
def test_integers_print_as_pythons_do(number: int, width: int) -> None:
    assert message(f"{{{{printf `%d|%x|%o|%b` {number} {number} {number} {number}}}}}") == (
        f"{number:d}|{number:x}|{number:o}|{number:b}"
    )
    shown = str(number).rjust(width) if width > 0 else str(number).ljust(-width)
    assert message(f"{{{{printf `%*d` {width} {number}}}}}") == shown


@given(st.lists(st.text(alphabet="abc,", max_size=4), max_size=6))
def test_sorting_is_idempotent_and_keeps_all(texts: list[str]) -> None:
    items = " ".join(quote(text.encode()) for text in texts)
    once = message(f"{{{{sortAlpha (list {items}) | toJson}}}}")
    assert once == message(f"{{{{sortAlpha (sortAlpha (list {items})) | toJson}}}}")
    assert json.loads(once) == sorted(texts)

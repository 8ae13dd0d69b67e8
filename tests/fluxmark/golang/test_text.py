"""Text is printed as Go prints it."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given, strategies as st

from fluxmark.golang.text import quote, upper


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ('a"\\', r'"a\"\\"'),
        ("\a\b\f\n\r\t\v", r'"\a\b\f\n\r\t\v"'),
        ("\x00\x7f", r'"\x00\x7f"'),
        ("\u00a0\u200b\ufeff", r'"\u00a0\u200b\ufeff"'),
        ("\U000e0001", r'"\U000e0001"'),
        ("é\u2192\u0301\U0001f600'", '"é\u2192\u0301\U0001f600\'"'),
    ],
)
def test_what_is_not_printable_is_escaped(text: str, quoted: str) -> None:
    assert quote(text) == quoted


@given(st.text())
def test_a_quoted_text_is_read_back(text: str) -> None:
    assert ast.literal_eval(quote(text)) == text


def test_upper_case_goes_letter_by_letter() -> None:
    assert upper("asc\u00df\u017f") == "ASC\u00dfS"

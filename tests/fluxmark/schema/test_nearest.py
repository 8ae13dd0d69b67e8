"""Which known name a misspelt one means."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from fluxmark.flux.schema.did_you_mean import errors, nearest
from fluxmark.flux.schema.unknown_fields import dotted

WORDS = st.text(alphabet="abcd", max_size=6)


@pytest.mark.parametrize(
    ("word", "name", "count"),
    [("", "", 0), ("a", "", 1), ("abc", "abc", 0), ("abc", "acb", 1), ("abc", "abd", 1), ("ca", "abc", 3)],
)
def test_typing_errors_are_counted(word: str, name: str, count: int) -> None:
    assert errors(word, name) == count


@given(WORDS, WORDS)
def test_it_takes_as_many_errors_there_as_back(word: str, name: str) -> None:
    assert errors(word, name) == errors(name, word)
    assert (errors(word, name) == 0) == (word == name)
    assert abs(len(word) - len(name)) <= errors(word, name) <= max(len(word), len(name))


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("secretref", ("secretRef",)),
        ("secret_ref", ("secretRef",)),
        ("secretsRef", ("secretRef",)),
        ("secrt", ()),
        ("imag", ("image",)),
        ("nmae", ("name",)),
        ("x", ()),
        ("", ()),
    ],
)
def test_only_what_is_near_is_proposed(word: str, expected: tuple[str, ...]) -> None:
    assert nearest(word, ["secretRef", "certSecretRef", "image", "name"]) == expected


def test_what_is_equally_near_is_all_proposed() -> None:
    assert nearest("tat", ["tag", "tax", "name"]) == ("tag", "tax")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (("spec", "images", 0, "name"), "spec.images[0].name"),
        (("a b", "c\n", "", None), "['a b']['c\\n'][''][None]"),
        ((), ""),
    ],
)
def test_a_path_is_written_on_one_line(path: tuple[str | int, ...], text: str) -> None:
    assert dotted(path) == text

"""Files that a user names: read, or one error with the name as it was given."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from krmfn.errors import InputError
from krmfn.packages.input_file import text_of, text_or_input
from krmfn.yaml.parser import parse


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.yaml").write_bytes("a: ü\r\n".encode())
    Path("bad.yaml").write_bytes(b"a: b\nc: \xff\n")


def test_a_text_keeps_its_line_breaks() -> None:
    assert text_of("a.yaml") == "a: ü\r\n"
    assert text_or_input("a.yaml") == ("a: ü\r\n", "a.yaml")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("none.yaml", "none.yaml: cannot be read: No such file or directory"),
        (".", r"\.: cannot be read: Is a directory"),
        ("a.yaml/b", "a.yaml/b: cannot be read: Not a directory"),
        ("bad.yaml", "bad.yaml:2:4: .*UTF-8"),
    ],
)
def test_what_cannot_be_read_is_named_as_the_user_did(name: str, message: str) -> None:
    with pytest.raises(InputError, match=f"^{message}"):
        text_of(name)
    with pytest.raises(InputError, match=f"^{message}"):
        text_or_input(name)


def test_a_dash_is_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"a: 1\n")))
    assert text_or_input("-") == ("a: 1\n", "stdin")


def test_standard_input_has_its_place_in_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"a: 1\nb: \xff\n")))
    with pytest.raises(InputError, match=r"^stdin:2:4: "):
        text_or_input("-")


@pytest.mark.parametrize(
    "text",
    [
        "apiVersion: v1\nkind: Secret\nstringData:\n  password: hunter2: [\n",
        "stringData:\n  password: hunter2: [\nkind: 'Secret'\n",
        '{"kind": "Secret", "data": {"password": "hunter2"}: [',
        '{"auths": {"reg.io": {"password": "hunter2"}}: [',
    ],
)
def test_an_error_shows_no_line_of_a_secret(text: str) -> None:
    with pytest.raises(InputError, match=r"^x:\d+:\d+: ") as caught:
        parse(text, "x")
    assert "hunter2" not in str(caught.value)

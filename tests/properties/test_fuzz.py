"""The fuzzer's target on inputs that are always there; atheris is not needed."""

from __future__ import annotations

import base64

import pytest

from properties import examples, fuzz

FOUND: dict[str, str] = {
    "an empty list": "ASJ2fXlq2txEe6Ii/xHp71/iqYd7NMHA9lY9XA==",
}
"""Texts that it failed on, as libFuzzer prints them, by what was wrong; choices mean something else tomorrow."""


@pytest.mark.parametrize("data", FOUND.values(), ids=FOUND)
def test_what_the_fuzzer_found_once_is_right_now(data: str) -> None:
    fuzz.run(base64.b64decode(data))


def test_what_the_fuzzer_starts_with_holds_and_is_mostly_yaml() -> None:
    done = [fuzz.run(data) for data in [b"", *fuzz.seeds(10)]]
    assert done.count(examples.NO_YAML) < len(done) / 2
    assert len(set(done)) > 10

"""docs/tag-formats.md says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from fluxmark.tag_format import PLACEHOLDERS, TagFormatError, expand, parse

TEXT = (Path(__file__).resolve().parents[2] / "docs/tag-formats.md").read_text()


def _rows(heading: str) -> list[list[str]]:
    """Return the cells of the first table after a heading, without marks for code."""
    lines = TEXT.partition(f"## {heading}")[2].partition("\n## ")[0].splitlines()
    table = [line for line in lines if line.startswith("| ")]
    return [[cell.strip().replace("`", "") for cell in line.strip("|").split("|")] for line in table[1:]]


def test_every_placeholder_is_explained() -> None:
    documented = [(row[0], row[1]) for row in _rows("Placeholders")]
    assert documented == [(f"<{name}>", meaning) for name, _, meaning in PLACEHOLDERS]


def test_the_first_example_is_what_comes_out() -> None:
    tag_format, spec = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
    assert expand(yaml.safe_load(tag_format)["tagFormat"]) == yaml.safe_load(spec)


@pytest.mark.parametrize("row", _rows("What decides"), ids=lambda row: row[0])
def test_what_decides_is_as_documented(row: list[str]) -> None:
    text, extract, policy, example = row
    tag_format = parse(text)
    kind, _, argument = policy.partition(" ")
    assert tag_format.extract == extract
    assert tag_format.policy == {kind: {"range": argument} if argument else {"order": "asc"}}
    assert tag_format.matches(example)


@pytest.mark.parametrize("row", _rows("What is refused, and what to write instead"), ids=lambda row: row[0])
def test_what_is_refused_is_refused_and_what_to_write_is_not(row: list[str]) -> None:
    refused, _, instead = row
    with pytest.raises(TagFormatError):
        parse(refused)
    for text in re.findall(r"(?:\S*<[^>]+>)+", instead.replace("add <unix>, <datetime> or <n> to the tags", "")):
        parse(text.rstrip(","))

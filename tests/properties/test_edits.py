"""For any YAML text and any edit: equal data apart from it, untouched bytes elsewhere, idempotence, re-parse.

The texts have the layouts that people write and those that nobody should; `edits` and `list_edits` make one random
edit each, and compare with PyYAML's own composer (`oracle`). FLUXMARK_EXAMPLES says how many of each are tried.
"""

from __future__ import annotations

import os
from random import Random

import pytest

from krmfn.node import parse
from krmfn.text import InputError
from properties.edits import random_edit
from properties.file_edits import random_file_edit
from properties.list_edits import random_list_edit
from properties.list_text import ListWriter
from properties.yaml_text import Writer

EXAMPLES = int(os.environ.get("FLUXMARK_EXAMPLES") or 300)
BLOCK = 100
"""Examples of one test: a failing one names the first seed that fails."""


def seeds(block: int) -> range:
    return range(block * BLOCK, (block + 1) * BLOCK)


@pytest.mark.parametrize("block", range(max(1, EXAMPLES // BLOCK)))
def test_an_edit_of_a_text_does_what_it_says_and_nothing_else(block: int) -> None:
    done = 0
    for seed in seeds(block):
        random = Random(seed)
        text = Writer(random).text()
        if is_yaml(text):
            random_edit(text, random)
            done += 1
    assert done > BLOCK // 2


@pytest.mark.parametrize("block", range(max(1, EXAMPLES // BLOCK)))
def test_an_edit_of_a_list_does_what_it_says_and_nothing_else(block: int) -> None:
    done = 0
    for seed in seeds(block):
        random = Random(seed)
        made = ListWriter(random).list_text()
        if is_yaml(made.text):
            random_list_edit(made, random)
            done += 1
    assert done > BLOCK // 2


@pytest.mark.parametrize("block", range(max(1, EXAMPLES // BLOCK)))
def test_an_edit_of_a_file_does_what_it_says_and_nothing_else(block: int) -> None:
    done = 0
    for seed in seeds(block):
        random = Random(seed)
        text = Writer(random).text()
        if is_yaml(text):
            random_file_edit(text, random)
            done += 1
    assert done > BLOCK // 2


def is_yaml(text: str) -> bool:
    """Tell whether libyaml reads a text: the writer makes a few that it does not."""
    try:
        parse(text, "text")
    except InputError:
        return False
    return True

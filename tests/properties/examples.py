"""One example of each property, decided by choices: what hypothesis and the fuzzer run.

What is written and how it is edited are decided apart, so that a longer text leaves the edit as it was. Every
function makes a text, holds krmfn to what it has to do with it, and returns what was done; it raises
AssertionError, or whatever krmfn should not have raised.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import yaml

from krmfn.errors import InputError
from krmfn.packages.text_file import TextFile
from krmfn.resources.resource_list import ResourceList
from krmfn.yaml.text import BOM, decode
from properties import oracle
from properties.edits import random_edit
from properties.field_edits import random_field_edit
from properties.file_edits import random_file_edit
from properties.list_edits import random_item_edit, random_list_edit
from properties.list_text import ListWriter
from properties.yaml_text import Writer

if TYPE_CHECKING:
    from random import Random

NAME = "dir/x.yaml"
NO_YAML = "no YAML"
_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_MESSAGE = re.compile(rf"{NAME}:(\d+):(\d+): (.+)\n    (.*)\n    ( *)\^", re.DOTALL)
_PLACE = re.compile(rf"{NAME}:\d+:\d+: ")
_MARKS = [" ", "\n", "\t", ":", ": ", "- ", "#", " #", '"', "'", "&", "*", "!", "|", ">", "{", "}", "[", "]", ","]
_ODD = ["?", "? ", "%", "\r", "\x85", "\u2028", "\0", "\ufeff", "---\n", "...\n", "<<", "@", "`", "\\", "é", "🐳"]


def edit_of_a_text(writing: Random, editing: Random) -> str:
    """Edit a text of one or more documents."""
    return edit_of_any_text(Writer(writing).text(), editing)


def edit_of_a_list(writing: Random, editing: Random) -> str:
    """Edit a ResourceList."""
    made = ListWriter(writing).list_text()
    return random_list_edit(made, editing) if is_read(made.text) else NO_YAML


def edit_of_an_item(writing: Random, editing: Random) -> str:
    """Edit an item of a ResourceList."""
    made = ListWriter(writing).list_text()
    return random_item_edit(made, editing) if is_read(made.text) else NO_YAML


def edit_of_a_field(writing: Random, editing: Random) -> str:
    """Edit a field of a resource by its path."""
    writer = Writer(writing)
    text = writer.joined([*writer.between(0), *writer.mapping(0, 0), *writer.between(0)])
    return random_field_edit(text, editing) if is_read(text) else NO_YAML


def edit_of_a_file(writing: Random, editing: Random) -> str:
    """Edit the documents of a file."""
    text = Writer(writing).text()
    return random_file_edit(text, editing) if is_read(text) else NO_YAML


def edit_of_a_changed_text(writing: Random, editing: Random) -> str:
    """Change some characters of a text, and edit what comes out."""
    return edit_of_any_text(mutated(Writer(writing).text(), editing), editing)


def reading_of_a_changed_list(writing: Random, editing: Random) -> str:
    """Change some characters of a ResourceList, and read what comes out."""
    return reading_of_any_list(mutated(ListWriter(writing).list_text().text, editing))


def edit_of_any_text(text: str, editing: Random) -> str:
    """Edit whatever text this is."""
    return random_edit(text, editing, count=editing.choice([1, 1, 1, 2, 3])) if is_read(text) else NO_YAML


def reading_of_any_list(text: str) -> str:
    """Read whatever text this is as a ResourceList."""
    readable = is_read(text)
    try:
        resources = ResourceList.read(text, NAME)
    except InputError as error:
        message = str(error)
        if "the input is empty" in message:
            assert oracle.read(text) == []
        else:
            check_place(message, text)
        return "no list" if readable else NO_YAML
    # an alias without its anchor is found by whoever looks at the item
    assert readable or "*" in text, "a list was read from what is not YAML"
    assert resources.to_text() == text
    return "read"


def decoded(data: bytes) -> str | None:
    """Return these bytes as text; None if krmfn reads no text in them, and says where."""
    try:
        return decode(data, NAME)
    except InputError as error:
        message = str(error)
    assert _PLACE.match(message), message
    return None


def mutated(text: str, random: Random) -> str:
    """Return a text with some of its characters gone, doubled, or moved, and others put in."""
    for _ in range(random.choice([1, 1, 2, 3])):
        start = random.randrange(len(text) + 1)
        end = min(len(text), start + random.choice([0, 1, 1, 2, 8]))
        new = random.choice([*_MARKS, *_ODD, "", text[start:end] * 2, text[end : end + 8]])
        text = text[:start] + new + text[end:]
    return text


def is_read(text: str) -> bool:
    """Tell whether krmfn reads a text; what it does not read is not YAML to PyYAML either, and it says where."""
    try:
        file = TextFile(text, NAME)
    except InputError as error:
        message = str(error)
    else:
        assert file.to_text() == text
        return True
    check_place(message, text)
    if "second byte order mark" not in message:
        with pytest.raises(yaml.YAMLError):
            oracle.read(text, whole=True)
    return False


def check_place(message: str, text: str) -> None:
    """An error names file, line and column, and shows the line with a caret below the column."""
    found = _MESSAGE.fullmatch(message)
    assert found, message
    number, column = int(found[1]), int(found[2])
    lines = _BREAK.split(text.lstrip(BOM))
    assert 1 <= number <= len(lines), message
    line = lines[number - 1]
    assert 1 <= column <= len(line) + 1, message
    shown, caret = found[4], len(found[5])
    assert len(shown) <= max(len(line), caret), message
    first = column - 1 - caret
    expected = "".join(char if char.isprintable() else "\ufffd" for char in line.replace("\t", " "))
    assert shown == expected[first : first + len(shown)], message


ALL = (
    edit_of_a_text,
    edit_of_a_changed_text,
    edit_of_a_list,
    reading_of_a_changed_list,
    edit_of_a_file,
    edit_of_an_item,
    edit_of_a_field,
)

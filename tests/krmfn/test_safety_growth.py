"""No path is quadratic: four times as much input takes about four times as many steps.

Steps are lines of Python run and functions called, so a slow or a busy machine makes no difference. What happens
within a call into C is not counted: `test_safety_limits` has inputs so large that it would show there.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import pytest

from growth import assert_linear
from krmfn.errors import EditError, InputError
from krmfn.packages.text_file import TextFile
from krmfn.resources.resource import Resource
from krmfn.resources.resource_list import ResourceList
from krmfn.resources.result import Result, Severity
from krmfn.yaml.data import to_data
from krmfn.yaml.edit import Editor
from krmfn.yaml.nodes import AliasNode, MapNode, ScalarNode, SeqNode, find, follow
from krmfn.yaml.parser import parse

if TYPE_CHECKING:
    from collections.abc import Callable

    from krmfn.yaml.nodes import Node


def test_steps_tell_a_quadratic_path() -> None:
    """Whatever it is made of: a loop, a comprehension, a search per element."""
    assert_linear(lambda size: [number for number in range(size) if number + 1])
    with pytest.raises(AssertionError):
        assert_linear(lambda size: [other for number in range(size) for other in range(number)])
    with pytest.raises(AssertionError):
        assert_linear(lambda size: [any(other is number for other in range(size)) for number in range(size)])


# texts with a collection of so many members at `a`, and something before and after it

TEXTS: dict[str, Callable[[int], str]] = {
    "block list": lambda n: "a:\n" + "".join(f"- v{i}\n" for i in range(n)),
    "indented block list, CRLF": lambda n: "a:\r\n" + "".join(f"  - v{i}\r\n" for i in range(n)),
    "block list of mappings": lambda n: "a:\n" + "".join(f"- k: v{i}\n  l:\n  - 1\n" for i in range(n)),
    "block list of literals": lambda n: "a:\n" + "".join(f"- |\n  v{i}\n  w\n\n" for i in range(n)),
    "block list of quoted texts": lambda n: "a:\n" + "".join(f"- 'v\n   {i}' # c\n" for i in range(n)),
    "block list with comments": lambda n: "a:\n" + "".join(f"# c\n- v{i} # d\n  # e\n\n" for i in range(n)),
    "empty items": lambda n: "a:\n" + "-\n" * n,
    "items below their dashes": lambda n: "a:\n" + "".join(f"-\n  # c\n  k: v{i}\n" for i in range(n)),
    "anchors and aliases": lambda n: "a:\n" + "".join(f"- &a{i} !t v\n- *a{i}\n" for i in range(n)),
    "one anchor, named again and again": lambda n: "a:\n" + "- &a {x: 1}\n- *a\n" * n,
    "list on one line": lambda n: "a: [" + ", ".join(f"v{i}" for i in range(n)) + "]\n",
    "mappings on one line": lambda n: "a: [" + ", ".join(f"{{k: v{i}, l: 1}}" for i in range(n)) + "]\n",
    "JSON": lambda n: '{"a": [' + ", ".join(f'{{"k": "v{i}"}}' for i in range(n)) + "]}",
    "list in brackets on lines": lambda n: "a: [\n" + "".join(f"  v{i}, # c\n" for i in range(n)) + "]\n",
    "block mapping": lambda n: "a:\n" + "".join(f"  k{i}: v{i}\n" for i in range(n)),
    "block mapping of lists": lambda n: "a:\n" + "".join(f"  k{i}:\n  - 1\n" for i in range(n)),
    "duplicate keys": lambda n: "a:\n" + "".join(f"  k: v{i}\n" for i in range(n)),
    "empty values": lambda n: "a:\n" + "".join(f"  k{i}:\n" for i in range(n)),
    "explicit keys": lambda n: "a:\n" + "".join(f"  ? k{i}\n  # c\n  : v{i}\n" for i in range(n)),
    "explicit keys without values": lambda n: "a:\n" + "".join(f"  ? k{i}\n" for i in range(n)),
    "mapping on one line": lambda n: "a: {" + ", ".join(f"k{i}: v{i}" for i in range(n)) + "}\n",
    "keys on one line": lambda n: "a: {" + ", ".join(f"k{i}" for i in range(n)) + "}\n",
    "merges": lambda n: "b: &b {x: 1}\na:\n" + "  <<: *b\n" * n,
    "comments": lambda n: "# c\n" * n + "a:\n" + "# c\n" * n + "- x\n" + "    # c\n" * n + "c: 1\n" + "# c\n" * n,
    "blank lines": lambda n: "\n" * n + "a:\n" + "\n" * n + "- |\n  x\n" + "\n" * n + "c: 1\n" + "\n" * n,
    "nested lists that end together": lambda n: "a:\n" + ("- " * 20 + "v\n") * max(1, n // 20),
}


def members(root: MapNode) -> list[tuple[Node, Node]]:
    """Return key (or item) and value (or item) of each member of what is at `a`."""
    node = root.get("a")
    return node.pairs if isinstance(node, MapNode) else [(item, item) for item in node.items]  # type: ignore[union-attr]


def allowed(edit: Callable[..., object], *arguments: Any) -> None:
    """Make an edit where that is possible: some texts leave no room for a comment, or for a value."""
    with contextlib.suppress(EditError):
        edit(*arguments)


def set_each(editor: Editor, root: MapNode) -> None:
    for _, value in members(root):
        if isinstance(value, ScalarNode):
            allowed(editor.set_value, value, "new value")


def rename_each(editor: Editor, root: MapNode) -> None:
    for number, (key, _) in enumerate(members(root)):
        if isinstance(key, ScalarNode):
            allowed(editor.set_value, key, f"new{number}")


def put_each(editor: Editor, root: MapNode) -> None:
    node = root.get("a")
    for key, value in members(root):
        if isinstance(node, MapNode) and isinstance(key, ScalarNode):
            allowed(editor.put, node, key.value, {"x": ["y"]})
        elif isinstance(value, MapNode):
            allowed(editor.put, value, "k", {"x": ["y"]})


def add_to_each(editor: Editor, root: MapNode) -> None:
    for _, value in members(root):
        if isinstance(value, MapNode):
            allowed(editor.add, value, "new", "a\nb\n")
        while isinstance(value, SeqNode):
            allowed(editor.append, value, "a\nb\n")
            value = value.items[0]  # noqa: PLW2901


def delete_from_each(editor: Editor, root: MapNode) -> None:
    for _, value in members(root):
        if isinstance(value, MapNode):
            editor.delete(value, "k")
        elif isinstance(value, SeqNode):
            editor.remove(value, 0)


def add_many(editor: Editor, root: MapNode) -> None:
    node = root.get("a")
    for number in range(len(members(root))):
        if isinstance(node, MapNode):
            editor.add(node, f"new{number}", number)
        elif isinstance(node, SeqNode):
            editor.append(node, f"new{number}")


def delete_every_second(editor: Editor, root: MapNode) -> None:
    node = root.get("a")
    for number, (key, _) in enumerate(members(root)):
        if number % 2 and isinstance(node, MapNode) and isinstance(key, ScalarNode):
            editor.delete(node, key.value)
        elif number % 2 and isinstance(node, SeqNode):
            editor.remove(node, number)


def delete_all(editor: Editor, root: MapNode) -> None:
    editor.delete(root, "a")


def comment_each(editor: Editor, root: MapNode) -> None:
    for _, value in members(root):
        allowed(editor.replace_line_comment, value, "new")


def comment_above_each(editor: Editor, root: MapNode) -> None:
    for key, _ in members(root):
        editor.head_comments(key)
        allowed(editor.add_head_comment, key, "new")


def take_comments(editor: Editor, root: MapNode) -> None:
    for key, value in members(root):
        editor.remove_line_comment(value)
        editor.remove_head_comments(key)


def edit_beside(editor: Editor, root: MapNode) -> None:
    editor.put(root, "z", {"x": "a\nb"})
    editor.put(root, "c", [1])


EDITS = (
    set_each,
    rename_each,
    put_each,
    add_to_each,
    delete_from_each,
    add_many,
    delete_every_second,
    delete_all,
    comment_each,
    comment_above_each,
    take_comments,
    edit_beside,
)


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("kind", TEXTS)
def test_an_edit_takes_steps_in_proportion_to_the_text(kind: str, edit: Callable[[Editor, MapNode], None]) -> None:
    def work(size: int) -> None:
        text = TEXTS[kind](size)
        root = parse(text, "x")[0].root
        assert isinstance(root, MapNode)
        editor = Editor(text, [root])
        edit(editor, root)
        with contextlib.suppress(EditError):  # of one that cannot be made `apply` may be the first to know
            editor.apply()

    assert_linear(work)


@pytest.mark.parametrize("kind", TEXTS)
def test_reading_takes_steps_in_proportion_to_the_text(kind: str) -> None:
    def work(size: int) -> None:
        root = parse(TEXTS[kind](size), "x")[0].root
        to_data(root)
        assert find(root, ("a", "no such key"), merged=True) is None

    assert_linear(work)


# lists and files

HEAD = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n"
ITEM = "- apiVersion: v1\n  kind: ConfigMap\n  metadata:\n    name: a\n"
LISTS: dict[str, Callable[[int], str]] = {
    "of kpt": lambda n: HEAD + ITEM * n,
    "with line separators in it": lambda n: HEAD + (ITEM + "  data: 'x\u2028 y'\n") * n,
    "with aliases": lambda n: HEAD + (ITEM + "  data: [&x 1, *x]\n") * n,
    "in brackets": lambda n: HEAD[:-1] + " [" + ", ".join(["{kind: A, metadata: {name: a}}"] * n) + "]\n",
    "with results": lambda n: HEAD + ITEM * n + "results:\n" + "- message: a\n" * n,
    "with an error at its end": lambda n: HEAD + ITEM * n + "- [\n",
}


@pytest.mark.parametrize("kind", LISTS)
def test_a_list_takes_steps_in_proportion_to_its_items(kind: str) -> None:
    def work(size: int) -> None:
        try:
            read = ResourceList.read(LISTS[kind](size))
        except InputError:
            return
        for item in read.items[::2]:
            item.set("new", 1)
        read.remove(*read.items[1::4])
        read.results = [Result(f"message {number}", Severity.INFO) for number in range(size)]
        read.sort()
        assert ResourceList.read(read.to_text()).items
        read.restore()
        read.to_text()

    assert_linear(work)


FILES: dict[str, Callable[[int], str]] = {
    "mappings": lambda n: "---\na: 1\n" * n,
    "scalars": lambda n: "--- x\n" * n,
    "nothing": lambda n: "---\n" * n,
    "documents with directives and ends": lambda n: "%YAML 1.1\n---\na: 1\n...\n" * n,
    "a byte order mark": lambda n: "\ufeff" + "---\na: 1\n" * n,
}


@pytest.mark.parametrize("kind", FILES)
def test_a_file_takes_steps_in_proportion_to_its_documents(kind: str) -> None:
    def work(size: int) -> None:
        file = TextFile(FILES[kind](size), "x")
        for resource in file.resources[::2]:
            resource.set("a", 2)
        file.remove(*file.resources[1::4])
        for number in range(size):
            file.append(Resource.from_data({"kind": "A", "number": number}))
        assert len(TextFile(file.to_text(), "x").resources) == len(file.resources)

    assert_linear(work)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            lambda n: "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}]\n" for i in range(1, n)), id="chain"
        ),
        pytest.param(
            lambda n: "a0: &a0 {k: 1}\n" + "".join(f"a{i}: &a{i} {{<<: *a{i - 1}}}\n" for i in range(1, n)),
            id="chain of merges",
        ),
        pytest.param(
            lambda n: "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n" for i in range(1, n)),
            id="bomb",
        ),
        pytest.param(
            lambda n: (
                "a0: &a0 {k: 1}\n" + "".join(f"a{i}: &a{i} {{<<: [*a{i - 1}, *a{i - 1}]}}\n" for i in range(1, n))
            ),
            id="bomb of merges",
        ),
    ],
)
def test_aliases_that_multiply_take_steps_in_proportion_to_the_text(text: Callable[[int], str]) -> None:
    def work(size: int) -> None:
        root = parse(text(size), "x")[0].root
        assert isinstance(root, MapNode)
        with contextlib.suppress(ValueError):  # too deep, or too much, which is found out in time
            to_data(root)
        last = root.pairs[-1][1]
        assert not isinstance(last, AliasNode)
        assert find(follow(last), ("no such key",), merged=True) is None
        editor = Editor(text(size), [root])
        editor.add(root, "new", 1)
        editor.apply()

    assert_linear(work)

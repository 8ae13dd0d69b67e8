"""Random edits, each with a model of what it has to do: to the data, to the comments, to the text around.

An edit is made, or refused with EditError before anything is changed; it never ends in a VerificationError.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from krmfn.errors import EditError
from krmfn.yaml.edit import Editor
from krmfn.yaml.layout import dash, skip_blank
from krmfn.yaml.parser import MapNode, Node, ScalarNode, SeqNode, parse, walk
from krmfn.yaml.text import BREAKS, line_end, line_start
from properties import oracle
from properties.oracle import Data, Mapping, Scalar, Sequence, Tree

if TYPE_CHECKING:
    from random import Random

TEXTS = [
    "x",
    "",
    "nginx:1.26@sha256:0",
    "1",
    "0644",
    "on",
    "~",
    "22:22",
    "2001-01-01",
    "1e3",
    "<<",
    "a: b",
    "a #b",
    "# x",
    "- x",
    "-",
    "?",
    ":",
    ":x",
    "?x",
    "-x",
    "a:",
    "[x]",
    "x, y",
    "{",
    "'",
    '"',
    "it's",
    "%x",
    "@x",
    "`x",
    "!x",
    "&x",
    "*x",
    "|",
    ">",
    " x",
    "x ",
    "\tx",
    "\n",
    "a\nb",
    "a\nb\n",
    "a\n\nb\n\n",
    "a\n b\n",
    " a\nb",
    "a \nb\n",
    "a\n#b\n",
    "---",
    "--- x",
    "...",
    "\x00",
    "\x7f",
    "\x85",
    "\u2028",
    "\ufeff",
    "ü🐳",
    "a\tb",
    "a\r\nb",
    "\\",
    "key: |",
    "null",
    "0x1F",
    "1_000",
    ".inf",
    "=",
    "y",
    "\U0001d4b3",
    "a\u00a0b",
    "x" * 100,
]
VALUES: list[Any] = [0, 1, -7, 1.5, 1e300, 1e-7, -0.5, True, False, None, 2**63, float("inf")]
SMALL: list[Any] = [
    {},
    [],
    {"a": 1},
    ["x"],
    {"a": {"b": ["c", {"d": "e"}]}},
    [["x"], []],
    [{"a": "b\nc\n", "d": 1}],
]
NEW = "new comment"
COMMENTS = [NEW, f"# {NEW} {{}}", f"#{NEW}", f"# {NEW} ü🐳 # y", f'# {{"$imagepolicy": "a:b"}} {NEW}']
KEYS = ["new", "on", "1", "", "a b", "x: y", "#", "-", "ключ", "<<", "multi\nline", "'", "[", "k/y.z"]


Path = tuple[int, ...]
"""The number of the document, then of each member on the way; in a mapping 0 (key) or 1 (value) follows."""
Again = Callable[[Editor, Any], None]


def data(random: Random) -> Any:
    kind = random.random()
    if kind < 0.55:
        return random.choice(TEXTS)
    return random.choice(VALUES if kind < 0.75 else SMALL)


class Case:
    """A text, its nodes, and the model of what it is to become; editor: of all of it, or a new one."""

    def __init__(self, text: str, random: Random, editor: Editor | None = None) -> None:
        self.random = random
        self.text = text
        roots = [document.root for document in parse(text, "before")] if editor is None else editor.roots
        self.roots = list(roots)
        self.expected = oracle.read(text)
        self.at: dict[int, Tree] = {}
        self.paths: dict[int, Path] = {}
        for number, (root, tree) in enumerate(zip(self.roots, self.expected, strict=True)):
            if root is not None and tree is not None:
                self._pair(root, tree, (number,))
        self.nodes = [node for root in self.roots if root is not None for node in walk(root)]
        pairs = [pair for node in self.nodes if isinstance(node, MapNode) for pair in node.pairs]
        self.keys = {id(key) for key, _ in pairs}
        self.key_of = {id(value): key for key, value in pairs}
        self.editor = Editor(text, roots, name="before") if editor is None else editor
        self.again: list[tuple[Path, Again]] = []
        self.lost: set[str] = set()  # comments that may go
        self.used: set[int] = set()
        self.added = 0
        self.lines: list[tuple[int, int]] = []  # where the text may change

    def _pair(self, node: Node, tree: Tree, path: Path) -> None:
        self.at[id(node)] = tree
        self.paths[id(node)] = path
        if isinstance(node, MapNode) and isinstance(tree, Mapping):
            for number, (pair, trees) in enumerate(zip(node.pairs, tree.pairs, strict=True)):
                for part in (0, 1):
                    self._pair(pair[part], trees[part], (*path, number, part))
        elif isinstance(node, SeqNode) and isinstance(tree, Sequence):
            for number, (item, one) in enumerate(zip(node.items, tree.items, strict=True)):
                self._pair(item, one, (*path, number))

    def pick(self, *kinds: type) -> Any:
        """Choose a node; a collection only once, because the model counts its members as they were."""
        found = [node for node in self.nodes if isinstance(node, kinds) and id(node) not in self.used]
        node = self.random.choice(found) if found else None
        if isinstance(node, MapNode | SeqNode):
            self.used.add(id(node))
        return node

    def has(self, *kinds: type) -> bool:
        """Tell whether there is a node of these kinds, of any where none is named."""
        return any(isinstance(node, kinds or object) for node in self.nodes)

    def replace(self, node: Node, new: Tree) -> None:
        """Put another tree in the place of a node's."""
        old = self.at[id(node)]
        for tree in self.at.values():
            if isinstance(tree, Mapping):
                tree.pairs = [tuple(new if one is old else one for one in pair) for pair in tree.pairs]  # type: ignore[misc]
            elif isinstance(tree, Sequence):
                tree.items = [new if one is old else one for one in tree.items]
        self.expected = [new if tree is old else tree for tree in self.expected]

    def may_change(self, start: int, end: int) -> None:
        """Say that the lines of this span may change."""
        self.lines.append((line_start(self.text, start), line_end(self.text, min(end, len(self.text)))))

    def repeat(self, node: Node, edit: Again) -> None:
        """Say that this edit of a node changes nothing when it is made a second time."""
        self.again.append((self.paths[id(node)], edit))

    def may_lose(self, start: int, end: int) -> None:
        self.lost.update(oracle.comments(self.text[start:end]))


def set_value(case: Case) -> str:
    node = case.pick(ScalarNode)
    if node is None:
        return "none"
    is_key = id(node) in case.keys
    if case.random.random() < (0.02 if is_key else 0.3):
        new = case.random.choice(VALUES)
    else:
        new = case.random.choice(TEXTS)
    case.editor.set_value(node, new)
    case.repeat(node, lambda editor, found: editor.set_value(found, new))
    tree = case.at[id(node)]
    assert isinstance(tree, Scalar)
    if id(node) in case.editor._meant.values:
        case.replace(node, Data(new, tree, tree.anchor, tree.tag))
    # of an empty value in flow style nothing is written; libyaml gives it the place of what follows
    key = case.key_of.get(id(node)) if node.start == node.end else None
    case.may_change(key.end if key else node.start, node.end)
    case.may_lose(node.start, node.end)  # a line of text may look like a comment
    return "set_value"


def put(case: Case) -> str:
    parent = case.pick(MapNode)
    if parent is None:
        return "none"
    keys = [key.value for key, _ in parent.pairs if isinstance(key, ScalarNode)]
    key = case.random.choice(keys) if keys and case.random.random() < 0.75 else case.random.choice(KEYS)
    new = data(case.random)
    found = parent.pair(key)
    if found and id(found[1]) in case.used:
        return "none"  # what is put is compared with what was read
    case.editor.put(parent, key, new)
    case.repeat(parent, lambda editor, there: editor.put(there, key, new))
    tree = case.at[id(parent)]
    assert isinstance(tree, Mapping)
    if found is None:
        tree.pairs.append((Data(key), Data(new)))
        case.may_change(parent.start, parent.end)
    elif id(found[1]) in case.editor._meant.values | case.editor._meant.replaced:
        old = case.at[id(found[1])]
        kept = id(found[1]) in case.editor._meant.values  # the scalar was changed, its anchor and tag were not
        anchor, tag = (old.anchor, old.tag) if kept and isinstance(old, Scalar) else (None, None)
        case.replace(found[1], Data(new, old, anchor, tag))
        case.may_change(found[0].start, found[1].end)
        case.may_lose(found[1].start, found[1].end)
        if isinstance(found[1], MapNode | SeqNode):
            case.may_lose(found[1].start, line_end(case.text, found[1].end))
            if not found[1].flow:  # comments between the key and the first member
                case.may_lose(line_end(case.text, found[0].end), found[1].start)
    return "put"


def append(case: Case) -> str:
    parent = case.pick(SeqNode)
    if parent is None:
        return "none"
    for _ in range(case.random.choice([1, 1, 2])):
        new = data(case.random)
        case.editor.append(parent, new)
        tree = case.at[id(parent)]
        assert isinstance(tree, Sequence)
        tree.items.append(Data(new))
    case.may_change(parent.start, parent.end)
    return "append"


def delete(case: Case) -> str:
    parent = case.pick(MapNode)
    keys = [key.value for key, _ in parent.pairs if isinstance(key, ScalarNode)] if parent else []
    if not keys:
        return "none"
    gone = case.random.sample(keys, min(len(keys), case.random.choice([1, 1, 2, 5])))
    case.editor.delete(parent, *gone)
    case.repeat(parent, lambda editor, found: editor.delete(found, *gone))
    tree = case.at[id(parent)]
    assert isinstance(tree, Mapping)
    kept = [not (isinstance(key, ScalarNode) and key.value in gone) for key, _ in parent.pairs]
    tree.pairs = [pair for pair, keep in zip(tree.pairs, kept, strict=True) if keep]
    _members(case, parent, [(key.start, max(key.end, value.end)) for key, value in parent.pairs], kept)
    return "delete"


def remove(case: Case) -> str:
    parent = case.pick(SeqNode)
    if not parent or not parent.items:
        return "none"
    count = len(parent.items)
    gone = case.random.sample(range(count), min(count, case.random.choice([1, 1, 2, 5])))
    case.editor.remove(parent, *gone)
    tree = case.at[id(parent)]
    assert isinstance(tree, Sequence)
    kept = [number not in gone for number in range(count)]
    tree.items = [item for item, keep in zip(tree.items, kept, strict=True) if keep]
    _members(case, parent, _items(case, parent), kept)
    return "remove"


def _items(case: Case, parent: SeqNode) -> list[tuple[int, int]]:
    starts = [item.start if parent.flow else dash(case.text, parent, n) for n, item in enumerate(parent.items)]
    return [(start, item.end) for start, item in zip(starts, parent.items, strict=True)]


def _members(case: Case, parent: MapNode | SeqNode, spans: list[tuple[int, int]], kept: list[bool]) -> None:
    """Comments around what goes may go with it; those around what stays may not."""
    text = case.text
    after = [*(start for start, _ in spans[1:]), len(text)][: len(spans)]
    if not any(kept) and parent.flow:
        case.may_lose(parent.start, parent.end)
    before = parent.start
    for number, ((start, end), following, keep) in enumerate(zip(spans, after, kept, strict=True)):
        if not keep:
            token = skip_blank(text, end)
            behind = line_end(text, token) if parent.flow and text[token : token + 1] == "," else token
            case.may_lose(min(before, start) if number else start, min(following, behind))
        before = end if text[end - 1] in BREAKS else line_end(text, end)
    # down to the next token, comments and blank lines may be the deleted member's
    case.may_change(parent.start, skip_blank(text, parent.end))
    slot = case.editor._source.slot(parent)
    if slot is not None:
        case.may_change(slot, slot)


def add_and_delete(case: Case) -> str:
    """Delete some members of a collection and add others in the same go."""
    parent = case.pick(MapNode, SeqNode)
    if parent is None:
        return "none"
    tree = case.at[id(parent)]
    if isinstance(parent, SeqNode):
        assert isinstance(tree, Sequence)
        count = len(parent.items)
        gone = case.random.sample(range(count), case.random.randrange(count + 1))
        case.editor.remove(parent, *gone)
        new = data(case.random)
        case.editor.append(parent, new)
        kept = [number not in gone for number in range(count)]
        tree.items = [*(item for item, keep in zip(tree.items, kept, strict=True) if keep), Data(new)]
        _members(case, parent, _items(case, parent), kept)
        return "remove+append"
    assert isinstance(tree, Mapping)
    keys = [key.value for key, _ in parent.pairs if isinstance(key, ScalarNode)]
    gone_keys = case.random.sample(keys, case.random.randrange(len(keys) + 1))
    case.editor.delete(parent, *gone_keys)
    new, key = data(case.random), case.random.choice([*KEYS, *gone_keys])
    case.editor.add(parent, key, new)
    kept = [not (isinstance(key, ScalarNode) and key.value in gone_keys) for key, _ in parent.pairs]
    tree.pairs = [*(pair for pair, keep in zip(tree.pairs, kept, strict=True) if keep), (Data(key), Data(new))]
    _members(case, parent, [(key.start, max(key.end, value.end)) for key, value in parent.pairs], kept)
    return "delete+add"


def line_comment(case: Case) -> str:
    node = case.pick(ScalarNode, MapNode, SeqNode)
    if node is None:
        return "none"
    found = case.editor.line_comment(node)
    new = case.random.choice(COMMENTS)
    how = case.random.choice(["set", "remove", "replace", "up"])
    edits: dict[str, Again] = {
        "set": lambda editor, node: editor.set_line_comment(node, new),
        "remove": lambda editor, node: editor.remove_line_comment(node),
        "replace": lambda editor, node: editor.replace_line_comment(node, new),
        "up": lambda editor, node: editor.move_line_comment_up(node),
    }
    edits[how](case.editor, node)
    case.repeat(node, edits[how])
    if how in ("set", "replace"):
        case.added += 1
    if found and how in ("set", "remove"):
        case.lost.update(oracle.comments(found.text))
    case.may_change(node.start, node.end)
    if found:
        case.may_change(found.start, found.end)
    slot = case.editor._comment_slot(node)
    if slot is not None:
        case.may_change(slot, slot)
    return f"line_comment {how}"


def head_comment(case: Case) -> str:
    node = case.pick(ScalarNode, MapNode, SeqNode)
    if node is None:
        return "none"
    found = case.editor.head_comments(node)
    how = case.random.choice(["add", "remove", "set"])
    if how != "add":
        case.editor.remove_head_comments(node)
        case.repeat(node, lambda editor, found: editor.remove_head_comments(found))
        case.lost.update(number for one in found for number in oracle.comments(one.text))
    if how != "remove":
        new = case.random.choice(COMMENTS)
        case.editor.add_head_comment(node, new)
        case.repeat(node, lambda editor, found: editor.add_head_comment(found, new))
        case.added += 1
    if how == "add":
        case.again.clear()
    case.may_change(found[0].start if found else node.start, node.start)
    return f"head_comment {how}"


EDITS = {
    "set_value": set_value,
    "put": put,
    "append": append,
    "delete": delete,
    "remove": remove,
    "add_and_delete": add_and_delete,
    "line_comment": line_comment,
    "head_comment": head_comment,
}

SUBJECTS: dict[str, tuple[type, ...]] = {
    "set_value": (ScalarNode,),
    "put": (MapNode,),
    "append": (SeqNode,),
    "delete": (MapNode,),
    "remove": (SeqNode,),
    "add_and_delete": (MapNode, SeqNode),
}
"""What an edit needs in a text; the others take any node."""


def random_edit(
    text: str, random: Random, kinds: list[str] | None = None, *, count: int = 1, at: int | None = None
) -> str:
    """Make random edits of a text and hold the result to the model; return what was done.

    kinds: of edits, any where none are named; at: the number of the node to edit, in the order of the text.
    """
    case = Case(text, random)
    if at is not None:
        case.nodes = [case.nodes[at]]
    return edit_and_check(case, case.editor.apply, kinds, count)


def edit_and_check(case: Case, apply: Callable[[], str], kinds: list[str] | None = None, count: int = 1) -> str:
    """Make random edits through a case's editor, and hold what `apply` gives to the model; see random_edit."""
    done = []
    try:
        for _ in range(count):
            possible = [kind for kind in kinds or EDITS if case.has(*SUBJECTS.get(kind, ()))]
            if possible:
                done += [EDITS[case.random.choice(possible)](case)]
        new = apply() if case.editor else case.text
    except EditError as error:
        message = re.sub(r"[*'\"].*", "…", str(error)) or type(error).__name__
        return f"refused: {message[:60]}"
    if not case.editor:
        return "nothing to do"
    check_data(case, new)
    check_comments(case, new)
    check_lines(case, new)
    if count == 1:
        check_again(case, new)
    return ", ".join(sorted(done))


def check_again(case: Case, new: str) -> None:
    """The same edit changes nothing when it is made a second time."""
    roots = [document.root for document in parse(new, "after")]
    editor = Editor(new, roots, name="after")
    for path, edit in case.again:
        edit(editor, node_at(roots, path))
    again = editor.apply() if editor else new
    assert again == new, f"a second time {new!r} became {again!r}"


def node_at(roots: list[Node | None], path: Path) -> Node:
    """Return the node at a path."""
    number, *steps = path
    node = roots[number]
    left = iter(steps)
    for step in left:
        if isinstance(node, MapNode):
            node = node.pairs[step][next(left)]
        else:
            assert isinstance(node, SeqNode)
            node = node.items[step]
    assert node is not None
    return node


def check_data(case: Case, new: str) -> None:
    """Nothing but what was intended has changed in the data."""
    found = oracle.read(new)
    assert len(found) == len(case.expected), new
    for expected, tree in zip(case.expected, found, strict=True):
        assert oracle.matches(expected, tree), f"{expected}\n!= {tree}\n{new!r}"


def check_comments(case: Case, new: str) -> None:
    """No comment is lost but those of what goes, none comes twice, and the new ones are there."""
    before, after = oracle.comments(case.text), oracle.comments(new)
    if len(set(before)) < len(before) or NEW in case.text:
        return  # of a text that was mutated: nobody can tell them apart
    assert new.count(NEW) == case.added, f"new comments: {new!r}"
    lost = set(before) - set(after)
    assert lost <= case.lost, f"lost {lost - case.lost}: {new!r}"
    assert sorted(after) == sorted(number for number in before if number not in lost), new


def check_lines(case: Case, new: str) -> None:
    """What is before and after the lines that the edit is about is the same."""
    old = case.text
    low = max(0, min(start for start, _ in case.lines) - len("\r\n"))
    behind = max(0, len(old) - max(end for _, end in case.lines) - len("\r\n"))
    assert new.startswith(old[:low]), f"changed before {old[low:]!r}: {new!r}"
    assert new.endswith(old[len(old) - behind :]), f"changed behind {old[: len(old) - behind]!r}: {new!r}"

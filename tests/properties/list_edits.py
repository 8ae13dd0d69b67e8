"""Random changes of a ResourceList, each with a model of what it has to do."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from krmfn.errors import EditError
from krmfn.functions.function import Function
from krmfn.resources.resource import Resource, Shape
from krmfn.resources.resource_list import ResourceList
from krmfn.resources.result import Result, Severity
from properties import oracle
from properties.edits import Case, edit_and_check
from properties.oracle import Data, Mapping, Sequence, Tree

if TYPE_CHECKING:
    from random import Random

    from properties.list_text import ListText

NEW: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "new", "namespace": "x"},
    "data": {"a": "line\nother\n", "b": "on", "c": "{}"},
    "list": [{"a": 1}, {"b": ["x", {}]}],
}


class Visitor(Function):
    """Looks at some kinds, and remembers what it saw."""

    def __init__(self, kinds: set[str]) -> None:
        self.kinds = kinds
        self.seen: list[str] = []
        self.configured = 0
        self.config: Resource | None = None

    def configure(self, config: Resource | None) -> None:
        self.config = config
        self.configured += 1

    def wanted(self, api_version: str, kind: str) -> bool:
        del api_version
        return kind in self.kinds

    def visit(self, resource: Resource) -> None:
        self.seen.append(resource.text)


class Model:
    """The list as a tree, and its parts."""

    def __init__(self, text: str) -> None:
        (tree,) = oracle.read(text)
        assert isinstance(tree, Mapping)
        self.tree = tree
        self.others = {
            self.key(pair): pair[1] for pair in tree.pairs if self.key(pair) not in ("items", "results")
        }

    @staticmethod
    def key(pair: tuple[Tree, Tree]) -> str:
        assert isinstance(pair[0], oracle.Scalar)
        return pair[0].value

    def value(self, key: str) -> Tree | None:
        return next((pair[1] for pair in self.tree.pairs if self.key(pair) == key), None)

    @property
    def items(self) -> list[Tree]:
        found = self.value("items")
        return found.items if isinstance(found, Sequence) else []


def random_list_edit(made: ListText, random: Random) -> str:
    """Change a list at random and hold the result to the model; return what was done."""
    text = made.text
    before = Model(text)
    visitor = Visitor(set(random.sample(["ConfigMap", "Deployment", "Job", "X"], random.randrange(5))))
    plain = ResourceList.read(text)
    resources = ResourceList.read(text, function=visitor)
    check_reading(made, before, plain, resources, visitor)
    expected: list[Tree] = list(before.items)
    results: list[Result] | None = None
    done = []
    try:
        for _ in range(random.choice([0, 1, 1, 2, 3])):
            kind = random.choice(["add", "remove", "upsert", "edit", "result", "clear", "sort", "empty"])
            if kind == "add":
                resources.add(Resource.from_data(NEW, header=random.choice(["", "a header\n\nof lines"])))
                expected.append(Data(NEW))
            elif kind == "remove" and resources.items:
                number = random.randrange(len(resources.items))
                resources.remove(resources.items[number])
                del expected[number]
            elif kind == "upsert" and resources.items:
                number = random.randrange(len(resources.items))
                twin = copy.copy(resources.items[number])
                first = next(n for n, one in enumerate(resources.items) if one.identity == twin.identity)
                resources.upsert(twin)
                expected[first] = copy.deepcopy(expected[number])
            elif kind == "edit" and resources.items:
                number = random.randrange(len(resources.items))
                tree = expected[number]
                if not isinstance(tree, Mapping):
                    continue
                resources.items[number].set("added", "x")
                if not any(pair[0] == Data("added") for pair in tree.pairs):
                    tree.pairs.append((Data("added"), Data("x")))
            elif kind == "result":
                results = [*resources.results, Result("new", Severity.ERROR, tags={"rule": "r"})]
                resources.results = list(results)
            elif kind == "clear":
                results = []
                resources.results = []
            elif kind == "sort":
                order = sorted(range(len(expected)), key=lambda n: sort_key(resources.items[n]))
                expected = [expected[n] for n in order]
                resources.sort()
            elif kind == "empty":
                resources.items = []
                expected = []
            done.append(kind)
        new = resources.to_text()
    except EditError as error:
        return f"refused: {str(error)[:50]}"
    check(before, expected, results, new)
    if not done:
        assert new == text
    failed = ResourceList.read(text)
    for item in failed.items:
        item.set("spec", "broken")
    failed.items = failed.items[1:]
    failed.restore()
    assert failed.to_text() == text
    return ", ".join(sorted(set(done))) or "nothing to do"


def random_item_edit(made: ListText, random: Random) -> str:
    """Edit an item of a list, and hold the item and the list around it to the model; return what was done."""
    text = made.text
    before = Model(text)
    resources = ResourceList.read(text)
    if not resources.items:
        return "nothing to do"
    number = random.randrange(len(resources.items))
    item = resources.items[number]
    start = position(resources, number)
    old = item.text
    assert text.startswith(old, start)
    item.node  # noqa: B018  (from here on its text is its own)
    editor = item.editor()
    assert editor.text == old
    case = Case(old, random, editor)
    in_block = item.shape is Shape.BLOCK_ITEM
    if in_block:
        del case.nodes[0]  # the list itself, of which the text holds one item

    def apply() -> str:
        item.apply(editor)
        return item.text

    done = edit_and_check(case, apply, count=random.choice([1, 1, 2]))
    try:
        new = resources.to_text()
    except EditError as error:
        return f"refused: {str(error)[:50]}"
    assert new == text[:start] + item.text + text[start + len(old) :]
    if item.text == old:
        return done
    (edited,) = case.expected
    assert edited is not None
    edited = edited.items[0] if in_block and isinstance(edited, Sequence) else edited
    check(before, [*before.items[:number], edited, *before.items[number + 1 :]], None, new)
    return done


def position(resources: ResourceList, number: int) -> int:
    """Return where an item of a list that was read starts in its text."""
    frame = resources._frame
    before = [*frame.gaps[: number + 1], *(item.text for item in frame.items[:number])]
    return len(frame.bom) + frame.start + sum(map(len, before))


def sort_key(item: Resource) -> Any:
    return (item.path, item.index, *item.identity)


def check_reading(
    made: ListText, before: Model, plain: ResourceList, visited: ResourceList, visitor: Visitor
) -> None:
    """Reading finds the items, shows the wanted ones once and in order, and changes nothing."""
    assert len(plain.items) == len(visited.items) == made.count
    assert plain.to_text() == visited.to_text() == made.text
    kinds = [(item.api_version, item.kind) for item in plain.items]
    assert kinds == [(item.api_version, item.kind) for item in visited.items]
    for item, tree in zip(plain.items, before.items, strict=True):
        (found,) = oracle.read(item.text)
        found = found.items[0] if isinstance(found, Sequence) else found
        assert oracle.matches(tree, found)
        assert item.get_string("kind") == item.kind
    assert visitor.seen == [item.text for item in visited.items if item.kind in visitor.kinds]
    assert visitor.configured == 1
    assert (visitor.config is None) == (plain.function_config is None)
    if visitor.config is not None and plain.function_config is not None:
        assert visitor.config.text == plain.function_config.text


def check(before: Model, expected: list[Tree], results: list[Result] | None, new: str) -> None:
    """The list is as expected: items, results, and all else as it was."""
    after = Model(new)
    assert len(after.items) == len(expected), new
    comparison = oracle.Comparison()
    for one, other in zip(expected, after.items, strict=True):
        assert comparison.same(one, other), f"{one}\n{other}\n{new!r}"
    assert after.others.keys() == before.others.keys(), new
    for key, tree in before.others.items():
        assert oracle.matches(tree, after.others[key]), new
    found = after.value("results")
    if results is None:
        assert oracle.matches(before.value("results"), found), new
    elif results:
        assert found is not None, new
        assert [result.message for result in ResourceList.read(new).results] == [one.message for one in results], (
            new
        )
        assert ResourceList.read(new).results[-1] == results[-1]
    else:
        assert found is None or ResourceList.read(new).results == [], new
    # what was written is read, and written, as it is
    assert ResourceList.read(new).to_text() == new

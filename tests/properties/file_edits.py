"""Random changes of a file's documents, each with a model of what it has to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from krmfn.errors import EditError, InputError
from krmfn.packages.text_file import TextFile
from krmfn.resources.resource import Resource
from krmfn.resources.resource_list import ResourceList
from properties import oracle
from properties.list_edits import NEW
from properties.list_text import ListWriter
from properties.oracle import Data, Mapping, Tree

if TYPE_CHECKING:
    from random import Random

ONE_ITEM = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n- kind: X # c1.\n"


def random_file_edit(text: str, random: Random) -> str:
    """Change a file at random and hold the result to the model; return what was done."""
    file = TextFile(text, "x.yaml")
    assert file.to_text() == text
    trees = oracle.read(text)
    assert len(file.resources) == sum(isinstance(tree, Mapping) for tree in trees)
    expected: list[Tree | None] = list(trees)
    done = []
    try:
        for _ in range(random.choice([1, 1, 2, 3])):
            kind = random.choice(["append", "append item", "remove", "edit"])
            places = [number for number, tree in enumerate(expected) if isinstance(tree, Mapping | Data)]
            if kind == "append":
                file.append(Resource.from_data(NEW, header=random.choice(["", "a header"])))
                expected.append(Data(NEW))
            elif kind == "append item":
                item, tree = _item(random)
                file.append(item)
                expected.append(tree)
            elif kind == "remove" and places:
                number = random.randrange(len(places))
                file.remove(file.resources[number])
                del expected[places[number]]
            elif kind == "edit" and places:
                number = random.randrange(len(places))
                edited = expected[places[number]]
                resource = file.resources[number]
                if not isinstance(edited, Mapping) or resource.node.pair("added"):
                    continue
                resource.set("added", "x")
                edited.pairs.append((Data("added"), Data("x")))
            done.append(kind)
        new = file.to_text()
    except EditError as error:
        return f"refused: {str(error)[:50]}"
    found = oracle.read(new)
    assert len(found) == len(expected), f"{len(found)} documents, not {len(expected)}: {new!r}"
    assert all(map(oracle.matches, expected, found)), f"{expected}\n{found}\n{new!r}"
    assert TextFile(new, "x.yaml").to_text() == new
    return ", ".join(sorted(set(done))) or "nothing to do"


def _item(random: Random) -> tuple[Resource, Tree]:
    """An item of a ResourceList in some layout; a plain one where what was written is not a list of items."""
    text = ListWriter(random).list_text().text
    try:
        resources = ResourceList.read(text)
    except InputError:
        resources = ResourceList.read(ONE_ITEM)
    if not resources.items:
        resources = ResourceList.read(ONE_ITEM)
    item = resources.items[random.randrange(len(resources.items))]
    (alone,) = oracle.read(item.text)
    tree = alone.items[0] if isinstance(alone, oracle.Sequence) else alone
    assert tree is not None
    return item, tree

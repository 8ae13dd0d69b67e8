"""Random changes of a file's documents, each with a model of what it has to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from krmfn.resource import Resource
from krmfn.resource_list import ResourceList
from krmfn.text import EditError
from krmfn.text_file import TextFile
from properties import oracle
from properties.list_edits import NEW
from properties.list_text import ListWriter
from properties.oracle import Data, Mapping, Tree

if TYPE_CHECKING:
    from random import Random


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
    return " ".join(sorted(set(done)))


def _item(random: Random) -> tuple[Resource, Tree]:
    """An item of a ResourceList in some layout."""
    while True:
        made = ListWriter(random).list_text()
        try:
            resources = ResourceList.read(made.text)
            (tree,) = oracle.read(made.text)
        except Exception:  # noqa: BLE001  (a few generated texts are no YAML)
            continue
        assert isinstance(tree, Mapping)
        items = next(value for key, value in tree.pairs if isinstance(key, oracle.Scalar) and key.value == "items")
        if resources.items and isinstance(items, oracle.Sequence):
            number = random.randrange(len(resources.items))
            (alone,) = oracle.read(resources.items[number].text)
            return resources.items[number], alone.items[0] if isinstance(alone, oracle.Sequence) else alone  # type: ignore[return-value]

"""A directory is a ResourceList and becomes a directory again, with the bytes of all that was not edited."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest

from krmfn.errors import EditError, InputError
from krmfn.packages import origin
from krmfn.packages.directory import PackageList, items_of, read_package, write_package
from krmfn.packages.text_file import TextFile
from krmfn.resources.resource import Resource
from krmfn.resources.resource_list import ResourceList
from krmfn.yaml.text import newline
from properties.yaml_text import Writer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SHOP = """\
# the shop

apiVersion: apps/v1
kind:   Deployment
metadata:
    name: shop # the name
    annotations: {a: "b"}
spec:
    replicas: 0x2

--- # the second one
apiVersion: v1
kind: Service
metadata: {name: shop, namespace: prod}
"""
FILES = {
    "Kptfile": "apiVersion: kpt.dev/v1\nkind: Kptfile\nmetadata:\n  name: root\n",
    "a/shop.yaml": SHOP,
    "b.json": '{"apiVersion": "v1", "kind": "ConfigMap",\n "metadata": {"name": "j"}}\n',
    "compose.yml": "services:\r\n  web: {image: x}\r\n",
    "kustomization.yaml": "resources:\n- a\n",
    "notes.txt": "kind: none\n",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make(tmp_path / "package", FILES)


def make(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(text.encode())
    return root


def tree(root: Path) -> dict[str, str]:
    files = (path for path in sorted(root.rglob("*")) if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_bytes().decode() for path in files}


def named(resources: ResourceList, kind: str) -> Resource:
    found = resources.find(lambda item: item.kind == kind)
    assert found is not None
    return found


def places(resources: ResourceList) -> list[tuple[str, int, str]]:
    return [(item.path, item.index, item.kind) for item in resources.items]


# reading


def test_items_are_the_resources_in_the_order_of_files_and_documents(root: Path) -> None:
    assert places(read_package(root)) == [
        ("Kptfile", 0, "Kptfile"),
        ("a/shop.yaml", 0, "Deployment"),
        ("a/shop.yaml", 1, "Service"),
        ("b.json", 0, "ConfigMap"),
        ("kustomization.yaml", 0, ""),
    ]


def test_documents_that_are_not_resources_are_items_on_demand(root: Path) -> None:
    items = read_package(root, others=True).items
    (compose,) = [item for item in items if item.path == "compose.yml"]
    assert compose.get("services.web.image") == "x"


def test_documents_are_numbered_as_kpt_does_whatever_they_are(tmp_path: Path) -> None:
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n"
    text = f"# only a comment\n---\n{pod}---\n---\n- a list\n---\nnull\n---\nvalues: {{}}\n---\n{pod}"
    found = read_package(make(tmp_path, {"x.yaml": text}))
    assert places(found) == [("x.yaml", 0, "Pod"), ("x.yaml", 3, "Pod")]


def test_an_item_has_the_annotations_that_kpt_gives(root: Path) -> None:
    item = named(read_package(root), "Service")
    assert item.annotations == {
        "config.kubernetes.io/index": "1",
        "config.kubernetes.io/path": "a/shop.yaml",
        "internal.config.kubernetes.io/index": "1",
        "internal.config.kubernetes.io/path": "a/shop.yaml",
        "internal.config.kubernetes.io/seqindent": "compact",
    }


def test_annotations_cannot_be_put_where_metadata_is_not_a_mapping(tmp_path: Path) -> None:
    make(tmp_path, {"x.yaml": "apiVersion: v1\nkind: Pod\nmetadata: text\n"})
    with pytest.raises(InputError, match=r"x.yaml: .*metadata is not a mapping; a .krmignore can name the file"):
        read_package(tmp_path)


def test_a_file_that_is_not_yaml_is_named_with_its_place(tmp_path: Path) -> None:
    make(tmp_path, {"chart/deploy.yaml": "a: b\n{{ if }}: x\nb"})
    with pytest.raises(InputError, match=r"chart/deploy.yaml:\d+:\d+: "):
        read_package(tmp_path)


def test_subpackages_count_unless_told_otherwise(root: Path) -> None:
    make(root, {"sub/Kptfile": FILES["Kptfile"], "sub/deep/x.yaml": "apiVersion: v1\nkind: Pod\n"})
    assert {"sub/Kptfile", "sub/deep/x.yaml"} <= {path for path, *_ in places(read_package(root))}
    paths = {path for path, *_ in places(read_package(root, subpackages=False))}
    assert not {path for path in paths if path.startswith("sub/")}
    assert "Kptfile" in paths


def test_a_krmignore_counts_in_a_package_and_not_in_a_plain_directory(root: Path) -> None:
    pod = "apiVersion: v1\nkind: Pod\n"
    make(
        root,
        {
            ".krmignore": "gone.yaml\na/\n",
            "gone.yaml": pod,
            "plain/.krmignore": "*.yaml\n",
            "plain/x.yaml": pod,
            "plain/gone.yaml": pod,
            "sub/Kptfile": FILES["Kptfile"],
            "sub/.krmignore": "x.yaml\n",
            "sub/d/x.yaml": pod,
            "sub/gone.yaml": pod,
        },
    )
    paths = [path for path, *_ in places(read_package(root))]
    assert paths == ["Kptfile", "b.json", "kustomization.yaml", "plain/x.yaml", "sub/Kptfile", "sub/gone.yaml"]


# writing back


def test_what_nobody_edits_is_not_written(root: Path) -> None:
    resources = read_package(root)
    assert resources.changes() == {}
    before = {path: path.stat().st_mtime_ns for path in root.rglob("*")}
    assert write_package(resources) == {}
    assert {path: path.stat().st_mtime_ns for path in root.rglob("*")} == before
    assert tree(root) == FILES


def test_an_edited_document_changes_in_the_edit_only(root: Path) -> None:
    resources = read_package(root)
    named(resources, "Deployment").set("spec.replicas", 3)
    named(resources, "Service").set_annotation("mine", "x")
    named(resources, "ConfigMap").set_label("a", "b")
    assert set(write_package(resources)) == {"a/shop.yaml", "b.json"}
    assert tree(root) == FILES | {
        "a/shop.yaml": SHOP.replace("0x2", "3").replace("prod}", "prod, annotations: {mine: x}}"),
        "b.json": FILES["b.json"].replace('"j"}', '"j", "labels": {"a": "b"}}'),
    }


def test_annotations_that_a_document_has_itself_come_back(tmp_path: Path) -> None:
    text = 'apiVersion: v1\nkind: Pod\nmetadata:\n  annotations:\n    config.kubernetes.io/path: "mine" # c\n'
    resources = read_package(make(tmp_path, {"x.yaml": text}))
    assert resources.items[0].path == "x.yaml"
    resources.items[0].set("spec", {"a": "b"})
    write_package(resources)
    assert tree(tmp_path) == {"x.yaml": f"{text}spec:\n  a: b\n"}


def test_a_removed_item_takes_its_document_and_the_last_one_the_file(root: Path) -> None:
    resources = read_package(root)
    resources.remove(named(resources, "Service"))
    resources.remove(named(resources, "ConfigMap"))
    assert write_package(resources) == {"a/shop.yaml": SHOP[: SHOP.index("---")], "b.json": None}
    assert sorted(tree(root)) == sorted(FILES.keys() - {"b.json"})


def test_a_file_stays_while_there_is_something_else_in_it(tmp_path: Path) -> None:
    make(tmp_path, {"x.yaml": "apiVersion: v1\nkind: Pod\n---\nvalues: {}\n"})
    resources = read_package(tmp_path)
    resources.items.clear()
    write_package(resources)
    assert tree(tmp_path) == {"x.yaml": "---\nvalues: {}\n"}


def test_a_new_item_goes_where_it_says_or_to_a_file_of_its_own(root: Path) -> None:
    resources = read_package(root)
    for name, namespace in (("one", ""), ("two", "prod")):
        metadata = {"name": name} | ({"namespace": namespace} if namespace else {})
        resources.add(Resource.from_data({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata}))
    added = Resource.from_data({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}}, header="hello")
    resources.add(added, path="a/shop.yaml")
    kustomization = Resource.from_data({"kind": "Kustomization", "resources": ["x"]})
    resources.add(kustomization, path="new/kustomization.yaml")
    write_package(resources)
    one = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: one\n"
    assert tree(root) == FILES | {
        "a/shop.yaml": f"{SHOP}---\n# hello\napiVersion: v1\nkind: Secret\nmetadata:\n  name: s\n",
        "configmap_one.yaml": one,
        "prod/configmap_two.yaml": one.replace("one", "two") + "  namespace: prod\n",
        "new/kustomization.yaml": "kind: Kustomization\nresources:\n  - x\n",
    }


def test_an_item_with_another_path_moves_with_its_bytes(root: Path) -> None:
    resources = read_package(root)
    named(resources, "Deployment").set_annotation("internal.config.kubernetes.io/path", "c/d.yaml")
    named(resources, "ConfigMap").move_to("e.yaml", 0)
    write_package(resources)
    first, second = SHOP.split("---", 1)
    assert tree(root) == {
        **{name: text for name, text in FILES.items() if name != "b.json"},
        "a/shop.yaml": f"---{second}",
        "c/d.yaml": first,
        "e.yaml": FILES["b.json"],
    }


def test_documents_stand_in_the_order_of_their_indexes(tmp_path: Path) -> None:
    pods = [f"apiVersion: v1\nkind: Pod\nmetadata: {{name: p{number}}} # {number}\n" for number in range(3)]
    resources = read_package(make(tmp_path, {"x.yaml": "---\n".join(pods)}))
    resources.items[0].move_to("x.yaml", 7)
    resources.items[2].move_to("x.yaml", 4)
    write_package(resources)
    assert tree(tmp_path) == {"x.yaml": "---\n" + "---\n".join([pods[1], pods[2], pods[0]])}


def test_json_is_written_as_json(tmp_path: Path) -> None:
    make(tmp_path, {"x.yaml": "apiVersion: v1 # c\nkind: Pod\nmetadata: {name: p}\n"})
    resources = read_package(tmp_path)
    resources.items[0].move_to("p.json", 0)
    write_package(resources)
    text = '{\n  "apiVersion": "v1",\n  "kind": "Pod",\n  "metadata": {\n    "name": "p"\n  }\n}\n'
    assert tree(tmp_path) == {"p.json": text}
    again = read_package(tmp_path)
    again.add(pod("q"), path="p.json")
    with pytest.raises(InputError, match="JSON has one"):
        again.changes()
    with pytest.raises(InputError, match="JSON has one"):
        write_package(
            ResourceList.of(pod(path="x.json", index=str(number)) for number in range(2)), tmp_path / "x"
        )


def pod(name: str = "p", path: str = "", index: str = "", legacy: str = "") -> Resource:
    wished = {
        "internal.config.kubernetes.io/path": path,
        "internal.config.kubernetes.io/index": index,
        "config.kubernetes.io/path": legacy,
    }
    annotations = {key: value for key, value in wished.items() if value}
    metadata = {"name": name, "annotations": annotations} if annotations else {"name": name}
    return Resource.from_data({"apiVersion": "v1", "kind": "Pod", "metadata": metadata})


REFUSED: dict[str, tuple[Callable[[PackageList], object], str]] = {
    "two in one place": (
        lambda resources: resources.items.append(pod(path="a/shop.yaml", index="1")),
        "a/shop.yaml: Service prod/shop and Pod p both want to be document 1",
    ),
    "outside": (lambda resources: resources.items.append(pod(path="../x.yaml")), "leads out of the package"),
    "deeply outside": (lambda resources: resources.items.append(pod(path="a/../../x.yaml")), "leads out"),
    "absolute": (lambda resources: resources.items.append(pod(path="/x.yaml")), "leads out of the package"),
    "git's own": (lambda resources: resources.items.append(pod(path=".git/config")), "is none for a resource"),
    "not plain": (lambda resources: resources.items.append(pod(path="./x.yaml")), "is none for a resource"),
    "outside by name": (lambda resources: resources.items.append(pod("../../x")), "leads out of the package"),
    "no name": (lambda resources: resources.items.append(pod("")), "give the item a path"),
    "contradiction": (
        lambda resources: resources.items.append(pod(path="x.yaml", legacy="y.yaml")),
        "contradict each other",
    ),
    "index": (lambda resources: resources.items.append(pod(path="x.yaml", index="first")), "must be a number"),
    "a file that was not read": (
        lambda resources: resources.items.append(pod(path="notes.txt")),
        "notes.txt: there is such a file, and it is not one of those that were read",
    ),
    "a directory": (lambda resources: resources.items.append(pod(path="a")), "Is a directory"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_placed_is_refused_and_nothing_is_written(case: str, root: Path) -> None:
    change, message = REFUSED[case]
    resources = read_package(root)
    named(resources, "Deployment").set("spec.replicas", 3)
    change(resources)
    with pytest.raises((InputError, OSError), match=message):
        write_package(resources)
    assert tree(root) == FILES


def test_a_file_that_changed_meanwhile_stops_everything(root: Path) -> None:
    resources = read_package(root)
    named(resources, "Deployment").set("spec.replicas", 3)
    (root / "a/shop.yaml").write_text("theirs")
    with pytest.raises(OSError, match="was changed by another program meanwhile"):
        write_package(resources)
    assert (root / "a/shop.yaml").read_text() == "theirs"


def test_restoring_forgets_every_change(root: Path) -> None:
    resources = read_package(root)
    named(resources, "Deployment").set("spec.replicas", 3)
    resources.items.pop()
    resources.restore()
    assert resources.changes() == {}


# elsewhere


def test_a_package_is_written_elsewhere_with_its_edits(root: Path, tmp_path: Path) -> None:
    resources = read_package(root)
    named(resources, "Deployment").set("spec.replicas", 3)
    write_package(resources, tmp_path / "new" / "place")
    files = {name: text for name, text in FILES.items() if name != "notes.txt"}
    assert tree(tmp_path / "new" / "place") == files | {"a/shop.yaml": SHOP.replace("0x2", "3")}
    assert tree(root) == FILES
    with pytest.raises(InputError, match="is not empty"):
        write_package(resources, tmp_path / "new")


def test_a_list_from_elsewhere_is_written_as_files(tmp_path: Path) -> None:
    text = """\
apiVersion: config.kubernetes.io/v1
kind: ResourceList
items:
- apiVersion: v1
  kind: Pod # the kind
  metadata:
    name: p
    annotations:
      internal.config.kubernetes.io/path: 'd/x.yaml'
- {apiVersion: v1, kind: Pod, metadata: {name: q, annotations: {a: b, config.kubernetes.io/path: d/x.yaml}}}
"""
    resources = ResourceList.read(text)
    write_package(resources, tmp_path / "out")
    first = "apiVersion: v1\nkind: Pod # the kind\nmetadata:\n  name: p\n"
    second = "{apiVersion: v1, kind: Pod, metadata: {name: q, annotations: {a: b}}}\n"
    assert tree(tmp_path / "out") == {"d/x.yaml": f"{first}---\n{second}"}
    assert resources.to_text() == text
    with pytest.raises(TypeError, match="name the directory"):
        write_package(resources)


# whatever the layout

METADATA = (
    "",
    "metadata:\n  name: x # c\n",
    "metadata: {name: x}\n",
    "metadata: {}\n",
    "metadata:\n",
    "metadata:\n    annotations:\n        a: b\n",
    "metadata:\n  annotations: {config.kubernetes.io/path: mine}\n",
    "metadata:\n  annotations:\n  name: x\n",
    'metadata:\n  annotations:\n    # c\n    internal.config.kubernetes.io/path: "q" # c\n    b: c\n',
    "metadata: !!map\n  name: x\n",
    "metadata: &m\n  annotations: &a\n    x: y\n",
)
EDITS: tuple[Callable[[Resource], object], ...] = (
    lambda resource: resource.set("added", "x"),
    lambda resource: resource.set(("metadata", "annotations", "mine.io/x"), "y"),
    lambda resource: resource.set(("metadata", "labels"), {"a": "b"}),
    lambda resource: resource.set(("metadata", "annotations", "a"), "z"),
)


@pytest.mark.parametrize("block", range(4))
def test_an_edit_of_an_item_is_the_same_edit_of_its_document(block: int) -> None:
    """Whatever the text: annotate, edit, and take the annotations away, or edit only: it gives the same bytes."""
    compared = 0
    for seed in range(block * 60, (block + 1) * 60):
        random = Random(seed)
        text = Writer(random).text()
        text = random.choice(METADATA).replace("\n", newline(text)) + text
        try:
            found = list(items_of(TextFile(text, "x.yaml"), "x.yaml", others=True))
        except InputError:  # no YAML, or metadata that is not a mapping
            continue
        for item, where in found:
            edit = random.choice(EDITS)
            document = Resource.from_text(where.text)
            try:
                edit(document)
                edit(item)
            except EditError:
                continue
            assert origin.restored(item, where) == document.text, f"seed {seed}"
            item.reset()
            item.move_to("other.yaml", 3)
            assert origin.restored(item, where) == where.text, f"seed {seed}"
            compared += 1
    assert compared > 40

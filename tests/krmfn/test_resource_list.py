"""Items of a list are found, added, replaced and checked; nothing else moves."""

from __future__ import annotations

import pytest

from krmfn import selectors
from krmfn.errors import InputError
from krmfn.resources.function_error import FunctionError
from krmfn.resources.metadata import INDEX, PATH
from krmfn.resources.resource import Resource
from krmfn.resources.resource_list import ResourceList
from krmfn.resources.result import Result

HEAD = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n"
PREFIXES = {"internal": "internal.config.kubernetes.io", "legacy": "config.k8s.io", "own": "example.com"}


def item(kind: str, name: str, path: str = "", index: int = 0, **more: str) -> str:
    """Return an item; more: annotations of its id, by the prefix of the key."""
    annotations = {f"{PREFIXES[key]}/id": value for key, value in more.items()}
    if path:
        annotations |= {PATH: path, INDEX: str(index)}
    lines = [f"- apiVersion: v1\n  kind: {kind}\n  metadata:\n    name: {name}\n"]
    if annotations:
        lines.append("    annotations:\n")
    return "".join(lines + [f"      {key}: '{value}'\n" for key, value in annotations.items()])


def read(*items: str) -> ResourceList:
    return ResourceList.read(f"{HEAD}items:\n{''.join(items)}" if items else f"{HEAD}items: []\n")


def names(items: list[Resource]) -> list[str]:
    return [one.name for one in items]


@pytest.fixture
def shop() -> ResourceList:
    return read(
        item("Service", "web", "web.yaml"),
        item("Pod", "web", "web.yaml", 1),
        item("Pod", "db", "db.yaml"),
        item("Kptfile", "sub", "sub/Kptfile"),
        item("Kptfile", "root", "Kptfile"),
    )


def test_an_empty_input_is_not_a_list() -> None:
    for text in ("", "\n\n", "# nothing\n", "\ufeff"):
        with pytest.raises(InputError, match=r"^stdin:1:1: the input is empty"):
            ResourceList.read(text)


def test_items_are_found_split_and_grouped(shop: ResourceList) -> None:
    pods = selectors.kind("Pod")
    assert names(list(shop.where(pods))) == ["web", "db"]
    found = shop.find(pods)
    assert found is shop.items[1]
    assert shop.find(selectors.kind("Job")) is None
    yes, no = shop.split(pods)
    assert (names(yes), names(no)) == (["web", "db"], ["web", "sub", "root"])
    groups = shop.group_by(lambda one: one.kind)
    assert {kind: names(items) for kind, items in groups.items()} == {
        "Service": ["web"],
        "Pod": ["web", "db"],
        "Kptfile": ["sub", "root"],
    }


def test_the_only_item_is_asked_for(shop: ResourceList) -> None:
    assert shop.one(selectors.kind("Service")) is shop.items[0]
    with pytest.raises(FunctionError, match=r"^exactly one resource is wanted with kind\('Job'\), there are 0$"):
        shop.one(selectors.kind("Job"))
    with pytest.raises(FunctionError, match=r"there are 2 \(Pod web, Pod db\)$"):
        shop.one(selectors.kind("Pod"))


def test_the_outermost_packages_kptfile() -> None:
    files = [item("Kptfile", name, path) for name, path in (("sub", "a/Kptfile"), ("root", "Kptfile"))]
    text = "".join(files).replace("apiVersion: v1", "apiVersion: kpt.dev/v1")
    root = read(text, item("Kptfile", "other", "Kptfile")).root_kptfile()
    assert root is not None
    assert root.name == "root"
    assert read().root_kptfile() is None


def test_an_item_takes_the_next_free_place_in_a_file(shop: ResourceList) -> None:
    new = Resource.from_data({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "new"}})
    shop.add(new, path="web.yaml")
    assert (new.path, new.index) == ("web.yaml", 2)
    other = new.copy(as_new=True)
    shop.add(other, path="new.yaml")
    assert (other.path, other.index) == ("new.yaml", 0)


def test_what_takes_an_items_place_keeps_its_file() -> None:
    first = item("Pod", "web", "web.yaml", 2, internal="3", legacy="3", own="old")
    resources = read(first, item("Pod", "db", "db.yaml"))
    new = Resource.from_data({"apiVersion": "v2", "kind": "Pod", "metadata": {"name": "web"}, "spec": {"a": 1}})
    resources.upsert(new, path="not.yaml")
    assert resources.items[0] is new
    assert new.annotations == {
        PATH: "web.yaml",
        INDEX: "2",
        "internal.config.kubernetes.io/id": "3",
        "config.k8s.io/id": "3",
    }
    moved = Resource.from_data({"kind": "Pod", "metadata": {"name": "db"}})
    moved.set("apiVersion", "v1")
    moved.move_to("other.yaml", 7)
    resources.upsert(moved)
    assert (moved.path, moved.index) == ("other.yaml", 7)
    resources.upsert(Resource.from_data({"kind": "Job", "metadata": {"name": "new"}}), path="job.yaml")
    assert (resources.items[2].path, resources.items[2].index) == ("job.yaml", 0)


def test_items_are_removed_and_the_others_keep_their_bytes(shop: ResourceList) -> None:
    text = shop.to_text()
    shop.remove(*shop.where(selectors.kind("Kptfile")), Resource.from_data({}))
    assert shop.to_text() == text[: text.index("- apiVersion: v1\n  kind: Kptfile")]


def test_duplicates_are_named_and_kptfiles_are_none() -> None:
    resources = read(
        item("Pod", "web", "a.yaml"),
        item("Pod", "web", "b.yaml").replace("apiVersion: v1", "apiVersion: v2"),
        item("Pod", "db"),
        item("Kptfile", "k"),
        item("Kptfile", "k"),
        "- kind: Kustomization\n",
        "- kind: Kustomization\n",
    )
    (pods,) = resources.duplicates().values()
    assert [pod.path for pod in pods] == ["a.yaml", "b.yaml"]
    with pytest.raises(FunctionError, match=r"^Pod web in b.yaml is there already, in a.yaml$") as caught:
        resources.check_duplicates()
    assert [result.file and result.file.path for result in caught.value.results] == ["b.yaml"]
    resources.remove(pods[1])
    resources.check_duplicates()


def test_a_subset_is_changed_and_merged(shop: ResourceList) -> None:
    shop.results.append(Result.info("before"))
    pods = shop.subset(selectors.kind("Pod"))
    assert names(pods.items) == ["web", "db"]
    pods.add(Resource.from_data({"kind": "Pod", "metadata": {"name": "new"}}), path="web.yaml")
    pods.remove(pods.items[1])
    pods.upsert(Resource.from_data({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}}))
    pods.results = [*pods.results, Result.info("after")]
    shop.merge(pods)
    assert names(shop.items) == ["web", "web", "sub", "root", "new"]
    assert shop.items[1].path == "web.yaml"
    assert shop.items[-1].index == 2  # the file has an item that is not in the subset
    assert [result.message for result in shop.results] == ["before", "after"]


def test_an_item_that_is_gone_from_a_subset_is_replaced_where_it_stood(shop: ResourceList) -> None:
    first = shop.subset(lambda one: one.name == "web")
    first.items = [Resource.from_data({"apiVersion": "v2", "kind": "Pod", "metadata": {"name": "web"}})]
    shop.merge(first)
    assert [(one.api_version, one.kind) for one in shop.items][:2] == [("v2", "Pod"), ("v1", "Pod")]


def test_a_list_that_is_made_prints_its_function_config_below_its_items_and_can_be_restored() -> None:
    config = Resource.from_text("# whose\napiVersion: v1\nkind: ConfigMap\ndata: {team: shop} # the team\n")
    item = Resource.from_text("kind: Pod # a pod\napiVersion: v1\n")
    made = ResourceList.of([item], config)
    printed = made.to_text()
    assert "# a pod" in printed
    assert "# the team" in printed
    read = ResourceList.read(printed)
    assert [one.kind for one in read.items] == ["Pod"]
    assert read.config["data"] == {"team": "shop"}
    made.items.clear()
    item.set("kind", "Job")
    made.restore()
    assert made.to_text() == printed

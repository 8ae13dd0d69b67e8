"""A resource says who it is and where it is, and is copied without what belongs to the first."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from krmfn.errors import EditError, InputError
from krmfn.resources.fields import FieldError
from krmfn.resources.function_error import FunctionError
from krmfn.resources.identity import Identity
from krmfn.resources.metadata import UPSTREAM
from krmfn.resources.resource import Resource
from krmfn.resources.resource_list import ResourceList
from krmfn.resources.result import File, ResourceRef

ITEM = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: prod
  labels: {app: web}
  annotations:
    internal.config.kubernetes.io/path: web.yaml
    internal.config.kubernetes.io/index: '2'
    internal.config.kubernetes.io/id: '7'
    config.kubernetes.io/path: web.yaml
    config.kubernetes.io/index: '2'
    config.k8s.io/id: '7'
    internal.kpt.dev/upstream-identifier: apps|Deployment|default|www
    note: "mine" # a comment
spec: {}
"""


@pytest.fixture
def item() -> Resource:
    return Resource.from_text(ITEM)


def test_identity_leaves_the_version_out_and_a_reference_does_not(item: Resource) -> None:
    assert item.identity == Identity("apps", "Deployment", "prod", "web")
    assert (item.group, item.version) == ("apps", "v1")
    assert item.ref == ResourceRef("apps/v1", "Deployment", "web", "prod")
    newer = item.copy()
    newer.set("apiVersion", "apps/v2")
    assert newer.identity == item.identity
    assert newer.ref != item.ref
    assert str(item.package_id) == "Deployment|web|prod|apps/v1|web.yaml:2"
    assert item.file == File("web.yaml", 2)


def test_an_item_of_no_file_has_no_file_in_results() -> None:
    assert Resource.from_data({"kind": "X"}).file is None


def test_kpts_note_of_an_origin_is_read(item: Resource) -> None:
    assert item.has_origin
    assert item.origin == Identity("apps", "Deployment", "default", "www")
    here = Resource.from_data({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n"}})
    assert not here.has_origin
    assert here.origin == here.identity == Identity("", "Node", "", "n")
    cluster = Resource.from_text(f"metadata: {{annotations: {{{UPSTREAM}: '|Node|~C|n'}}}}")
    assert cluster.origin == Identity("", "Node", "", "n")
    broken = Resource.from_text(f"metadata: {{annotations: {{{UPSTREAM}: 'Node'}}}}", "x.yaml")
    with pytest.raises(FieldError, match=r"x.yaml:1:\d+: .* must be `group\|kind\|namespace\|name`"):
        _ = broken.origin


def test_kpts_note_of_an_origin_cannot_be_changed(item: Resource) -> None:
    for change in (
        lambda: item.set_annotation(UPSTREAM, "a|B|c|d"),
        lambda: item.remove_annotations(UPSTREAM),
        lambda: item.set("metadata.annotations", {"a": "b"}),
        lambda: item.delete("metadata"),
        lambda: item.set("", {"kind": "X"}),
    ):
        with pytest.raises(EditError, match="upstream-identifier is kpt's own"):
            change()
    assert item.text == ITEM
    item.set_annotations({"note": "yours", UPSTREAM: "apps|Deployment|default|www"})
    assert item.text == ITEM.replace('"mine"', '"yours"')
    other = Resource.from_data({"kind": "X"})
    with pytest.raises(EditError, match="kpt's own"):
        other.set_annotation(UPSTREAM, "a|B|c|d")


def test_a_copy_is_another_resource_with_the_same_text(item: Resource) -> None:
    twin = item.copy()
    assert twin.text == item.text
    twin.set("metadata.name", "other")
    assert item.name == "web"
    assert twin.name == "other"
    twin.reset()
    assert twin.text == ITEM


def test_a_copy_to_add_has_nothing_by_which_a_host_knows_the_first(item: Resource) -> None:
    new = item.copy(as_new=True)
    assert new.annotations == {"note": "mine"}
    assert 'note: "mine" # a comment' in new.text
    assert not new.is_changed
    bare = Resource.from_text("metadata:\n  annotations:\n    config.kubernetes.io/path: x\n  name: n\n")
    assert bare.copy(as_new=True).text == "metadata:\n  name: n\n"


def test_an_item_of_a_list_and_a_configuration_can_be_copied() -> None:
    text = (
        "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nfunctionConfig:\n  kind: C\n  data:\n    a: b\n"
    )
    resources = ResourceList.read(text + "items:\n- kind: X\n  metadata:\n    name: x # x\n")
    assert resources.function_config
    config = resources.function_config.copy()
    config.set("data.a", "c")
    assert config.to_data() == {"kind": "C", "data": {"a": "c"}}
    twin = resources.items[0].copy()
    twin.set("metadata.name", "z")
    resources.add(twin)
    assert resources.to_text().endswith(
        "items:\n- kind: X\n  metadata:\n    name: x # x\n- kind: X\n  metadata:\n    name: z # x\n"
    )


def test_labels_and_annotations_are_seen_through_aliases_and_merge_keys() -> None:
    item = Resource.from_text(
        """\
common: &common {team: shop, app: none}
metadata:
  name: &name web
  labels:
    <<: [*common, {app: not this, tier: front}]
    app: *name
    "<<": text
  annotations: *common
"""
    )
    assert item.labels == {"team": "shop", "app": "web", "tier": "front", "<<": "text"}
    assert item.annotations == {"team": "shop", "app": "none"}
    with pytest.raises(FieldError, match="others use"):
        item.remove_annotations("team")
    item.remove_labels("app")
    assert item.labels["app"] == "none"


def test_labels_go_with_the_last_of_them(item: Resource) -> None:
    item.set_labels({"b": "1", "app": "x"})
    item.remove_labels("b", "nowhere")
    item.remove_labels("nowhere")
    assert item.labels == {"app": "x"}
    item.remove_labels("app")
    assert not item.has("metadata.labels")
    item.remove_labels("app")


@pytest.mark.parametrize(
    ("api_version", "kind", "namespace", "namespaced"),
    [
        ("v1", "ConfigMap", "", True),
        ("v1", "Namespace", "", False),
        ("rbac.authorization.k8s.io/v1beta1", "ClusterRole", "x", False),
        ("rbac.authorization.k8s.io/v1", "Role", "", True),
        ("storage.k8s.io/v1", "CSIStorageCapacity", "", True),
        ("apps/v1", "Deployment", "", True),
        ("example.com/v1", "Thing", "", False),
        ("example.com/v1", "Thing", "x", True),
    ],
)
def test_whether_a_kind_belongs_into_a_namespace(
    api_version: str, kind: str, namespace: str, namespaced: bool
) -> None:
    metadata = {"name": "n"} | ({"namespace": namespace} if namespace else {})
    item = Resource.from_data({"apiVersion": api_version, "kind": kind, "metadata": metadata})
    assert item.is_namespaced is namespaced


def test_local_config_is_what_does_not_say_false() -> None:
    for value, local in (("true", True), ("yes", True), ("false", False), ("", False)):
        item = Resource.from_data({"metadata": {"annotations": {"config.kubernetes.io/local-config": value}}})
        assert item.is_local_config is local


@dataclass(frozen=True, slots=True)
class Port:
    container_port: int
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Container:
    name: str
    image: str
    ports: tuple[Port, ...] = ()


def test_a_part_is_read_as_a_dataclass_and_written_from_one() -> None:
    item = Resource.from_data({"kind": "Pod", "spec": Container("web", "web:1", (Port(80, "http"), Port(81)))})
    assert item.get("spec.ports") == [{"containerPort": 80, "name": "http"}, {"containerPort": 81}]
    assert item.load(Container, "spec") == Container("web", "web:1", (Port(80, "http"), Port(81)))


def test_everything_wrong_with_a_part_is_said_at_once() -> None:
    item = Resource.from_text("kind: Pod\nspec:\n  name: 3\n  ports:\n  - containerport: 80\n", "pod.yaml")
    with pytest.raises(FunctionError) as caught:
        item.load(Container, "spec")
    assert [result.message for result in caught.value.results] == [
        "pod.yaml:3:9: Pod: spec.name must be a string, not 3",
        "pod.yaml:3:3: Pod: spec.image is missing; it must be a string",
        "pod.yaml:5:20: Pod: spec.ports[0].containerport is not known; did you mean containerPort?",
        "pod.yaml:5:5: Pod: spec.ports[0].containerPort is missing; it must be a whole number",
    ]


def test_resources_are_made_of_data_text_and_dataclasses() -> None:
    assert Resource.from_data({}).is_empty
    assert Resource.from_data(Port(80)).text == "containerPort: 80\n"
    assert Resource.from_data({"kind": "X"}, header="made\n\nhere").text == "# made\n#\n# here\nkind: X\n"
    for wrong in ([1], "text", None, {"a": object()}):
        with pytest.raises(EditError):
            Resource.from_data(wrong)
    for text in ("- a\n", "a: [", "", "text"):
        with pytest.raises(InputError, match=r"^x.yaml:1:"):
            Resource.from_text(text, "x.yaml")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("bad key!", "x"),
        ("", "x"),
        ("-a", "x"),
        ("a" * 64, "x"),
        ("Example.org/a", "x"),
        ("a/b/c", "x"),
        ("/a", "x"),
        ("a", "bad value"),
        ("a", "x" * 64),
        ("a", "-"),
    ],
)
def test_labels_that_kubernetes_refuses_are_refused(key: str, value: str) -> None:
    item = Resource.from_text("kind: A\nmetadata: {name: a}\n")
    with pytest.raises(FieldError, match=r"metadata\.labels"):
        item.set_label(key, value)
    assert not item.is_changed


@pytest.mark.parametrize(("key", "value"), [("a", ""), ("example.org/A_b.c-d", "V_1.x-y"), ("a" * 63, "9" * 63)])
def test_labels_that_kubernetes_accepts_are_set(key: str, value: str) -> None:
    item = Resource.from_text("kind: A\nmetadata: {name: a}\n")
    item.set_label(key, value)
    assert item.labels == {key: value}


def test_annotations_have_keys_of_the_same_form_and_any_value() -> None:
    item = Resource.from_text("kind: A\nmetadata: {name: a}\n")
    item.set_annotation("Example.org/a", "any text: {}")
    assert item.annotations == {"Example.org/a": "any text: {}"}
    with pytest.raises(FieldError, match=r"metadata\.annotations.* is not a key"):
        item.set_annotation("bad key!", "x")

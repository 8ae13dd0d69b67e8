"""Selectors say which resources match, and need a resource's tree only where apiVersion and kind do not decide."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, strategies as st

from krmfn import selectors
from krmfn.resources.function_error import FunctionError
from krmfn.resources.resource import Resource
from krmfn.resources.resource_list import ResourceList
from krmfn.resources.selectors import group, kind, label, name, namespace

if TYPE_CHECKING:
    from krmfn.resources.condition import Selector


def make(
    api_version: str, kind: str, name: str, namespace: str = "", path: str = "", **labels: str
) -> dict[str, Any]:
    metadata: dict[str, Any] = {"name": name}
    if namespace:
        metadata["namespace"] = namespace
    if labels:
        metadata["labels"] = labels
    if path:
        metadata["annotations"] = {"internal.config.kubernetes.io/path": path}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata}


DATA = [
    make("apps/v1", "Deployment", "web", "prod", "apps/web/deploy.yaml", app="web", tier="front"),
    make("apps/v1", "Deployment", "web", "test", "apps/web/test/deploy.yaml", app="web", tier="back"),
    make("apps/v1", "StatefulSet", "db", "prod", "apps/db.yaml", app="db"),
    make("v1", "Service", "web", "prod", "service.yaml"),
    make("v1", "Namespace", "prod"),
    make("kpt.dev/v1", "Kptfile", "shop", path="Kptfile"),
    make("example.com/v1beta1", "Deployment", "odd"),
]


@pytest.fixture
def resources() -> ResourceList:
    return ResourceList.of(map(Resource.from_data, DATA))


def names(selector: Selector) -> list[str]:
    items = ResourceList.of(map(Resource.from_data, DATA)).where(selector)
    return [f"{item.kind[0]} {item.namespace or '-'} {item.name}" for item in items]


def test_conditions_on_the_type() -> None:
    assert names(kind("Service", "StatefulSet")) == ["S prod db", "S prod web"]
    assert names(group("apps") & kind("Deployment")) == ["D prod web", "D test web"]
    assert names(group("")) == ["S prod web", "N - prod"]
    assert names(selectors.version("v1beta1")) == ["D - odd"]
    assert names(selectors.api_version("v1", "example.com/v1beta1")) == ["S prod web", "N - prod", "D - odd"]
    assert names(selectors.kptfile()) == ["K - shop"]


def test_conditions_on_the_metadata() -> None:
    assert names(name("db", "odd")) == ["S prod db", "D - odd"]
    assert names(namespace("test")) == ["D test web"]
    assert names(namespace("")) == ["N - prod", "K - shop", "D - odd"]
    assert names(label("tier")) == ["D prod web", "D test web"]
    assert names(label("tier", "front", "none")) == ["D prod web"]
    assert names(selectors.has_labels({"app": "web", "tier": "back"})) == ["D test web"]
    assert names(selectors.has_labels({})) == names(selectors.everything())
    assert names(selectors.annotation("internal.config.kubernetes.io/path", "Kptfile")) == ["K - shop"]
    assert names(selectors.has_annotations({"nowhere": "x"})) == []


@pytest.mark.parametrize(
    ("glob", "expected"),
    [
        ("service.yaml", ["S prod web"]),
        ("*.yaml", ["S prod web"]),
        ("apps/*", ["S prod db"]),
        ("apps/**", ["D prod web", "D test web", "S prod db"]),
        ("**/deploy.yaml", ["D prod web", "D test web"]),
        ("apps/**/deploy.yaml", ["D prod web", "D test web"]),
        ("apps/web/?eploy.y[a]ml", []),
        ("**/*.yaml", ["D prod web", "D test web", "S prod db", "S prod web"]),
        ("", ["N - prod", "D - odd"]),
    ],
)
def test_globs_of_files(glob: str, expected: list[str]) -> None:
    assert names(selectors.path(glob)) == expected


def test_conditions_compose_with_each_other_and_with_callables() -> None:
    def short(item: Resource) -> bool:
        return len(item.name) < 3

    assert names(kind("Deployment") & ~namespace("test") & ~name("odd")) == ["D prod web"]
    assert names(kind("Namespace") | label("tier", "back") | short) == ["D test web", "S prod db", "N - prod"]
    assert names(short & group("apps")) == ["S prod db"]
    assert names(short | kind("Kptfile")) == ["S prod db", "K - shop"]
    assert names(~(kind("Deployment") | namespace("prod"))) == ["N - prod", "K - shop"]
    assert names(~selectors.everything()) == []
    assert repr(kind("A") & ~(label("a", "b") | short)) == "kind('A') & ~(label('a', 'b') | short)"


def test_an_item_is_not_parsed_where_its_type_decides(resources: ResourceList) -> None:
    broken = Resource("{]", api_version="v1", kind="Service")
    assert not (kind("Deployment") & label("x"))(broken)
    assert not (label("x") & kind("Deployment"))(broken)
    assert (kind("Service") | label("x"))(broken)
    assert not (~kind("Service") & label("x"))(broken)
    assert (kind("Deployment") & label("x")).may_match("v1", "Service") is False
    assert (kind("Service") & label("x")).may_match("v1", "Service") is True
    assert (~label("x")).may_match("v1", "Service") is True
    del resources


@pytest.mark.parametrize(
    ("selector", "decided"),
    [
        (kind("Service") | label("x"), True),
        (label("x") | kind("Service"), True),
        (kind("Secret") | label("x"), None),
        (kind("Secret") | kind("Service"), True),
        (kind("Secret") | group("apps"), False),
        (kind("Service") & label("x"), None),
        (kind("Secret") & label("x"), False),
        (kind("Service") & group(""), True),
        (~label("x"), None),
        (~kind("Service"), False),
    ],
)
def test_the_type_decides_wherever_it_can(selector: Selector, decided: bool | None) -> None:
    assert selector.decide("v1", "Service") is decided
    assert selector.may_match("v1", "Service") is (decided is not False)


def test_an_item_is_not_parsed_where_its_text_decides() -> None:
    broken = Resource("name: web, app: {]", api_version="v1", kind="Service")
    assert not name("other")(broken)
    assert not label("tier")(broken)
    assert not (kind("Service") & label("tier", "x"))(broken)


@pytest.mark.parametrize(
    "text",
    [
        'metadata: {name: "w\\x65b"}',
        "a: &n web\nmetadata: {name: *n}",
        "metadata:\n  name: >-\n    web\n",
        '{"metadata":{"name":"\\u0077eb"}}',
        'metadata:\n  name: "w\\\n    eb"',
    ],
)
def test_a_name_is_found_however_it_is_written(text: str) -> None:
    assert name("web")(Resource.from_text(text))


SELECTORS = st.recursive(
    st.sampled_from(
        [kind("Deployment"), kind("Service"), group("apps"), name("web"), namespace("prod"), label("tier", "back")]
    ),
    lambda inner: st.one_of(
        st.builds(lambda a, b: a & b, inner, inner),
        st.builds(lambda a, b: a | b, inner, inner),
        st.builds(lambda a: ~a, inner),
    ),
    max_leaves=8,
)


@given(SELECTORS, st.sampled_from(DATA))
def test_what_the_type_decides_is_what_the_resource_says(selector: Selector, data: dict[str, Any]) -> None:
    item = Resource.from_data(data)
    decided = selector.decide(item.api_version, item.kind)
    assert decided in (None, selector(item))
    assert (~selector)(item) is not selector(item)


# from data


def test_kpts_selectors() -> None:
    read = selectors.from_mapping
    assert names(read({"kind": "Deployment", "namespace": "prod"})) == ["D prod web"]
    assert names(read({"apiVersion": "apps/v1", "labels": {"app": "db"}, "name": "db"})) == ["S prod db"]
    assert names(read({"annotations": {"internal.config.kubernetes.io/path": "Kptfile"}})) == ["K - shop"]
    assert names(read({"kind": "", "labels": None, "annotations": {}})) == names(selectors.everything())


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"kinds": "x"}, "at.kinds is not known; did you mean kind?"),
        (
            {"zzz": "x"},
            "at.zzz is not known; known are apiVersion, kind, name, namespace, labels, annotations",
        ),
        ({"kind": ["x"]}, "at.kind must be a string, not a list"),
        ({"labels": "app=web"}, 'at.labels must be a mapping, not "app=web"'),
        ({"labels": {"a.b/c": 1}}, 'at.labels["a.b/c"] must be a string, not 1'),
        ({"annotations": {"c": True}}, "at.annotations.c must be a string, not true"),
    ],
)
def test_a_mapping_that_is_not_a_selector(data: dict[str, Any], said: str) -> None:
    with pytest.raises(FunctionError) as caught:
        selectors.from_mapping(data, "at")
    assert str(caught.value) == said


def test_the_selectors_of_a_pipeline() -> None:
    read = selectors.from_pipeline
    assert names(read()) == names(selectors.everything())
    assert names(read([{"kind": "Namespace"}, {"name": "db"}])) == ["S prod db", "N - prod"]
    assert names(read([{"name": "web"}], [{"kind": "Service"}, {"namespace": "test"}])) == ["D prod web"]
    assert names(read([{"name": "db"}], [{}, {"kind": ""}])) == ["S prod db"]
    with pytest.raises(FunctionError, match=r"^pipeline.exclude\[1\].x is not known"):
        read([], [{"kind": "A"}, {"x": "y"}])


def test_kubernetes_label_selectors() -> None:
    def read(**data: Any) -> list[str]:
        return names(selectors.label_selector(data) & group("apps"))

    def expression(operator: str, *values: str) -> dict[str, Any]:
        return {"key": "tier", "operator": operator} | ({"values": list(values)} if values else {})

    assert read() == ["D prod web", "D test web", "S prod db"]
    assert read(matchLabels={"tier": "front"}) == ["D prod web"]
    assert read(matchExpressions=[expression("In", "front", "x")]) == ["D prod web"]
    assert read(matchExpressions=[expression("NotIn", "front")]) == ["D test web", "S prod db"]
    assert read(matchExpressions=[expression("Exists")]) == ["D prod web", "D test web"]
    assert read(matchLabels={"app": "web"}, matchExpressions=[expression("DoesNotExist")]) == []


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"app": "web"}, "selector.app is not known; known are matchLabels, matchExpressions"),
        ({"matchExpressions": {}}, None),
        ({"matchExpressions": "x"}, "selector.matchExpressions must be a list"),
        ({"matchExpressions": ["x"]}, "selector.matchExpressions[0] must be a mapping"),
        ({"matchExpressions": [{"operator": "In"}]}, "selector.matchExpressions[0].key must be a string"),
        (
            {"matchExpressions": [{"key": "a", "operator": "in"}]},
            "selector.matchExpressions[0].operator must be In, NotIn, Exists or DoesNotExist",
        ),
        (
            {"matchExpressions": [{"key": "a", "operator": "In", "values": []}]},
            "selector.matchExpressions[0].values must be given with In",
        ),
        (
            {"matchExpressions": [{"key": "a", "operator": "Exists", "values": ["x"]}]},
            "selector.matchExpressions[0].values must be empty with Exists",
        ),
        (
            {"matchExpressions": [{"key": "a", "operator": "In", "values": [1]}]},
            "selector.matchExpressions[0].values must be a list of texts",
        ),
    ],
)
def test_a_mapping_that_is_not_a_label_selector(data: dict[str, Any], said: str | None) -> None:
    if said is None:
        selectors.label_selector(data)
        return
    with pytest.raises(FunctionError) as caught:
        selectors.label_selector(data)
    assert str(caught.value).startswith(said)


def test_a_condition_without_values_is_a_mistake() -> None:
    for make_ in (kind, group, name, namespace, selectors.path, selectors.version, selectors.api_version):
        with pytest.raises(ValueError, match="at least one"):
            make_()


def test_truth_of_combinations() -> None:
    yes, no = selectors.everything(), ~selectors.everything()
    item = Resource.from_data({"kind": "X"})
    for a, b in itertools.product((True, False), repeat=2):
        one, other = (yes if a else no), (yes if b else no)
        assert (one & other)(item) is (a and b)
        assert (one | other)(item) is (a or b)

"""Fields are read with their types, set with as few edits as will do, and blamed by file, resource and path."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from krmfn.errors import EditError, NoRoomError
from krmfn.resources.fields import FieldError
from krmfn.resources.function_error import FunctionError
from krmfn.resources.resource import Resource
from krmfn.resources.result import Field, Result

if TYPE_CHECKING:
    from collections.abc import Callable

TEXT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web # the name
  namespace: prod
spec:
  replicas: 2 # two
  paused: no
  ratio: 0.5
  nothing: null
  selector: # what it selects
    app: web # app
    tier: front
  args: [a, 'b', 3]
  containers:
    # the first
    - name: web # web's name
      image: "web:1" # web's image
    # the second
    - name: log # log's name
      image: log:1 # log's image
"""


@pytest.fixture
def item() -> Resource:
    return Resource.from_text(TEXT, "deploy.yaml")


def changed(item: Resource) -> list[str]:
    """Return the lines that are not as they were, the new ones with a plus."""
    old, new = TEXT.splitlines(), item.text.splitlines()
    return [f"-{line}" for line in old if line not in new] + [f"+{line}" for line in new if line not in old]


# reading


def test_values_have_the_types_that_were_asked_for(item: Resource) -> None:
    assert item.get_string("metadata.name") == "web"
    assert item.get_int("spec.replicas") == 2
    assert item.get_bool("spec.paused", default=True) is False
    assert item.get_float("spec.ratio") == 0.5
    assert item.get_float("spec.replicas") == 2.0
    assert item.get_string_map("spec.selector") == {"app": "web", "tier": "front"}
    assert item.get_list("spec.args") == ["a", "b", 3]
    assert item.get_string("spec.containers[-1].image") == "log:1"


def test_what_is_missing_or_null_is_the_default(item: Resource) -> None:
    for path in ("spec.nothing", "spec.nowhere.at.all", "spec.containers[7].image", "metadata.name.x"):
        assert item.get_string(path, "d") == "d"
        assert item.get_int(path, 7) == 7
        assert item.get_bool(path, default=True) is True
        assert item.get_float(path) == 0.0
        assert item.get_map(path) == {}
        assert item.get_string_map(path) == {}
        assert item.get_string_list(path) == []
    assert item.has("spec.nothing")
    assert not item.has("spec.nowhere")
    assert item.get("spec.nothing", "d") is None


@pytest.mark.parametrize(
    ("read", "said"),
    [
        (
            lambda item: item.get_string("spec.replicas"),
            "7:13: … spec.replicas must be a string, not 2",
        ),
        (
            lambda item: item.get_int("metadata.name"),
            '4:9: … metadata.name must be a whole number, not "web"',
        ),
        (
            lambda item: item.get_int("spec.paused"),
            "8:11: … spec.paused must be a whole number, not false",
        ),
        (
            lambda item: item.get_bool("spec.ratio"),
            "9:10: … spec.ratio must be true or false, not 0.5",
        ),
        (
            lambda item: item.get_float("spec.selector"),
            "12:5: … spec.selector must be a number, not a mapping",
        ),
        (lambda item: item.get_map("spec.args"), "14:9: … spec.args must be a mapping, not a list"),
        (
            lambda item: item.get_list("spec.selector"),
            "12:5: … spec.selector must be a list, not a mapping",
        ),
        (
            lambda item: item.get_string_list("spec.args"),
            "14:18: … spec.args[2] must be a string, not 3",
        ),
        (
            lambda item: item.get_string_map("spec"),
            "7:13: … spec.replicas must be a string, not 2",
        ),
    ],
)
def test_another_type_is_named_with_its_place(read: Callable[[Resource], Any], said: str, item: Resource) -> None:
    place, _, rest = said.partition(" … ")
    with pytest.raises(FieldError) as caught:
        read(item)
    assert str(caught.value) == f"deploy.yaml:{place} Deployment prod/web: {rest}"
    (result,) = caught.value.results
    assert result.field
    assert rest.startswith(result.field.path)
    assert result.resource_ref == item.ref


def test_the_file_of_an_orchestrators_item_is_named_without_a_line() -> None:
    text = "kind: X\nmetadata: {name: n, annotations: {config.kubernetes.io/path: a/b.yaml}}\n"
    item = Resource.from_text(text, "")
    with pytest.raises(FieldError, match=r"^a/b.yaml: X n: kind must be a whole number"):
        item.get_int("kind")


def test_what_was_changed_has_no_line_any_more(item: Resource) -> None:
    assert item.locate("spec.replicas") == "deploy.yaml:7:13"
    item.delete("metadata.namespace")
    assert item.locate("spec.replicas") == ""
    item.reset()
    assert item.locate("spec.replicas") == "deploy.yaml:7:13"


# setting


def test_a_scalar_keeps_its_quotes_and_its_comment(item: Resource) -> None:
    item.set("spec.containers[0].image", "web:2")
    assert changed(item) == ['-      image: "web:1" # web\'s image', '+      image: "web:2" # web\'s image']


def test_a_mapping_is_set_member_by_member(item: Resource) -> None:
    item.set("spec.selector", {"tier": "back", "app": "web", "new": True})
    assert changed(item) == ["-    tier: front", "+    tier: back", "+    new: true"]


def test_a_list_of_named_things_is_set_by_their_names(item: Resource) -> None:
    item.set("spec.containers", [{"name": "log", "image": "log:2"}, {"name": "new", "image": "new:1"}])
    assert item.text.endswith(
        "    # the second\n    - name: log # log's name\n      image: log:2 # log's image\n"
        "    - name: new\n      image: new:1\n"
    )


def test_a_list_of_the_same_length_is_set_in_place(item: Resource) -> None:
    item.set("spec.args", ["a", "c", 3])
    assert changed(item) == ["-  args: [a, 'b', 3]", "+  args: [a, 'c', 3]"]
    item.set("spec.containers", [{"name": "www", "image": "web:1"}, {"name": "log", "image": "log:1"}])
    assert "    # the first\n    - name: www # web's name\n" in item.text


def test_nothing_is_written_where_the_data_is_the_same_in_another_order(item: Resource) -> None:
    spec = item.get("spec")
    item.set("spec", dict(reversed(spec.items())))
    item.set("", item.to_data())
    assert item.text == TEXT
    assert not item.is_changed


def test_another_kind_of_value_is_written_anew(item: Resource) -> None:
    item.set("spec.selector", ["a"])
    item.set("spec.args", {"x": 1})
    assert item.get("spec.selector") == ["a"]
    assert item.get("spec.args") == {"x": 1}


def test_the_whole_resource_can_be_set(item: Resource) -> None:
    data = item.to_data()
    del data["spec"]
    item.set("", {**data, "kind": "StatefulSet"})
    assert item.kind == "StatefulSet"
    assert item.text == TEXT[: TEXT.index("spec:")].replace("Deployment", "StatefulSet")


@pytest.mark.parametrize("data", [{"a": 1}, {}, {"apiVersion": "v2", "b": [1, {"c": None}]}])
def test_a_resource_can_become_any_other(item: Resource, data: dict[str, Any]) -> None:
    item.set("", data)
    assert item.to_data() == data
    assert item.api_version == data.get("apiVersion", "")


def test_several_fields_are_set_at_once_where_there_was_nothing(item: Resource) -> None:
    item.update("metadata.labels", {"a": "1", "b": "2"})
    item.update("metadata.labels", {"b": "3", "c": "4"})
    item.update("spec.nothing", {"x": 1, "y": 2})
    item.update("spec.selector", {})
    assert item.get("metadata.labels") == {"a": "1", "b": "3", "c": "4"}
    assert item.get("spec.nothing") == {"x": 1, "y": 2}


def test_a_dataclass_is_set_as_its_fields(item: Resource) -> None:
    @dataclass
    class Probe:
        period_seconds: int = 3
        path: str | None = None

    item.set("spec.probe", Probe())
    assert item.get("spec.probe") == {"periodSeconds": 3}


@pytest.mark.parametrize(
    ("path", "data", "said"),
    [
        (
            "metadata.name.x",
            1,
            "metadata.name cannot be changed: this is not a mapping, so there can be no x in it",
        ),
        ("spec[0]", 1, "spec cannot be changed: this is not a list, so there can be no [0] in it"),
        ("spec.containers[5].image", "x", "spec.containers[5] cannot be changed: the list has 2 items"),
        ("spec.new[3]", "x", "spec.new[3] cannot be changed: the list is new"),
        ("", [1], "cannot be changed: a resource is a mapping"),
        ("spec.containers[0]", 3, "spec.containers[0] cannot be changed: replace a field of the item"),
    ],
)
def test_a_path_that_leads_nowhere_changes_nothing(item: Resource, path: str, data: Any, said: str) -> None:
    with pytest.raises(FieldError) as caught:
        item.set(path, data)
    assert said in str(caught.value)
    assert "Deployment prod/web" in str(caught.value)
    assert item.text == TEXT


def test_data_that_yaml_cannot_hold_changes_nothing(item: Resource) -> None:
    for data in ({1: 2}, object(), "\ud800", 2**70):
        with pytest.raises(EditError):
            item.set("spec.new", data)
    with pytest.raises(ValueError, match="malformed"):
        item.set("spec.[", 1)
    assert item.text == TEXT


ANCHORS = """\
base: &base
  labels: {a: &a "1"}
one:
  <<: *base
  own: 1
two: *base
three: [*a, 2]
"""


def test_what_others_use_too_is_not_edited() -> None:
    item = Resource.from_text(ANCHORS)
    assert item.get("one.labels.a") == item.get("two.labels.a") == "1"
    for path in ("two.labels.a", "two.new"):
        with pytest.raises(FieldError, match=r"two cannot be changed: this is \*base, which others use"):
            item.set(path, "2")
    with pytest.raises(FieldError, match="two cannot be changed"):
        item.delete("two.labels")
    with pytest.raises(FieldError, match=r"one.labels cannot be changed: this is merged from a mapping"):
        item.set("one.labels.b", "2")
    with pytest.raises(FieldError, match=r"one.labels cannot be changed: this is merged from a mapping"):
        item.update("one.labels", {"b": "2", "c": "3"})
    assert item.text == ANCHORS


def test_what_aliases_and_merge_keys_say_already_is_left_to_them() -> None:
    item = Resource.from_text(ANCHORS)
    item.set("one", {"labels": {"a": "1"}, "own": 2})
    item.set("two", {"labels": {"a": "1"}})
    item.set("three", ["1", 3])
    assert item.text == ANCHORS.replace("own: 1", "own: 2").replace("[*a, 2]", "[*a, 3]")


def test_a_merge_key_goes_where_its_fields_have_to() -> None:
    item = Resource.from_text(ANCHORS)
    item.set("one", {"own": 1})
    assert item.get("one") == {"own": 1}
    assert item.get("two") == {"labels": {"a": "1"}}


def test_what_an_alias_in_it_stands_for_cannot_be_set_apart() -> None:
    text = "l:\n- &x a # first\n- *x\n"
    item = Resource.from_text(text)
    with pytest.raises(FieldError, match="l cannot be changed: an alias in it stands for what would change"):
        item.set("l", ["b", "a"])
    assert item.text == text
    item.set("l", ["b", "b"])
    assert item.get("l") == ["b", "b"]


def test_a_merge_key_of_the_whole_resource_is_written_out_where_it_has_to_be() -> None:
    item = Resource.from_text("a: 1 # one\n<<:\n  a: 2\n  b: 3\n")
    item.set("", {"b": 3})
    assert item.to_data() == {"b": 3}


def test_the_end_of_a_list_goes_while_a_field_comes_after_it() -> None:
    item = Resource.from_text("field:\n  a: 1 # one\n  l:\n    - x # x\n    - y\n")
    item.set("field", {"a": 1, "l": ["x"], "b": 2})
    assert item.text == "field:\n  a: 1 # one\n  l:\n    - x # x\n  b: 2\n"


# deleting, parts, comments


def test_what_is_deleted_takes_its_comments_along(item: Resource) -> None:
    assert item.delete("spec.containers[1]")
    assert not item.delete("spec.containers[7]")
    assert not item.delete("spec.nowhere.x")
    assert changed(item) == [
        "-    # the second",
        "-    - name: log # log's name",
        "-      image: log:1 # log's image",
    ]


def test_a_part_is_read_and_set_as_a_resource_is(item: Resource) -> None:
    web, log = item.parts("spec.containers")
    assert (web.get_string("name"), log.get_string("image")) == ("web", "log:1")
    web.set("ports[0].containerPort", 80)
    log.set_line_comment("image", "mine")
    log.part("resources.limits", create=True).set("cpu", "1")
    assert item.get("spec.containers") == [
        {"name": "web", "image": "web:1", "ports": [{"containerPort": 80}]},
        {"name": "log", "image": "log:1", "resources": {"limits": {"cpu": "1"}}},
    ]
    assert log.line_comment("image") == "# mine"
    assert log.resource is item
    assert repr(log) == "<Part Deployment prod/web: spec.containers[1]>"


def test_a_part_that_is_not_there_is_none(item: Resource) -> None:
    """A function that labels pods must not give a Service a template."""
    assert item.part("spec.template.metadata") is None
    assert item.part("spec.nothing") is None
    assert item.part("spec.template", create=True) is not None
    assert not item.is_changed


def test_a_result_about_a_part_names_the_whole_path(item: Resource) -> None:
    _, log = item.parts("spec.containers")
    result = Result.error("too old", log, path="image")
    assert (result.resource_ref, result.field) == (item.ref, Field("spec.containers[1].image", "log:1"))
    about = Result.warning("odd", log)
    assert about.field is not None
    assert about.field.path == "spec.containers[1]"
    assert FunctionError.about(log, "no", path="image").results[0].field == result.field
    assert log.path == ("spec", "containers", 1)


def test_errors_of_a_part_name_the_whole_path(item: Resource) -> None:
    with pytest.raises(FieldError, match=r"spec.containers\[1\].image must be a whole number"):
        item.parts("spec.containers")[1].get_int("image")
    with pytest.raises(FieldError, match=r"spec.args\[0\] must be a mapping"):
        item.parts("spec.args")
    with pytest.raises(FieldError, match=r"spec.args must be a mapping"):
        item.part("spec.args")
    with pytest.raises(FieldError, match=r"spec.selector must be a list"):
        item.part("spec", create=True).parts("selector")
    assert item.parts("spec.nothing") == []


def test_comments_are_read_set_removed_and_moved(item: Resource) -> None:
    assert item.line_comment("spec.replicas") == "# two"
    assert item.line_comment("spec.selector") == "# what it selects"
    assert item.head_comment("spec.containers[0]") == "the first"
    item.move_line_comment("spec.replicas", "metadata.namespace")
    item.set_line_comment("metadata.name", "")
    item.set_head_comment("spec.containers[0]", "a\nb")
    item.move_line_comment_up("spec.selector.app")
    item.move_line_comment("spec.paused", "metadata.name")
    assert changed(item) == [
        "-  name: web # the name",
        "-  namespace: prod",
        "-  replicas: 2 # two",
        "-    app: web # app",
        "-    # the first",
        "+  name: web",
        "+  namespace: prod # two",
        "+  replicas: 2",
        "+    # app",
        "+    app: web",
        "+    # a",
        "+    # b",
    ]


def test_a_comment_needs_a_field_and_room(item: Resource) -> None:
    with pytest.raises(FieldError, match=r"spec.nowhere is not there"):
        item.set_line_comment("spec.nowhere", "x")
    with pytest.raises(NoRoomError):
        item.set_line_comment("spec.args[0]", "x")
    with pytest.raises(EditError):
        item.set_line_comment("spec.replicas", "two\nlines")
    assert item.text == TEXT

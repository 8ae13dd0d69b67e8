"""A functionConfig is read as texts or as a dataclass; what is wrong with it is said with its path."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from krmfn import config
from krmfn.resources.function_error import FunctionError
from krmfn.resources.resource import Resource
from krmfn.resources.resource_list import ResourceList
from krmfn.resources.result import Field

PLACEHOLDER = Resource.from_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: function-input}\ndata: {}\n")


def config_map(**data: Any) -> Resource:
    return Resource.from_data(
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "function-input"}, "data": data}
    )


def custom(body: dict[str, Any], kind: str = "SetTeam", api_version: str = "example.com/v1") -> Resource:
    return Resource.from_data({"apiVersion": api_version, "kind": kind, "metadata": {"name": "x"}, **body})


def said(error: pytest.ExceptionInfo[FunctionError]) -> list[str]:
    return [result.message for result in error.value.results]


@dataclass(frozen=True, slots=True)
class Team:
    name: str
    size: int = 1


@dataclass(frozen=True, slots=True)
class SetTeam:
    team: str
    dry_run: bool = False
    kinds: tuple[str, ...] = ()
    others: tuple[Team, ...] = ()


def test_the_placeholder_of_kpt_is_not_a_configuration() -> None:
    empty = Resource.from_text("{}")
    for source in (None, PLACEHOLDER, empty, ResourceList.of([]), ResourceList.of([], PLACEHOLDER)):
        assert config.find(source) is None
        assert config.as_mapping(source) == {}
    other = Resource.from_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: mine}\n")
    given = config_map(a="b")
    assert config.find(other) is other
    assert config.find(ResourceList.of([], given)) is given


def test_a_config_map_is_a_mapping_of_texts() -> None:
    assert config.as_mapping(config_map(team="shop", size="3")) == {"team": "shop", "size": "3"}


def test_keys_of_a_config_map_are_checked_and_all_of_them_named() -> None:
    source = config_map(tean="shop", size=3, extra="x")
    with pytest.raises(FunctionError) as caught:
        config.as_mapping(source, required=["team"], optional=["size"])
    assert said(caught) == [
        "functionConfig.data.tean is not known; did you mean team?",
        "functionConfig.data.size must be a string, not 3",
        "functionConfig.data.extra is not known; known are team, size",
        "functionConfig.data.team is missing",
    ]
    assert caught.value.results[1].field == Field("data.size", 3)
    assert caught.value.results[1].resource_ref == source.ref
    with pytest.raises(config.ConfigError, match=r"^functionConfig.data.team is missing$"):
        config.as_mapping(None, required=["team"])


def test_another_kind_is_not_a_config_map() -> None:
    with pytest.raises(config.ConfigError, match=r"^functionConfig is a example.com/v1 SetTeam, but must be"):
        config.as_mapping(custom({"data": {"a": "b"}}))
    with pytest.raises(config.ConfigError, match=r"^functionConfig.data must be a mapping"):
        config.as_mapping(Resource.from_text("{apiVersion: v1, kind: ConfigMap, data: [a]}"))


def test_a_dataclass_is_read_from_a_config_map_and_from_a_resource() -> None:
    expected = SetTeam("shop", dry_run=True, kinds=("Job", "Pod"))
    texts = config_map(team="shop", dryRun="true", kinds="Job, Pod")
    spec = {"team": "shop", "dryRun": True, "kinds": ["Job", "Pod"]}
    assert config.load(SetTeam, texts) == expected
    assert config.load(SetTeam, custom({"spec": spec})) == expected
    assert config.load(SetTeam, custom(spec), at="") == expected
    assert config.load(SetTeam, custom({"spec": {"inner": spec}}), at="spec.inner") == expected
    assert config.load(SetTeam, custom({"spec": spec, "status": {}}), kind="SetTeam") == expected


def test_everything_wrong_with_a_resource_is_said_with_its_path() -> None:
    spec = {"team": 3, "dryRun": "true", "others": [{"name": "a"}, {"nam": "b", "size": "2"}]}
    with pytest.raises(FunctionError) as caught:
        config.load(SetTeam, custom({"spec": spec, "sepc": {}}))
    assert said(caught) == [
        "functionConfig.sepc is not known; did you mean spec?",
        "functionConfig.spec.team must be a string, not 3",
        'functionConfig.spec.dryRun must be true or false, not "true"',
        "functionConfig.spec.others[1].nam is not known; did you mean name?",
        "functionConfig.spec.others[1].name is missing; it must be a string",
        'functionConfig.spec.others[1].size must be a whole number, not "2"',
    ]


def test_what_texts_cannot_say_is_refused() -> None:
    with pytest.raises(FunctionError) as caught:
        config.load(SetTeam, config_map(team="a", dryRun="yes", others="[{name: a}]"))
    assert said(caught) == [
        'functionConfig.data.dryRun must be true or false, not "yes"',
        'functionConfig.data.others[0] must be a mapping, not "[{name: a}]"',
    ]


def test_without_a_configuration_there_are_the_defaults_or_an_error() -> None:
    assert config.load(Team, config_map(name="x")) == Team("x")
    for source in (None, PLACEHOLDER):
        with pytest.raises(FunctionError) as caught:
            config.load(SetTeam, source)
        assert said(caught) == ["functionConfig.data.team is missing; it must be a string"]
    with pytest.raises(FunctionError, match=r"^functionConfig.spec.team is missing"):
        config.load(SetTeam, None, kind="SetTeam")


def test_another_kind_is_named() -> None:
    with pytest.raises(FunctionError) as caught:
        config.load(SetTeam, custom({"spec": {}}, "SetTeams"), kind="SetTeam", api_version="example.com/v1")
    assert said(caught) == [
        "functionConfig is a example.com/v1 SetTeams, but must be a example.com/v1 SetTeam or a ConfigMap"
    ]
    with pytest.raises(FunctionError, match=r"must be a example\.com/v2 resource"):
        config.load(SetTeam, custom({"spec": {}}), api_version="example.com/v2")
    with pytest.raises(FunctionError, match=r"functionConfig.spec must be a mapping, not a list"):
        config.load(SetTeam, custom({"spec": []}))
    with pytest.raises(FunctionError, match=r"functionConfig.spec.team is missing"):
        config.load(SetTeam, custom({}))

"""Plain data becomes dataclasses, or a list of all that is wrong with it; and dataclasses become data again."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence  # noqa: TC003  (read from the dataclasses when they are loaded)
from dataclasses import dataclass, field
from typing import Any, Literal

import pytest
from hypothesis import given, strategies as st

from krmfn.yaml.dataclass_io import dump, load
from krmfn.yaml.error_text import shown
from krmfn.yaml.path import show


class Mode(enum.Enum):
    FAST = "fast"
    SLOW = "slow"


@dataclass(frozen=True, slots=True)
class Image:
    name: str
    new_tag: str | None = None

    def __post_init__(self) -> None:
        if ":" in self.name:
            raise ValueError(f"holds a tag, {self.name}; say it in newTag")


@dataclass(frozen=True, slots=True)
class Config:
    images: tuple[Image, ...] = ()
    mode: Mode = Mode.FAST
    level: Literal[1, 2, "all"] = 1
    limit: float = 0.5
    count: int | None = 3
    enabled: bool = True
    labels: dict[str, str] = field(default_factory=dict)
    names: frozenset[str] = frozenset()
    pair: tuple[str, int] = ("a", 1)
    from_: str = ""
    max_age: int | str = field(default=0, metadata={"key": "max-age"})
    anything: Any = None
    rest: Sequence[Mapping[str, list[int]]] = ()
    made: int = field(default=7, init=False)


def read(kind: Any, data: Any, *, texts: bool = False) -> tuple[Any, list[str]]:
    problems: list[str] = []
    made = load(kind, data, (), lambda path, what: problems.append(f"{show(path)} {what}"), texts=texts)
    return made, problems


FULL = {
    "images": [{"name": "web", "newTag": "1"}, {"name": "db"}],
    "mode": "slow",
    "level": "all",
    "limit": 2.0,
    "count": 5,
    "enabled": False,
    "labels": {"a.b/c": "x"},
    "names": ["a", "b"],
    "pair": ["x", 2],
    "from": "here",
    "max-age": "1d",
    "anything": {"x": [1, None]},
    "rest": [{"a": [1]}],
}


def test_every_type_is_read_and_written() -> None:
    made, problems = read(Config, FULL)
    assert problems == []
    assert made == Config(
        images=(Image("web", "1"), Image("db")),
        mode=Mode.SLOW,
        level="all",
        limit=2.0,
        count=5,
        enabled=False,
        labels={"a.b/c": "x"},
        names=frozenset(["a", "b"]),
        pair=("x", 2),
        from_="here",
        max_age="1d",
        anything={"x": [1, None]},
        rest=({"a": [1]},),
    )
    assert dump(made) == FULL


def test_what_is_not_said_is_the_default() -> None:
    assert read(Config, {}) == (Config(), [])
    assert read(Config, dict.fromkeys(FULL)) == (Config(count=None), [])


@given(
    st.builds(
        Config,
        images=st.lists(st.builds(Image, st.text("ab", min_size=1), st.none() | st.text("12"))).map(tuple),
        mode=st.sampled_from(Mode),
        level=st.sampled_from([1, 2, "all"]),
        limit=st.floats(allow_nan=False),
        count=st.integers(),
        labels=st.dictionaries(st.text(), st.text()),
        names=st.frozensets(st.text("xyz")),
        max_age=st.integers() | st.text(),
    )
)
def test_what_is_written_is_read_again(config: Config) -> None:
    assert read(Config, dump(config)) == (config, [])


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"mode": "quick"}, 'mode must be fast or slow, not "quick"'),
        ({"level": True}, "level must be 1 or 2 or all, not true"),
        ({"limit": "1"}, 'limit must be a number, not "1"'),
        ({"count": 1.0}, "count must be a whole number, not 1.0"),
        ({"count": True}, "count must be a whole number, not true"),
        ({"enabled": 1}, "enabled must be true or false, not 1"),
        ({"labels": ["a"]}, "labels must be a mapping, not a list"),
        ({"labels": {"a.b/c": 1}}, 'labels["a.b/c"] must be a string, not 1'),
        ({"names": "a"}, 'names must be a list, not "a"'),
        ({"names": ["a", None]}, "names[1] must be a string, not null"),
        ({"pair": ["a"]}, "pair must be a list of 2, but holds 1"),
        ({"pair": ["a", "b"]}, 'pair[1] must be a whole number, not "b"'),
        ({"max-age": []}, "max-age must be a whole number or a string, not a list"),
        ({"image": []}, "image is not known; did you mean images?"),
        ({"made": 1}, "made is not known; did you mean mode?"),
        ({"images": {"name": "x"}}, "images must be a list, not a mapping"),
        ({"images": [{"name": "a"}, {"newTag": "1"}]}, "images[1].name is missing; it must be a string"),
        ({"images": [{"name": "a:1"}]}, "images[0] holds a tag, a:1; say it in newTag"),
        ({"rest": [{"a": [1]}, {"b": ["x"]}]}, 'rest[1].b[0] must be a whole number, not "x"'),
        ({"from_": "x"}, "from_ is not known; did you mean from?"),
        ([], " must be a mapping, not a list"),
        (None, " must be a mapping, not null"),
    ],
)
def test_what_is_wrong_is_said_with_its_path(data: Any, said: str) -> None:
    assert read(Config, data)[1] == [said]


def test_everything_that_is_wrong_is_said() -> None:
    _, problems = read(Config, {"images": [{"name": 1, "x": 2}, {}], "count": "x", "zzz": 1})
    assert [problem.partition(" ")[0] for problem in problems] == [
        "zzz",
        "images[0].x",
        "images[0].name",
        "images[1].name",
        "count",
    ]


@dataclass
class Either:
    one: Image | str | None = None
    other: Image | Config | None = None


def test_of_a_union_the_first_type_that_fits_is_taken() -> None:
    assert read(Either, {"one": "text"})[0] == Either("text")
    assert read(Either, {"one": {"name": "a"}})[0] == Either(Image("a"))
    assert read(Either, {"other": {"count": 1}})[0] == Either(other=Config(count=1))


def test_of_a_union_the_type_that_is_meant_is_blamed() -> None:
    assert read(Either, {"one": {"name": 1}})[1] == ["one.name must be a string, not 1"]
    assert read(Either, {"one": 5})[1] == ["one must be a mapping or a string, not 5"]
    assert read(Either, {"other": {"zzz": 5}})[1] == ["other must be a mapping, not a mapping"]


@dataclass
class Texts:
    count: int = 0
    ratio: float = 0.0
    enabled: bool = False
    names: list[str] = field(default_factory=list)
    ports: tuple[int, ...] = ()
    mode: Mode = Mode.FAST
    level: Literal[1, 2] = 1
    maybe: int | None = None
    either: int | str = 0
    text: str = ""
    nested: Image | None = None


def test_texts_of_a_config_map_are_what_they_look_like() -> None:
    data = {
        "count": " -3 ",
        "ratio": "1e3",
        "enabled": "true",
        "names": "a, b,c",
        "ports": "80,443",
        "mode": "slow",
        "level": "2",
        "maybe": "5",
        "either": "five",
        "text": "7",
    }
    expected = Texts(-3, 1000.0, True, ["a", "b", "c"], (80, 443), Mode.SLOW, 2, 5, "five", "7")
    assert read(Texts, data, texts=True) == (expected, [])
    assert read(Texts, {"names": " ", "ratio": "2"}, texts=True) == (Texts(ratio=2.0), [])


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"count": "3.0"}, 'count must be a whole number, not "3.0"'),
        ({"count": "0x10"}, 'count must be a whole number, not "0x10"'),
        ({"count": "9" * 30}, f'count must be a whole number, not "{"9" * 30}"'),
        ({"ratio": "nan"}, 'ratio must be a number, not "nan"'),
        ({"enabled": "yes"}, 'enabled must be true or false, not "yes"'),
        ({"ports": "80,x"}, 'ports[1] must be a whole number, not "x"'),
        ({"level": "3"}, 'level must be 1 or 2, not "3"'),
        ({"nested": "{name: x}"}, 'nested must be a mapping, not "{name: x}"'),
        ({"count": 3.5}, "count must be a whole number, not 3.5"),
    ],
)
def test_texts_of_a_config_map_that_are_something_else(data: Any, said: str) -> None:
    assert read(Texts, data, texts=True)[1] == [said]


def test_types_that_yaml_cannot_hold_are_the_programs_mistake() -> None:
    @dataclass
    class Wrong:
        when: complex = 1j

    with pytest.raises(TypeError, match="complex"):
        load(complex, 1, (), print)

    @dataclass
    class Hidden:
        value: Wrong

    with pytest.raises(TypeError, match="Hidden cannot be read: name 'Wrong' is not defined"):
        load(Hidden, {}, (), print)
    values: tuple[object, ...] = (Wrong(), b"x", object())
    for value in values:
        with pytest.raises(TypeError, match="not a type that YAML can hold"):
            dump(value)


def test_values_are_shown_as_yaml_writes_them() -> None:
    values: list[Any] = [None, True, 1, 1.0, "a", {}, []]
    assert list(map(shown, values)) == ["null", "true", "1", "1.0", '"a"', "a mapping", "a list"]
    assert len(shown("x" * 1000)) < 70

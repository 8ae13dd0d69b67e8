"""Numbers are read as Go's strconv.ParseFloat reads them, and ordered as float64."""

from __future__ import annotations

import math
from itertools import permutations

import pytest
from hypothesis import given, strategies as st

from fluxmark.flux.policy.errors import PolicyError
from fluxmark.flux.policy.numerical import Numerical
from fluxmark.golang.numbers import parse_float


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1.0),
        ("+5", 5.0),
        (".5", 0.5),
        ("5.", 5.0),
        ("1e3", 1000.0),
        ("12345e7", 12345e7),
        ("1_000", 1000.0),
        ("0_1", 1.0),
        ("1_0.0_1e1_0", 10.01e10),
        ("0x1p4", 16.0),
        ("0X_1.8P+1", 3.0),
        ("0x.8p0", 0.5),
        ("0x1p-1075", 0.0),
        ("0x1.8p-1075", 5e-324),
        ("1e-999", 0.0),
        ("inf", math.inf),
        ("-Infinity", -math.inf),
        ("9007199254740993", 9007199254740992.0),
        ("1" * 300, float("1" * 300)),
    ],
)
def test_a_number(text: str, value: float) -> None:
    assert parse_float(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        " 5",
        "5\n",
        "5 ",
        "0x10",
        "0x.p1",
        "0xp1",
        "0b1",
        "1e999",
        "0x1p1024",
        "9" * 400,
        "1e",
        "1e+",
        ".",
        "_1",
        "1_",
        "1__0",
        "1_.0",
        "1._0",
        "1e_5",
        "0x1_p1",
        "+nan",
        "infi",
        "\u0661",
        "1d",
        "--1",
        "\u0131nf",
    ],
)
def test_no_number(text: str) -> None:
    assert parse_float(text) is None


def test_nan_is_a_number() -> None:
    assert math.isnan(parse_float("NaN") or 0.0)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_is_read_back_from_each_way_to_write_it(value: float) -> None:
    assert parse_float(repr(value)) == value
    assert parse_float(value.hex()) == value
    assert parse_float(f"{value:.17e}".upper()) == value


@given(st.text(alphabet="0123456789_.+-eExXpPabfinNty", max_size=12))
def test_what_is_read_is_what_python_reads(text: str) -> None:
    value = parse_float(text)
    if value is not None and not math.isnan(value):
        plain = text.replace("_", "")
        assert value == (float.fromhex(plain) if "x" in plain.lower() else float(plain))


def test_of_equal_numbers_the_last_wins() -> None:
    assert Numerical().choose(["1.0", "1", "01", "0"]).key == "01"
    assert Numerical(descending=True).choose(["2", "1.0", "1", "01"]).key == "01"


def test_one_key_that_is_not_a_number_fails_the_policy() -> None:
    with pytest.raises(PolicyError) as caught:
        Numerical().choose(["1", "x", "y"])
    assert str(caught.value) == "failed to parse invalid numeric value 'x'"


def test_long_timestamps_collapse() -> None:
    keys = ("20240101123456789", "20240101123456788")
    assert Numerical().choose(keys).ties == keys


numbers = st.lists(
    st.sampled_from(["0", "-0", "1", "1.0", "01", "2", "2e0", "inf", "nan", "NaN"]), min_size=1, max_size=5
)


@given(numbers, st.booleans())
def test_the_choice_is_that_of_the_controllers_loop(keys: list[str], descending: bool) -> None:
    def loop(order: tuple[str, ...]) -> str:
        best, value = order[0], float(order[0])
        for key in order[1:]:
            number = float(key)
            if not (number > value if descending else number < value):
                best, value = key, number
        return best

    policy = Numerical(descending)
    assert policy.choose(keys).key == loop(tuple(keys))
    assert set(policy.choose(keys).ties) == {loop(order) for order in permutations(keys)}

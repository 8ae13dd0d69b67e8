"""From a spec and tags to the tag that Flux chooses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, strategies as st

from fluxmark.errors import FluxmarkError
from fluxmark.flux.policy import InvalidPolicyError, PolicyError, Selection, latest
from fluxmark.flux.policy.exclusion import exclude

if TYPE_CHECKING:
    import random

ALPHABETICAL: dict[str, Any] = {"policy": {"alphabetical": {}}}
NUMERICAL: dict[str, Any] = {"policy": {"numerical": {}}}
PADDED = "2025.02.03-rc.1"
BAD_PATTERN = "failed to filter tags: invalid regular expression pattern"


def semver(text: str, **more: Any) -> dict[str, Any]:
    return {"policy": {"semver": {"range": text}}, **more}


def filtered(pattern: str, extract: str = "") -> dict[str, Any]:
    return {"filterTags": {"pattern": pattern, "extract": extract}}


def error_of(spec: dict[str, Any], tags: list[str], **options: Any) -> str:
    with pytest.raises(PolicyError) as caught:
        latest(spec, tags, **options)
    return str(caught.value)


@pytest.mark.parametrize(
    ("choice", "tag"),
    [
        ({"semver": {"range": "<2"}, "alphabetical": {}, "numerical": {}}, "1.0.0"),
        ({"alphabetical": {"order": "asc"}, "numerical": {}}, "3.0.0"),
        ({"semver": None, "alphabetical": {"order": "DESC"}}, "1.0.0"),
        ({"alphabetical": {"order": "Asc"}}, "3.0.0"),
        ({"alphabetical": {"order": ""}}, "3.0.0"),
        ({"alphabetical": {"order": None}}, "3.0.0"),
    ],
)
def test_of_several_choices_semver_comes_first_then_alphabetical(choice: dict[str, Any], tag: str) -> None:
    assert latest({"policy": choice}, ["1.0.0", "3.0.0"]).tag == tag


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({}, "invalid policy: given ImagePolicyChoice object is invalid"),
        ({"policy": {}}, "invalid policy: given ImagePolicyChoice object is invalid"),
        ({"policy": {"semver": {}}}, 'invalid policy: improper constraint: ""'),
        (
            {"policy": {"numerical": {"order": "up"}}},
            "invalid policy: invalid order argument provided: 'UP', must be one of: ASC, DESC",
        ),
        (
            {"policy": {"numerical": {"order": "stra\u00dfe"}}},
            "invalid policy: invalid order argument provided: 'STRA\u00dfE', must be one of: ASC, DESC",
        ),
        (
            {**ALPHABETICAL, **filtered("a)")},
            f"{BAD_PATTERN} 'a)': error parsing regexp: unexpected ): `a)`",
        ),
        ({"policy": "semver"}, "spec.policy must be a mapping, not 'semver'"),
        ({"policy": {"semver": ">=1"}}, "spec.policy.semver must be a mapping, not '>=1'"),
        ({"policy": {"semver": {"range": 1.0}}}, "spec.policy.semver.range must be a string, not 1.0"),
        ({**ALPHABETICAL, "filterTags": {"pattern": 1}}, "spec.filterTags.pattern must be a string, not 1"),
    ],
)
def test_an_invalid_policy_is_one_without_tags_too(spec: dict[str, Any], message: str) -> None:
    for tags in ([], ["1"]):
        with pytest.raises(InvalidPolicyError) as caught:
            latest(spec, tags)
        assert str(caught.value) == message


def test_an_error_that_depends_on_the_tags_is_not_an_invalid_policy() -> None:
    assert error_of(ALPHABETICAL, []) == "version list argument cannot be empty"
    assert error_of({**ALPHABETICAL, **filtered("x")}, ["1"]) == "version list argument cannot be empty"
    assert error_of(semver(">2"), ["1.0.0"]) == "unable to determine latest version from provided list"
    with pytest.raises(PolicyError) as caught:
        latest(NUMERICAL, ["a"])
    assert not isinstance(caught.value, InvalidPolicyError)


def test_order_is_that_of_the_bytes() -> None:
    tags = ["Z", "_", "a", "9", "é", "\ufffd", "\U0001f600"]
    assert latest(ALPHABETICAL, tags).tag == "\U0001f600"
    assert latest({"policy": {"alphabetical": {"order": "desc"}}}, tags).tag == "9"
    assert latest(ALPHABETICAL, ["v9", "v10"]).tag == "v9"


def test_without_a_filter_equal_keys_are_not_tie() -> None:
    assert latest(semver("*"), ["1.2.0", "v1.2.0"]) == Selection("v1.2.0", "v1.2.0")
    assert latest(semver("*"), ["1.2.0", "1.02.0", "1.2.00"]) == Selection("1.2.00", "1.2.00")
    assert latest(NUMERICAL, ["1", "1.0", "01"]) == Selection("01", "01")


def test_with_a_filter_equal_keys_are_a_tie() -> None:
    spec = semver("*", **filtered(".*"))
    assert latest(spec, ["1.2.0", "v1.2.0", "1.1.0"]) == Selection("v1.2.0", "v1.2.0", ("v1.2.0", "1.2.0"))
    spec = {**NUMERICAL, **filtered(r"^b(\d+)-", "$1")}
    assert latest(spec, ["b1-x", "b01-y"]) == Selection("b01-y", "01", ("b1-x", "b01-y"))


def test_of_tags_with_one_key_the_smallest_remains() -> None:
    spec = {**NUMERICAL, **filtered(r"-(\d+)$", "$1")}
    assert latest(spec, ["main-bbb-100", "main-aaa-100", "main-ccc-99"]) == Selection("main-aaa-100", "100")


def test_before_2_7_the_registry_decides_between_equal_keys() -> None:
    assert latest(semver("*"), ["1.2.0", "v1.2.0"], flux_version="2.6").ties == ("v1.2.0", "1.2.0")
    spec = {**NUMERICAL, **filtered(r"-(\d+)$", "$1")}
    tags = ["main-bbb-100", "main-aaa-100", "main-ccc-99"]
    assert latest(spec, tags, flux_version="2.6").ties == ("main-bbb-100", "main-aaa-100")


def test_signatures_are_excluded_unless_the_repository_says_otherwise() -> None:
    tags = ["1", "sha256-ff.sig", "sha256-ff.att"]
    assert latest(ALPHABETICAL, tags).tag == "sha256-ff.att"
    assert latest(ALPHABETICAL, tags, exclusion_list=[]).tag == "sha256-ff.att"
    assert latest(ALPHABETICAL, ["a\n.sig"]).tag == "a\n.sig"
    assert latest(ALPHABETICAL, tags, exclusion_list=["att"]).tag == "sha256-ff.sig"
    assert latest(ALPHABETICAL, tags, exclusion_list=[r"\.sig$", r"^sha256-.*\.att$"]).tag == "1"
    assert error_of(ALPHABETICAL, tags, exclusion_list=["("]) == (
        "failed to compile regex (: error parsing regexp: missing closing ): `(`"
    )


@pytest.mark.parametrize(
    ("flux", "tag"),
    [("2.0", "1.0.0"), ("2.5.1", "1.0.0"), ("v2.6", "1.0.0"), ("2.7", PADDED), ("3.1", PADDED)],
)
def test_a_release_reads_versions_in_its_own_way(flux: str, tag: str) -> None:
    tags = ["1.0.0", PADDED, "2025.02.03"]
    assert latest(semver(">=1.0.0-0 <2025.2.3"), tags, flux_version=flux).tag == tag


def test_a_release_compiles_patterns_in_its_own_way() -> None:
    spec = {**ALPHABETICAL, **filtered("(?<n>a)", "$n")}
    assert latest(spec, ["a"], flux_version="2.3").tag == "a"
    assert "invalid or unsupported Perl syntax: `(?<`" in error_of(spec, ["a"], flux_version="2.2")


def test_a_text_that_is_not_a_flux_version_is_refused() -> None:
    with pytest.raises(FluxmarkError, match="not a Flux version: 'latest'"):
        latest(ALPHABETICAL, ["a"], flux_version="latest")


specs = st.sampled_from(
    [
        ALPHABETICAL,
        {"policy": {"alphabetical": {"order": "desc"}}},
        NUMERICAL,
        {"policy": {"numerical": {"order": "desc"}}},
        semver("*-0"),
        semver(">=1.0.0"),
        {**ALPHABETICAL, **filtered(r"^(\d)", "$1")},
        {**NUMERICAL, **filtered(r"(\d)\.", "$1")},
        semver("*", **filtered(r"^v?(.*)$", "$1")),
    ],
)
tag_lists = st.lists(
    st.one_of(
        st.from_regex(r"v?[0-3]\.[0-3]\.[01]{1,2}(-rc\.[0-2])?", fullmatch=True),
        st.from_regex(r"[0-3]{1,3}(\.[0-3])?", fullmatch=True),
        st.sampled_from(["latest", "1", "01", "nan"]),
    ),
    max_size=8,
)
releases = st.sampled_from([None, "2.8", "2.6", "2.5"])


def outcome(spec: dict[str, Any], tags: list[str], flux: str | None) -> Selection | str:
    try:
        return latest(spec, tags, flux_version=flux)
    except PolicyError as error:
        return str(error)


@given(specs, tag_lists, releases, st.randoms(use_true_random=False))
def test_the_order_of_the_tags_has_no_meaning(
    spec: dict[str, Any],
    tags: list[str],
    flux: str | None,
    chance: random.Random,
) -> None:
    shuffled = tags + tags[:2]
    chance.shuffle(shuffled)
    assert outcome(spec, shuffled, flux) == outcome(spec, tags, flux)


@given(specs, tag_lists, releases)
def test_the_tag_is_one_of_the_tags_and_of_its_ties(
    spec: dict[str, Any], tags: list[str], flux: str | None
) -> None:
    selection = outcome(spec, tags, flux)
    if isinstance(selection, Selection):
        assert selection.tag in tags
        assert set(selection.ties) <= set(tags)
        assert not selection.ties or selection.tag in selection.ties
        assert len(selection.ties) != 1


@given(specs, tag_lists, st.sampled_from(["1.2.0", "v3.3.1-rc.2", "2", "0.5"]))
def test_one_more_tag_wins_or_changes_nothing(spec: dict[str, Any], tags: list[str], more: str) -> None:
    before, after = outcome(spec, tags, None), outcome(spec, [*tags, more], None)
    if isinstance(before, Selection) and isinstance(after, Selection) and "nan" not in tags:
        assert after.tag in {before.tag, more}


@pytest.mark.parametrize("patterns", [[float("nan")], [[]], [{}], {"a": 1}, "x", [None], 1])
def test_an_exclusion_list_that_is_none_fails_the_policy(patterns: Any) -> None:
    with pytest.raises(PolicyError, match="exclusionList of the ImageRepository is not a list of strings"):
        exclude(["1.0.0"], patterns)

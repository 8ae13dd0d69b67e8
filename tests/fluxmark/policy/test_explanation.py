"""An explanation says which step drops what, and agrees with the selection."""

from __future__ import annotations

import pytest

from fluxmark.flux.policy import InvalidPolicyError, PolicyError, Selection, latest
from fluxmark.flux.policy.explanation import Candidate, Dropped, explain


def test_each_step_says_what_it_drops() -> None:
    spec = {
        "policy": {"semver": {"range": ">=1.0.0"}},
        "filterTags": {"pattern": "^(?:app|web)-(.*)$", "extract": "$1"},
    }
    tags = [
        "app-1.0.0",
        "web-1.0.0",
        "app-1.1.0",
        "app-1.2.0-rc.1",
        "app-0.9.0",
        "app-0.8.0",
        "app-2",
        "x",
        "a.sig",
    ]
    explanation = explain(spec, tags, best=2)
    assert explanation.total == len(tags)
    assert explanation.dropped == (
        Dropped("excluded by the image repository", 1, "a.sig"),
        Dropped("not matched by filterTags.pattern", 1, "x"),
        Dropped("same extracted text as another tag", 1, "web-1.0.0"),
        Dropped("not a version of three parts", 1, "app-2"),
        Dropped("a prerelease, which the range does not ask for", 1, "app-1.2.0-rc.1"),
        Dropped("outside the range", 2, "app-0.9.0"),
    )
    assert explanation.remaining == 2
    assert explanation.best == (Candidate("app-1.1.0", "1.1.0"), Candidate("app-1.0.0", "1.0.0"))
    assert explanation.selection == Selection("app-1.1.0", "1.1.0")
    assert explanation.error is None


def test_a_policy_that_selects_nothing_is_explained_as_well() -> None:
    explanation = explain({"policy": {"numerical": {}}}, ["1", "2", "latest", "main"])
    assert explanation.dropped == (Dropped("not a number, which fails the policy", 2, "main"),)
    assert explanation.best == (Candidate("2", "2"), Candidate("1", "1"))
    assert explanation.selection is None
    assert str(explanation.error) == "failed to parse invalid numeric value 'main'"


def test_an_invalid_policy_has_no_explanation() -> None:
    with pytest.raises(InvalidPolicyError):
        explain({"policy": {}}, ["1"])


@pytest.mark.parametrize(
    ("choice", "tags"),
    [
        ({"alphabetical": {}}, ["b", "a", "c"]),
        ({"alphabetical": {"order": "desc"}}, ["b", "a", "c"]),
        ({"numerical": {}}, ["1", "2.0", "2", "02", "-1"]),
        ({"numerical": {"order": "desc"}}, ["1", "1.0", "2", "-inf", "inf"]),
        ({"semver": {"range": "*-0"}}, ["1.0.0", "v1.0.0", "1.0.0-rc", "0.9.0"]),
    ],
)
@pytest.mark.parametrize("flux", ["2.6", None])
def test_the_best_is_the_one_selected(choice: dict[str, object], tags: list[str], flux: str | None) -> None:
    spec = {"policy": choice}
    explanation = explain(spec, iter(tags), flux_version=flux, best=100)
    assert explanation.best[0].tag == latest(spec, tags, flux_version=flux).tag
    assert {candidate.tag for candidate in explanation.best} == set(tags)


def test_no_tags_at_all() -> None:
    explanation = explain({"policy": {"alphabetical": {}}}, [])
    assert (explanation.total, explanation.dropped, explanation.best) == (0, (), ())
    assert isinstance(explanation.error, PolicyError)

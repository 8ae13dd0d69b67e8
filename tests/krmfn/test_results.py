"""Results are made of what is to blame, and sorted as people or programs want them."""

from __future__ import annotations

import pytest

from krmfn.resources.function_error import FunctionError
from krmfn.resources.resource import Resource
from krmfn.resources.result import (
    Field,
    File,
    ResourceRef,
    Result,
    Severity,
    by_file,
    errors,
    exit_code,
    failed,
    ordered,
)

ITEM = Resource.from_text(
    """\
kind: Pod
metadata:
  name: web
  annotations:
    internal.config.kubernetes.io/path: a.yaml
    internal.config.kubernetes.io/index: '3'
spec: {replicas: 2, loop: &l [*l]}
"""
)


def test_a_result_of_nothing_but_a_message() -> None:
    assert Result.error("no") == Result("no", Severity.ERROR)
    assert Result.warning(ValueError("hm")) == Result("hm", Severity.WARNING)
    assert Result.info("done", tags={"rule": "r"}).tags == {"rule": "r"}


def test_a_result_about_a_resource_and_a_field() -> None:
    ref, file = ResourceRef("", "Pod", "web"), File("a.yaml", 3)
    assert Result.error("no", ITEM) == Result("no", Severity.ERROR, ref, None, file)
    about = Result.warning("few", ITEM, path=("spec", "replicas"), proposed=3)
    assert about == Result("few", Severity.WARNING, ref, Field("spec.replicas", 2, 3), file)
    assert Result.info("x", ITEM, path="spec.nowhere").field == Field("spec.nowhere")


def test_what_cannot_be_shown_does_not_hide_what_is_to_be_said() -> None:
    assert Result.error("a loop", ITEM, path="spec.loop").field == Field("spec.loop")


def test_a_resource_without_a_file_gets_no_index_of_one() -> None:
    result = Result.error("no", Resource.from_data({"kind": "Pod"}))
    assert result.file is None
    assert result.to_dict() == {"message": "no", "severity": "error", "resourceRef": {"kind": "Pod"}}


def test_a_result_about_a_file() -> None:
    result = Result.about_file("a/b.yaml", OSError("gone"), index=1)
    assert result == Result("gone", Severity.ERROR, file=File("a/b.yaml", 1))


def test_a_path_needs_a_resource() -> None:
    with pytest.raises(ValueError, match="needs the resource"):
        Result.error("no", path="spec")


RESULTS = [
    Result.about_file("b.yaml", "4", Severity.INFO),
    Result.about_file("a.yaml", "3", Severity.INFO, index=1),
    Result.about_file("a.yaml", "2", Severity.WARNING),
    Result.info("1"),
    Result.about_file("a.yaml", "0", Severity.ERROR, index=1),
]


def test_results_are_sorted_by_severity_for_people_and_by_file_on_request() -> None:
    assert [result.message for result in ordered(RESULTS)] == ["0", "2", "1", "3", "4"]
    assert [result.message for result in by_file(RESULTS)] == ["1", "2", "0", "3", "4"]


def test_one_error_decides_the_exit_status() -> None:
    assert errors(RESULTS) == [RESULTS[-1]]
    assert (failed(RESULTS), exit_code(RESULTS)) == (True, 1)
    assert (failed(RESULTS[:-1]), exit_code(RESULTS[:-1]), exit_code([])) == (False, 0, 0)


def test_an_error_carries_results() -> None:
    assert FunctionError("no").results == (Result.error("no"),)
    about = FunctionError.about(ITEM, "few", path="spec.replicas")
    assert about.results == (Result.error("few", ITEM, path="spec.replicas"),)
    assert FunctionError("no").results_on(ITEM) == (Result.error("no", ITEM),)
    assert about.results_on(Resource.from_data({})) == about.results


def test_several_errors_are_told_as_one() -> None:
    one, other = FunctionError("a"), FunctionError("b", Result.error("b1"), Result.error("b2"))
    assert FunctionError.of([one]) is one
    both = FunctionError.of([one, other])
    assert str(both) == "a\nb"
    assert [result.message for result in both.results] == ["a", "b1", "b2"]

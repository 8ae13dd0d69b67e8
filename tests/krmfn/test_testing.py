"""The helpers for tests say what is wrong, and only then."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from krmfn.errors import InputError
from krmfn.functions.function import Function
from krmfn.functions.testing import (
    GoldenCase,
    assert_idempotent,
    assert_only_lines_changed,
    check_golden,
    golden_cases,
    run_text,
)
from krmfn.resources.function_error import FunctionError
from krmfn.resources.result import Result, Severity

if TYPE_CHECKING:
    from pathlib import Path

    from krmfn.resources.resource_list import ResourceList

HEAD = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n"
POD = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: {} # c\n"
ITEM = "- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: {} # c\n"
CONFIG = "# for tests\napiVersion: v1\nkind: ConfigMap\ndata: {team: shop}\n"
EXPECTED = (
    f"{HEAD}items:\n"
    + "".join(ITEM.format(name) + "    team: shop\n" for name in ("k", "a1", "a2", "b"))
    + "functionConfig:\n  # for tests\n  apiVersion: v1\n  kind: ConfigMap\n  data: {team: shop}\n"
    + "results:\n- message: done\n  severity: info\n"
)


def set_team(resources: ResourceList) -> None:
    for item in resources.items:
        item.set("metadata.team", resources.config["data"]["team"])
    resources.results.append(Result("done", Severity.INFO))


@pytest.fixture
def case(tmp_path: Path) -> GoldenCase:
    files = {
        "Kptfile": POD.format("k"),
        "a.yaml": POD.format("a1") + "---\n" + POD.format("a2"),
        "b.yml": POD.format("b"),
        "c.json": "{}",
        "README.md": "- no item",
        "_other.yaml": "a: [",
        "_fnconfig.yaml": CONFIG,
        "_expected.yaml": EXPECTED,
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    return GoldenCase(tmp_path)


def test_a_case_is_laid_out_as_for_go(case: GoldenCase) -> None:
    check_golden(case, set_team)
    (case.directory / "_fnconfig.yaml").unlink()
    assert "functionConfig" not in case.text()


def test_a_difference_is_shown(case: GoldenCase) -> None:
    (case.directory / "b.yml").write_text(POD.format("other"))
    with pytest.raises(AssertionError) as caught:
        check_golden(case, set_team)
    assert "_expected.yaml: the function gives something else" in str(caught.value)
    assert "\n-    name: b # c\n+    name: other # c\n" in str(caught.value)


def test_a_missing_expectation_is_not_a_success(case: GoldenCase) -> None:
    (case.directory / "_expected.yaml").unlink()
    with pytest.raises(AssertionError, match="is missing; WRITE_GOLDEN_OUTPUT=1 writes it"):
        check_golden(case, set_team)


def test_the_output_is_written_when_asked_and_the_test_fails_once(
    case: GoldenCase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WRITE_GOLDEN_OUTPUT", "1")
    (case.directory / "_expected.yaml").unlink()
    with pytest.raises(AssertionError, match=r"wrote .*_expected.yaml"):
        check_golden(case, set_team)
    assert (case.directory / "_expected.yaml").read_text() == EXPECTED
    check_golden(case, set_team)


def test_two_configurations_are_refused(case: GoldenCase) -> None:
    (case.directory / "_fnconfig.yaml").write_text(f"{CONFIG}---\n{CONFIG}")
    with pytest.raises(InputError, match="here are 2"):
        check_golden(case, set_team)


def test_every_directory_is_a_case_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="there is no case"):
        golden_cases(tmp_path)
    with pytest.raises(AssertionError, match="no such directory"):
        golden_cases(tmp_path / "none")
    for name in ("b", "a"):
        (tmp_path / name).mkdir()
    assert [case.__name__ for case in golden_cases(tmp_path)] == ["a", "b"]
    (tmp_path / "stray.yaml").touch()
    with pytest.raises(AssertionError, match=r"stray.yaml: expected a directory"):
        golden_cases(tmp_path)


class Counting(Function):
    """A function for one run."""

    def __init__(self) -> None:
        self.items = 0

    def visit(self, resource: Any) -> None:
        self.items += 1
        resource.set("metadata.number", self.items)


TEXT = f"{HEAD}items:\n{ITEM.format('a')}{ITEM.format('b')}"


def test_a_class_is_made_anew_for_every_run() -> None:
    assert run_text(Counting, TEXT).text == run_text(Counting, TEXT).text
    assert assert_idempotent(Counting, TEXT).resources.items[1].get("metadata.number") == 2


def test_a_failure_is_an_outcome_and_a_fault_is_raised() -> None:
    def fail(_: ResourceList) -> None:
        raise FunctionError("no")

    outcome = run_text(fail, TEXT)
    assert (outcome.status, [one.message for one in outcome.resources.results]) == (1, ["no"])
    with pytest.raises(ZeroDivisionError):
        run_text(lambda _: print(1 / 0), TEXT)


def test_a_run_that_fails_is_not_idempotent() -> None:
    def fail(_: ResourceList) -> None:
        raise FunctionError("no")

    with pytest.raises(AssertionError, match=r"the first run failed\n\[error\] no"):
        assert_idempotent(fail, TEXT)


def test_what_changes_again_is_not_idempotent() -> None:
    def grow(resources: ResourceList) -> None:
        resources.items[0].set("metadata.name", resources.items[0].name + "x")

    with pytest.raises(AssertionError) as caught:
        assert_idempotent(grow, TEXT)
    assert "\n-    name: ax # c\n+    name: axx # c\n" in str(caught.value)


def test_results_do_not_count_as_a_change() -> None:
    def say_once(resources: ResourceList) -> None:
        resources.items[0].set("a", "b")
        if resources.items[0].is_changed:
            resources.results.append(Result("set", Severity.INFO))

    assert assert_idempotent(say_once, TEXT).text.endswith("severity: info\n")


BEFORE = "a\nb\nc\n"


@pytest.mark.parametrize(
    ("after", "lines", "wrong"),
    [
        (BEFORE, (), ""),
        ("a\nB\nc\n", {2}, ""),
        ("a\nB\nC\n", {2}, "line 3"),
        ("a\nc\n", {2}, ""),
        ("a\nc\n", {1, 3}, "line 2"),
        ("a\nb\nx\ny\nc\n", {2}, ""),
        ("a\nb\nx\nc\n", {3}, "line 2"),
        ("x\na\nb\nc\n", {0}, ""),
        ("a\nb\nc", {3}, ""),
        ("a\nb\nc # x\n", lambda line: line.startswith("c"), ""),
        ("a # x\nb\nc\n", lambda line: "x" in line, "a\n"),
    ],
)
def test_lines_that_may_change(after: str, lines: Any, wrong: str) -> None:
    if not wrong:
        assert_only_lines_changed(BEFORE, after, lines)
        return
    with pytest.raises(AssertionError) as caught:
        assert_only_lines_changed(BEFORE, after, lines)
    assert str(caught.value).startswith(f"not expected to change: {wrong}")

"""The function on whole lists, laid out as Go's SDK does: `golden/CASE/_expected.yaml` is all that it prints."""

from __future__ import annotations

from pathlib import Path

import pytest

from fluxmark.function import Fluxmark
from krmfn.functions.testing import (
    GoldenCase,
    assert_idempotent,
    assert_only_lines_changed,
    check_golden,
    golden_cases,
    run_text,
)
from krmfn.resources.resource_list import ResourceList

CASES = golden_cases(Path(__file__).parent / "golden")
EACH = pytest.mark.parametrize("case", CASES)


@EACH
def test_the_list_is_as_expected(case: GoldenCase) -> None:
    check_golden(case, Fluxmark)


@pytest.mark.parametrize("case", [case for case in CASES if not case.__name__.startswith("fails")])
def test_a_second_run_changes_nothing(case: GoldenCase) -> None:
    assert_idempotent(Fluxmark, case.text())


@EACH
def test_in_what_was_there_only_lines_with_images_change(case: GoldenCase) -> None:
    before = ResourceList.read(case.text()).items
    after = run_text(Fluxmark, case.text()).resources.items
    for old, new in zip(before, after, strict=False):
        assert_only_lines_changed(old.text, new.text, lambda line: "image:" in line)

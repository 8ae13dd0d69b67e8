"""The examples in the rules' documentation: what is said to fail fails, what is said to pass passes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from check_packages import check, files
from fluxmark.output.rule_docs import documentation, page
from fluxmark.rules.registry import RULES

if TYPE_CHECKING:
    from fluxmark.rules import Rule

PAGE = Path(__file__).parents[3] / "docs/rules.md"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.ID)
def test_the_example_that_fails_is_found(rule: Rule) -> None:
    assert [finding.rule for finding in check(files(documentation(rule).fails), rule.ID)]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.ID)
def test_the_example_that_passes_is_not(rule: Rule) -> None:
    assert check(files(documentation(rule).passes), rule.ID) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.ID)
def test_the_example_that_passes_passes_every_rule(rule: Rule) -> None:
    assert [finding.message for finding in check(files(documentation(rule).passes))] == []


def test_rules_have_names_of_their_own_modules() -> None:
    names = [str(getattr(rule, "__name__", "")).rpartition(".")[2] for rule in RULES]
    assert [name.replace("_", "-") for name in names] == [rule.ID for rule in RULES]
    assert len({rule.ID for rule in RULES}) == len(RULES)


def test_the_page_of_the_rules_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(RULES), (
        "run python -m fluxmark.output.rule_docs > docs/rules.md"
    )

"""For any YAML text and any edit: equal data apart from it, untouched bytes elsewhere, idempotence, re-parse.

The texts have the layouts that people write and those that nobody should; an edit does what PyYAML's own composer
(`oracle`) says it has to do. FLUXMARK_EXAMPLES says how many of each are tried, the same
ones in every run.
"""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings

from properties import examples
from properties.choices import choices

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

EXAMPLES = int(os.environ.get("FLUXMARK_EXAMPLES") or 300)


def test_an_edit_of_a_text_does_what_it_says_and_nothing_else() -> None:
    done = tried(examples.edit_of_a_text)
    assert done[examples.NO_YAML] + done["refused"] < 0.4 * EXAMPLES
    assert min(done[name] for name in ("set_value", "put", "append", "delete", "remove")) > 0.02 * EXAMPLES
    if EXAMPLES >= 2000:  # these are rare
        assert min(done[f"head_comment {how}"] for how in ("add", "remove", "set")) > 0.001 * EXAMPLES
        assert min(done[f"line_comment {how}"] for how in ("set", "remove", "replace", "up")) > 0.0005 * EXAMPLES


def test_an_edit_of_a_text_that_somebody_broke_does_what_it_says_or_the_text_is_not_yaml() -> None:
    done = tried(examples.edit_of_a_changed_text)
    assert done[examples.NO_YAML] < 0.8 * EXAMPLES


def test_an_edit_of_a_field_does_what_it_says_and_nothing_else() -> None:
    done = tried(examples.edit_of_a_field)
    # two in five: keys and values of labels are refused unless Kubernetes takes them
    assert done[examples.NO_YAML] + done["refused"] < 0.5 * EXAMPLES


def test_an_edit_of_a_list_does_what_it_says_and_nothing_else() -> None:
    done = tried(examples.edit_of_a_list)
    assert done[examples.NO_YAML] + done["refused"] < 0.1 * EXAMPLES


def test_an_edit_of_an_item_of_a_list_does_what_it_says_and_nothing_else() -> None:
    done = tried(examples.edit_of_an_item)
    assert done[examples.NO_YAML] + done["refused"] + done["nothing to do"] < 0.7 * EXAMPLES


def test_a_list_that_somebody_broke_is_read_as_it_is_or_no_list() -> None:
    done = tried(examples.reading_of_a_changed_list)
    assert done["read"] > 0.1 * EXAMPLES


def test_an_edit_of_a_file_does_what_it_says_and_nothing_else() -> None:
    done = tried(examples.edit_of_a_file)
    assert done[examples.NO_YAML] + done["refused"] < 0.1 * EXAMPLES


def tried(example: Callable[[Random, Random], str]) -> Counter[str]:
    """Try so many examples; return how often each thing was done."""
    done: Counter[str] = Counter()

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(choices(600), choices(200))
    def holds(writing: Random, editing: Random) -> None:
        done.update(example(writing, editing).partition(":")[0].split(", "))

    holds()
    return done

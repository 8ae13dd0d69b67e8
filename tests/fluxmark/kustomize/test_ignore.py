"""What a source of Flux leaves out; observed with github.com/fluxcd/pkg/sourceignore 0.18."""

from __future__ import annotations

import pytest

from fluxmark.kustomize.ignore import Source
from kustomize_trees import Texts


@pytest.mark.parametrize(
    ("ignore", "path", "left_out"),
    [
        ("apps", "apps/a.yaml", True),
        ("apps/", "apps", False),
        ("/apps/*.yaml", "apps/a.yaml", True),
        ("/apps/*.yaml", "apps/sub/a.yaml", False),
        ("**/b.yaml", "apps/sub/b.yaml", True),
        ("[^a].yaml", "b.yaml", True),
        ("[^a].yaml", "a.yaml", False),
        ("[", "[", False),
        ("/*\n!/apps", "apps/a.yaml", False),
        ("/*\n!/apps", "other/a.yaml", True),
        ("# comment\n\n*.yaml ", "a.yaml", True),
    ],
)
def test_a_source_leaves_out_what_its_patterns_say(ignore: str, path: str, left_out: bool) -> None:
    assert Source(Texts({}), ignore).excludes(path) is left_out


def test_patterns_of_a_file_count_below_its_directory_and_before_those_of_the_source() -> None:
    files = Texts({"apps/.sourceignore": "a.yaml\n", "apps/a.yaml": "", "a.yaml": ""})
    assert Source(files, None).excludes("apps/a.yaml")
    assert not Source(files, None).excludes("a.yaml")
    assert not Source(files, "!apps/a.yaml").excludes("apps/a.yaml")


def test_defaults_hold_where_a_source_states_no_patterns() -> None:
    assert Source(Texts({}), None).excludes(".github/workflows/ci.yaml")
    assert not Source(Texts({}), "# none").excludes(".github/workflows/ci.yaml")
    assert Source(Texts({}), "# none").excludes(".gitignore")

"""The example packages do with the image what they do with the command."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hosts.examples import EXAMPLES, expected, neutral, play

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.client("kpt", "git", "container")
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_an_example_gives_what_is_expected(example: Path, tmp_path: Path, image: str) -> None:
    options = ["--image-pull-policy=never"]
    if example.name == "fluxmark-compose":
        package = tmp_path / example.name
        options += ["--mount", f"type=bind,src={package},dst=/src,rw=true", "--as-current-user"]
    outcome = play(example, tmp_path, ("image", image), *options)
    wanted = expected(example)
    assert outcome.patch == wanted.patch
    assert neutral(outcome.results) == neutral(wanted.results)

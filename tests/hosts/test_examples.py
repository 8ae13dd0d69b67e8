"""The example packages do what they say, and the catalog finds what it asks for."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import pytest
import yaml

from hosts.examples import EXAMPLES, PUBLISHED, expected, neutral, play
from hosts.package import FLUXMARK, ROOT

if TYPE_CHECKING:
    from pathlib import Path

METADATA = yaml.safe_load((ROOT / "metadata.yaml").read_text())
TAGS = {"mutator", "validator", "viewer", "generator"}
EACH = pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)


@EACH
@pytest.mark.client("kpt", "git")
def test_an_example_gives_what_is_expected(example: Path, tmp_path: Path) -> None:
    """With WRITE_EXPECTED=1, what it gives is written down instead, to be read in a diff."""
    outcome = play(example, tmp_path, ("exec", str(FLUXMARK)))
    if os.environ.get("WRITE_EXPECTED") == "1":
        (example / ".expected" / "diff.patch").write_text(outcome.patch)
        text = yaml.safe_dump(neutral(outcome.results), sort_keys=False, width=1000)
        (example / ".expected" / "results.yaml").write_text(text)
    wanted = expected(example)
    assert outcome.patch == wanted.patch
    assert neutral(outcome.results) == neutral(wanted.results)


@EACH
def test_an_example_is_laid_out_as_the_catalog_asks(example: Path) -> None:
    first, *_ = (example / "README.md").read_text().splitlines()
    assert re.fullmatch(r"# fluxmark: \w+ Example", first)
    assert ".expected" in (example / ".krmignore").read_text().splitlines()
    config = yaml.safe_load((example / ".expected" / "config.yaml").read_text())
    assert config["testType"] in {"eval", "render"}
    images = re.findall(r"image: (\S*/fluxmark:\S+)", (example / "README.md").read_text())
    assert set(images) <= {PUBLISHED}


def test_the_metadata_is_what_the_catalog_asks_for() -> None:
    assert METADATA.keys() <= {
        "image",
        "description",
        "tags",
        "sourceURL",
        "examplePackageURLs",
        "license",
        "hidden",
    }
    assert METADATA["image"].startswith("ghcr.io/")
    assert PUBLISHED.startswith(f"{METADATA['image']}:")
    assert set(METADATA["tags"]) <= TAGS
    assert METADATA["license"] == "Apache-2.0"


def test_the_metadata_lists_every_example() -> None:
    listed = [url.rpartition("/")[2] for url in METADATA["examplePackageURLs"]]
    assert listed == [example.name for example in EXAMPLES]

"""Builds equal those of the real kustomize: every field of every object, and what is refused."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from fluxmark.kustomize import Repository
from kustomize_oracle import build, objects_of
from kustomize_trees import Texts
from properties.kustomizations import tree

if TYPE_CHECKING:
    from random import Random

# each has two or three directories, and kubectl takes a tenth of a second for one
EXAMPLES = 200 if settings().max_examples > 100 else 60


@pytest.mark.slow
@pytest.mark.client("kubectl")
@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False))
def test_builds_equal_those_of_kubectl_kustomize(random: Random) -> None:
    made = tree(random)
    files = Texts(made.texts)
    repository = Repository(files)
    with TemporaryDirectory() as root:
        files.write(Path(root))
        for directory in made.directories:
            mine = repository.build(directory)
            wanted, error = build(Path(root, directory))
            if wanted is None:
                assert mine.problems, error
            else:
                assert not mine.problems
                assert objects_of(mine) == wanted

"""Every kustomization of the real repositories builds as the real kustomize builds it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from fluxmark.kustomize import NAMES, Repository
from kustomize_oracle import build, objects_of
from kustomize_trees import Directory

SHARED = Path(os.environ.get("FLUXMARK_SHARED") or Path(__file__).resolve().parents[2] / "../shared")
FOUND = sorted(path.parent for name in NAMES for path in (SHARED / "corpus").glob(f"*/**/{name}"))


@pytest.mark.slow
@pytest.mark.client("kubectl")
@pytest.mark.skipif(not FOUND, reason="needs the corpus of real repositories")
@pytest.mark.parametrize("directory", FOUND, ids=str)
def test_a_real_kustomization_builds_as_kubectl_builds_it(directory: Path) -> None:
    root = SHARED / "corpus" / directory.relative_to(SHARED / "corpus").parts[0]
    mine = Repository(Directory(root)).build(directory.relative_to(root).as_posix())
    wanted, error = build(directory)
    if wanted is None:
        assert mine.problems or mine.unfollowed, error
    else:
        assert not mine.problems
        assert objects_of(mine) == wanted

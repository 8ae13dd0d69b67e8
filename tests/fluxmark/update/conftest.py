"""What the tests of update share: a tree in, an outcome out."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from fluxmark.latest import LatestImage
from fluxmark.update import directory, files
from fluxmark.update.directory import Outcome, Wishes
from krmfn.package import Package

APP = LatestImage("reg.io/app", "1.2.0")
LATEST = {"flux-system:app": APP}

Tree = Callable[[Mapping[str, str]], Path]
Update = Callable[..., Outcome]


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """Writes files below a directory of the test's own; a text that starts with a line break is dedented."""

    def write(texts: Mapping[str, str]) -> Path:
        for name, text in texts.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes((textwrap.dedent(text[1:]) if text.startswith("\n") else text).encode())
        return tmp_path

    return write


@pytest.fixture
def updated(tree: Tree) -> Update:
    """Computes the outcome for a tree: `updated(texts, latest=…, **wishes)`."""

    def run(texts: Mapping[str, str], latest: Mapping[str, LatestImage] | None = None, **wishes: bool) -> Outcome:
        package = Package(tree(texts))
        chosen = LATEST if latest is None else latest
        return directory.update_package(package, files.read(package), chosen, Wishes(**wishes))  # type: ignore[arg-type]

    return run

"""Fixtures of the tests with real programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hosts.package import HOMELAB, copy, crashing, inject

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def homelab(tmp_path: Path) -> Path:
    """A copy of the seed case."""
    return copy(HOMELAB, tmp_path / "homelab")


@pytest.fixture
def injected(tmp_path: Path) -> Path:
    """A copy of the seed case after `fluxmark inject`: what every host is measured by."""
    return inject(copy(HOMELAB, tmp_path / "injected"))


@pytest.fixture
def crash(tmp_path: Path) -> Path:
    """A fluxmark that crashes in the middle of its work."""
    return crashing(tmp_path / "crash")

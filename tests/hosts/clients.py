"""The real programs that tests start: `@pytest.mark.client("kpt")` says which ones a test needs.

Where one is missing the test is skipped; under FLUXMARK_REQUIRE_CLIENTS=1 it fails, so that a green run means that
the programs really ran.
"""

from __future__ import annotations

import os
import shutil

import pytest


def missing(program: str) -> str:
    """Say why a program cannot be used; '' if it can be."""
    if program != "container":
        return "" if shutil.which(program) else f"{program} is not installed"
    if not shutil.which("docker"):
        return "there is no container engine (docker)"
    return "" if os.environ.get("FLUXMARK_IMAGE") else "FLUXMARK_IMAGE names no image (.ci/image builds one)"


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test whose programs are missing, or fail it where they were promised."""
    names = [name for marker in item.iter_markers("client") for name in marker.args]
    reasons = [reason for name in names if (reason := missing(name))]
    if reasons:
        (pytest.fail if os.environ.get("FLUXMARK_REQUIRE_CLIENTS") == "1" else pytest.skip)("; ".join(reasons))

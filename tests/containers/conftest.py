"""Fixtures of the tests with the image: FLUXMARK_IMAGE names it (.ci/image builds it)."""

from __future__ import annotations

import os

import pytest

from hosts.conftest import homelab, injected
from hosts.package import CRASHING, run

__all__ = ["homelab", "injected"]


@pytest.fixture(scope="session")
def image() -> str:
    """The image under test."""
    return os.environ["FLUXMARK_IMAGE"]


@pytest.fixture(scope="session")
def crashing_image(image: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The image with a fluxmark that crashes in the middle of its work."""
    context = tmp_path_factory.mktemp("crashing")
    (context / "crash.py").write_text(CRASHING)
    (context / "Dockerfile").write_text(
        f"FROM {image}\n"
        "COPY --chmod=0644 crash.py /opt/crash.py\n"
        'ENTRYPOINT ["/opt/fluxmark/bin/python3", "/opt/crash.py"]\n'
    )
    name = f"{image}-crashing"
    done = run("docker", "build", "--tag", name, ".", cwd=context)
    assert done.status == 0, done.stderr
    return name

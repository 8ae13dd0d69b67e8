"""The image of docs/sdk.md's function, on top of fluxmark's."""

from __future__ import annotations

import re

import pytest

from hosts.package import ROOT, run

DIRECTORY = ROOT / "examples" / "functions" / "set-team"


@pytest.mark.client("container")
def test_the_image_of_the_function_runs_it(image: str) -> None:
    name = f"{image}-set-team"
    done = run("docker", "build", "--build-arg", f"BASE={image}", "--tag", name, ".", cwd=DIRECTORY)
    assert done.status == 0, done.stderr
    resources = re.search(r'LIST = """\\\n(.*?)"""', (DIRECTORY / "test_set_team.py").read_text(), re.DOTALL)
    assert resources
    options = ("--rm", "--interactive", "--network", "none", "--user", "nobody")
    done = run("docker", "run", *options, name, cwd=DIRECTORY, stdin=resources[1])
    assert done.status == 0, done.stderr
    assert 'name: "web", labels: {acme.example/team: shop}' in done.stdout

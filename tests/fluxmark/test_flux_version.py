"""Every command and the function say what they assume of a Flux that is not wholly known, once."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import pytest

from fluxmark.cli import main
from fluxmark.flux.releases import NEWEST_FLUX
from fluxmark.function import Fluxmark
from krmfn.functions.run import run

if TYPE_CHECKING:
    from pathlib import Path

NEWER = f"{NEWEST_FLUX.partition('.')[0]}.{int(NEWEST_FLUX.partition('.')[2]) + 1}"
NOTE = f"Flux {NEWER} is newer than the newest known, {NEWEST_FLUX}; it is treated like that one"
CONFIG = f"""\
apiVersion: fluxmark.io/v1alpha1
kind: ImageAutomation
metadata: {{name: images}}
spec:
  fluxVersion: '{NEWER}'
  images: [{{image: registry.example.com/web, tagFormat: <semver>}}]
"""
POD = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec: {containers: [{image: registry.example.com/web:1.0.0}]}
"""


@pytest.mark.parametrize(
    "arguments",
    [
        ["inject", "DIR"],
        ["check", "DIR"],
        ["check", "DIR", "--flux-version", NEWER],
        ["select", "DIR", "--tags", "DIR/tags.json", "--flux-version", NEWER],
    ],
)
def test_a_command_says_it(arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "pod.yaml").write_text(POD)
    (tmp_path / "tags.json").write_text("{}")
    (tmp_path / "fluxmark.yaml").write_text(CONFIG)

    assert main([one.replace("DIR", str(tmp_path)) for one in arguments]) == 0

    assert capsys.readouterr().err.count(NOTE) == 1


def test_the_function_says_it() -> None:
    pod = re.sub("^", "    ", POD, flags=re.MULTILINE).strip()
    config = re.sub("^", "  ", CONFIG, flags=re.MULTILINE).strip()
    text = (
        "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n"
        f"items:\n  - {pod}\nfunctionConfig:\n  {config}\n"
    )

    out = io.StringIO()

    assert run(Fluxmark(), stdin=io.StringIO(text), stdout=out, stderr=io.StringIO()) == 0

    assert out.getvalue().count(NOTE) == 1

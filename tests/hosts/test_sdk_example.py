"""The function of docs/sdk.md, with kpt: it does what it says, and keeps what it does not touch."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

import pytest

from hosts.package import ROOT, Done, run

if TYPE_CHECKING:
    from pathlib import Path

FUNCTION = ROOT / "examples" / "functions" / "set_team.py"
BEFORE = """\
# the shop
apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop # the name
  labels:
    app: "shop" # quoted
spec:
  replicas: 2
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: config
"""


def evaluate(directory: Path, *arguments: str) -> Done:
    program = directory.parent / "set_team"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{FUNCTION}"\n')
    program.chmod(0o755)
    return run("kpt", "fn", "eval", ".", "--exec", str(program), *arguments, cwd=directory)


@pytest.mark.client("kpt")
def test_the_function_adds_one_line_and_keeps_comments_and_quotes(tmp_path: Path) -> None:
    package = tmp_path / "package"
    package.mkdir()
    (package / "shop.yaml").write_text(BEFORE)
    done = evaluate(package, "--", "team=shop")
    assert done.status == 0, done.stderr
    after = BEFORE.replace("# quoted\n", "# quoted\n    acme.example/team: shop\n")
    assert (package / "shop.yaml").read_text() == after
    assert "labelled shop, was without" in done.stderr
    assert evaluate(package, "--", "team=shop").status == 0
    assert (package / "shop.yaml").read_text() == after


@pytest.mark.client("kpt")
def test_without_a_team_it_fails_and_changes_nothing(tmp_path: Path) -> None:
    package = tmp_path / "package"
    package.mkdir()
    (package / "shop.yaml").write_text(BEFORE)
    done = evaluate(package)
    assert done.status == 1
    assert "data.team is missing" in done.stderr
    assert (package / "shop.yaml").read_text() == BEFORE


def test_the_documentation_shows_the_function_as_it_is() -> None:
    text = (ROOT / "docs" / "sdk.md").read_text()
    ((name, code),) = re.findall(r"<!-- file: (\S+) -->\n```python\n(.*?)```", text, re.DOTALL)
    assert code in (ROOT / name).read_text()

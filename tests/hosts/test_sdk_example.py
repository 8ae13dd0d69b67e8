"""The function of docs/sdk.md, with kpt, its own test and its image: it does what it says, and nothing else."""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING

import pytest

from hosts.package import ROOT, Done, run

if TYPE_CHECKING:
    from pathlib import Path

DIRECTORY = ROOT / "examples" / "functions" / "set-team"
FUNCTION = DIRECTORY / "set_team.py"
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


@pytest.fixture
def package(tmp_path: Path) -> Path:
    made = tmp_path / "package"
    made.mkdir()
    (made / "shop.yaml").write_text(BEFORE)
    return made


def evaluate(directory: Path, *arguments: str) -> Done:
    program = directory.parent / "set_team"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{FUNCTION}"\n')
    program.chmod(0o755)
    return run("kpt", "fn", "eval", ".", "--exec", str(program), *arguments, cwd=directory)


@pytest.mark.client("kpt")
def test_the_function_adds_one_line_and_keeps_comments_and_quotes(package: Path) -> None:
    done = evaluate(package, "--", "team=shop")
    assert done.status == 0, done.stderr
    after = BEFORE.replace("# quoted\n", "# quoted\n    acme.example/team: shop\n")
    assert (package / "shop.yaml").read_text() == after
    assert "shop.yaml: labelled shop, was without" in done.stderr
    assert evaluate(package, "--", "team=shop").status == 0
    assert (package / "shop.yaml").read_text() == after


@pytest.mark.client("kpt")
def test_kinds_that_are_not_meant_stay(package: Path) -> None:
    done = evaluate(package, "--", "team=shop", "kinds=Job, StatefulSet")
    assert done.status == 0, done.stderr
    assert (package / "shop.yaml").read_text() == BEFORE


@pytest.mark.client("kpt")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "functionConfig.data.team is missing; it must be a string"),
        (("--", "tean=shop"), "functionConfig.data.tean is not known; did you mean team?"),
    ],
)
def test_without_a_team_it_fails_and_changes_nothing(package: Path, arguments: tuple[str, ...], said: str) -> None:
    done = evaluate(package, *arguments)
    assert done.status == 1
    assert said in done.stderr
    assert (package / "shop.yaml").read_text() == BEFORE


def test_the_test_of_the_function_passes() -> None:
    command = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", ".")
    done = run(*command, "test_set_team.py", cwd=DIRECTORY, PYTHONDONTWRITEBYTECODE="1")
    assert done.status == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout


def test_the_documentation_shows_the_files_as_they_are_and_they_are_short() -> None:
    text = (ROOT / "docs" / "sdk.md").read_text()
    blocks = re.findall(r"<!-- file: (\S+) -->\n```\w+\n(.*?)```", text, re.DOTALL)
    assert [name.rpartition("/")[2] for name, _ in blocks] == ["set_team.py", "test_set_team.py", "Dockerfile"]
    for name, code in blocks:
        assert (ROOT / name).read_text().endswith(code), name
    assert sum(bool(line.strip()) for _, code in blocks for line in code.splitlines()) <= 40

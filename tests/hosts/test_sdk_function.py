"""Functions that misbehave, under kpt: no file is lost, and what went wrong is shown."""

from __future__ import annotations

import os
import sys
import textwrap
from typing import TYPE_CHECKING

import pytest

from hosts.package import ROOT, Done, run, tree

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.client("kpt")
FILES = {
    "a.yaml": "# the head\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a # the name\n",
    "d/b.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: b\n",
}
PROGRAM = """\
#!{python}
import os, subprocess, sys
from krmfn.resources.function_error import FunctionError
from krmfn import main

def process(resources):
    "Label what there is."
    resources.items[0].set_label("seen", "yes")
{body}

if __name__ == "__main__":
    sys.exit(main(process))
"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / "package" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "package" / name).write_text(text)
    return tmp_path / "package"


def program(package: Path, body: str) -> Path:
    file = package.parent / "function.py"
    file.write_text(PROGRAM.format(python=sys.executable, body=textwrap.indent(body, "    ")))
    file.chmod(0o755)
    return file


def evaluate(package: Path, body: str) -> Done:
    path = os.pathsep.join(filter(None, (str(ROOT / "fn"), os.environ.get("PYTHONPATH"))))
    return run("kpt", "fn", "eval", ".", "--exec", program(package, body), cwd=package, PYTHONPATH=path)


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("sys.exit(0)", "the function called sys.exit(0)"),
        ("raise FunctionError('no team')", "no team"),
        ("1 / 0", "ZeroDivisionError"),
        ("resources.items.clear()\nresources.items[0]", "IndexError"),
    ],
)
def test_no_file_is_touched_and_the_reason_is_shown(package: Path, body: str, shown: str) -> None:
    done = evaluate(package, body)
    assert done.status == 1
    assert shown in done.stderr
    assert tree(package) == {name: text.encode() for name, text in FILES.items()}


@pytest.mark.parametrize("body", ["print('kind: noise')", "subprocess.run(['echo', 'kind: noise'])"])
def test_what_is_printed_does_no_harm_and_is_shown(package: Path, body: str) -> None:
    done = evaluate(package, body)
    assert done.status == 0, done.stderr
    assert "kind: noise" in done.stderr
    after = FILES["a.yaml"].replace("# the name\n", "# the name\n  labels:\n    seen: 'yes'\n")
    assert (package / "a.yaml").read_text() == after


def test_a_run_over_a_directory_goes_into_kpt_fn_sink(package: Path) -> None:
    path = str(ROOT / "fn")
    made = run(program(package, "pass"), "package", cwd=package.parent, PYTHONPATH=path)
    assert (made.status, made.stderr) == (0, "")
    done = run("kpt", "fn", "sink", "new", cwd=package.parent, stdin=made.stdout)
    assert done.status == 0, done.stderr
    found = tree(package.parent / "new")
    assert found.keys() == FILES.keys()
    assert b"# the name\n  labels:\n    seen: 'yes'\n" in found["a.yaml"]
    assert tree(package) == {name: text.encode() for name, text in FILES.items()}

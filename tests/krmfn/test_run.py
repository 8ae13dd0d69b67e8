"""What a function prints and how it ends, whatever it does: kpt deletes every file where it gets that wrong."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from krmfn.functions import plugin
from krmfn.functions.function import Function
from krmfn.functions.run import run
from krmfn.resources.function_error import FunctionError
from krmfn.resources.resource import Resource
from krmfn.resources.result import Field, Result, Severity

if TYPE_CHECKING:
    from collections.abc import Callable

    from krmfn.resources.resource_list import ResourceList

LIST = """\
apiVersion: config.kubernetes.io/v1
kind: ResourceList
items:
- apiVersion: v1
  kind: ConfigMap
  metadata:
    name: a   # the name
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: b}
"""
FN = Path(__file__).resolve().parents[2] / "fn"


def call(process: Callable[[ResourceList], None] | Function, text: str = LIST) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    status = run(process, stdin=io.StringIO(text), stdout=out, stderr=err)
    return status, out.getvalue(), err.getvalue()


def results(text: str) -> list[dict[str, str]]:
    return list(yaml.safe_load(text).get("results", []))


def edit(resources: ResourceList) -> None:
    resources.items[0].set("data.x", "y")
    resources.items.pop()


def test_a_function_that_does_nothing_prints_what_it_read() -> None:
    assert call(lambda _: None) == (0, LIST, "")


def fail_with_function_error(resources: ResourceList) -> None:
    edit(resources)
    raise FunctionError("no team")


def fail_with_value_error(resources: ResourceList) -> None:
    edit(resources)
    raise ValueError("no number")


def fail_with_a_result(resources: ResourceList) -> None:
    edit(resources)
    resources.results.append(Result("no good", Severity.ERROR))


def fail_by_exiting(resources: ResourceList) -> None:
    edit(resources)
    sys.exit(0)


def fail_by_exiting_with_a_message(resources: ResourceList) -> None:
    edit(resources)
    sys.exit("nothing to do here")


def fail_with_what_cannot_be_written(resources: ResourceList) -> None:
    edit(resources)
    resources.items.append(Resource("a: [", source="broken"))


def fail_with_a_result_that_cannot_be_written(resources: ResourceList) -> None:
    edit(resources)
    resources.results.append(Result("fine", Severity.INFO, field=Field("x", object())))


FAILURES: dict[Callable[[ResourceList], None], str] = {
    fail_with_function_error: "no team",
    fail_with_value_error: "no number",
    fail_with_a_result: "no good",
    fail_by_exiting: "the function called sys.exit(0)",
    fail_by_exiting_with_a_message: "nothing to do here",
    fail_with_what_cannot_be_written: "broken:",
    fail_with_a_result_that_cannot_be_written: "internal error",
}


@pytest.mark.parametrize("process", FAILURES)
def test_a_failing_function_prints_the_list_as_it_was_with_a_result(
    process: Callable[[ResourceList], None],
) -> None:
    status, out, _ = call(process)
    assert status == 1
    assert out.startswith(f"{LIST}results:\n")
    assert [one["severity"] for one in results(out)] == ["error"]
    assert FAILURES[process] in results(out)[0]["message"]


def test_an_error_in_the_function_is_traced_on_standard_error() -> None:
    status, out, err = call(lambda resources: resources.items[9].reset())
    assert status == 1
    assert out.startswith(f"{LIST}results:\n")
    assert "internal error" in results(out)[0]["message"]
    assert "IndexError" in err.splitlines()[-1]


class Visiting(Function):
    """Edits every item and does something else at the second."""

    def __init__(self, then: Callable[[], object]) -> None:
        self._then = then

    def visit(self, resource: Resource) -> None:
        resource.set("data.x", "y")
        if resource.name == "b":
            self._then()


@pytest.mark.parametrize("then", [lambda: 1 / 0, sys.exit], ids=["error", "exit"])
def test_a_failing_visit_leaves_every_item_as_it_was(then: Callable[[], object]) -> None:
    status, out, _ = call(Visiting(then))
    assert status == 1
    assert out.startswith(f"{LIST}results:\n")


def test_what_a_function_prints_is_not_part_of_the_list() -> None:
    def process(_: ResourceList) -> None:
        print("hello")

    assert call(process) == (0, LIST, "hello\n")
    assert call(Visiting(lambda: print("visited")))[2] == "visited\n"


def test_results_that_were_there_stay_and_others_follow() -> None:
    text = f"{LIST}results:\n- message: before\n  severity: info\n"
    _, out, _ = call(lambda resources: resources.results.append(Result("after", Severity.WARNING)), text)
    assert [one["message"] for one in results(out)] == ["before", "after"]


def test_results_go_to_standard_error_for_kustomize(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_TO_STDERR", "true")
    assert call(fail_with_function_error)[2] == "[error] no team\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "stdin:1:1: the input is empty; a function reads a ResourceList"),
        (LIST + "  x: [\n", "stdin:12:1: "),
        ("kind: List\nitems: []\n", "stdin:1:7: kind is 'List'"),
    ],
)
def test_unreadable_input_prints_nothing_and_says_where(text: str, message: str) -> None:
    status, out, err = call(lambda _: None, text)
    assert (status, out) == (1, "")
    assert err.startswith(message)


def test_an_interrupt_is_not_a_result() -> None:
    def interrupt(_: ResourceList) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        call(interrupt)


# as a program

PROGRAM = '''\
"""A function for tests."""
import os, subprocess, sys
from krmfn.functions.program import main

def process(resources):
    """Do what the test says."""
BODY

if __name__ == "__main__":
    sys.exit(main(process))
'''


def program(directory: Path, body: str) -> Path:
    file = directory / "function.py"
    file.write_text(PROGRAM.replace("BODY", textwrap.indent(body, "    ")))
    return file


def start(
    file: Path, *arguments: str, stdin: str = LIST, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(file), *arguments],
        input=stdin,
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(FN)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    "body",
    [
        "print('noise')",
        "subprocess.run(['echo', 'noise'])",
        "sys.__stdout__.write('noise\\n')",
        "os.write(1, b'noise\\n')",
    ],
)
def test_standard_output_holds_the_list_alone(body: str, tmp_path: Path) -> None:
    done = start(program(tmp_path, body))
    assert (done.returncode, done.stdout, done.stderr) == (0, LIST, "noise\n")


@pytest.mark.parametrize("body", ["sys.exit()", "raise SystemExit", "exit()", "raise RuntimeError('x')"])
def test_a_program_that_gives_up_prints_the_list_and_fails(body: str, tmp_path: Path) -> None:
    done = start(program(tmp_path, body))
    assert done.returncode == 1
    assert done.stdout.startswith(f"{LIST}results:\n")


def test_an_interrupted_program_prints_nothing_and_says_so(tmp_path: Path) -> None:
    done = start(program(tmp_path, "raise KeyboardInterrupt"))
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr == "function.py: interrupted; nothing was written\n"


def test_a_full_disk_is_a_failure(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full")
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, program(tmp_path, "pass")],
            input=LIST,
            stdout=full,
            stderr=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": str(FN)},
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_terminal_is_not_waited_for(tmp_path: Path) -> None:
    pty = pytest.importorskip("pty")
    master, slave = pty.openpty()
    try:
        done = subprocess.run(
            [sys.executable, program(tmp_path, "pass")],
            stdin=slave,
            capture_output=True,
            env=os.environ | {"PYTHONPATH": str(FN)},
            text=True,
            check=False,
            timeout=30,
        )
    finally:
        os.close(master)
        os.close(slave)
    assert (done.returncode, done.stdout) == (2, "")
    assert (
        done.stderr == "function.py: standard input is a terminal; a ResourceList is expected there, see --help\n"
    )


def test_what_arguments_need_is_not_imported_without_any(tmp_path: Path) -> None:
    body = (
        "print(sorted(name for name in sys.modules if name.startswith(('krmfn.', 'json', 'argparse', 'inspect'))))"
    )
    done = start(program(tmp_path, body))
    assert done.returncode == 0
    names = {"arguments", "docs", "directory", "sources", "package", "krmignore"}
    assert not names & {name.removeprefix("krmfn.") for name in yaml.safe_load(done.stderr)}
    assert not {"json", "argparse", "inspect"} & set(yaml.safe_load(done.stderr))


# as a plugin of kustomize


@pytest.mark.parametrize("then", [lambda: print("noise"), sys.exit], ids=["print", "exit"])
def test_a_plugin_keeps_standard_output_for_documents(
    then: Callable[[], object], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "config.yaml"
    config.write_text("apiVersion: v1\nkind: ConfigMap\n")
    out, err = io.BytesIO(), io.StringIO()
    documents = b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n"
    status = plugin.run(Visiting(then), config, stdin=io.BytesIO(documents), stdout=out, stderr=err)
    assert capsys.readouterr().out == ""
    if then is sys.exit:
        assert (status, out.getvalue()) == (1, b"")
        assert "the function called sys.exit(None)" in err.getvalue()
    else:
        assert (status, out.getvalue(), err.getvalue()) == (0, documents + b"data:\n  x: 'y'\n", "noise\n")


def test_a_class_of_a_function_is_made_for_the_run() -> None:
    class Rename(Function):
        """Give everything another name."""

        def visit(self, resource: Resource) -> None:
            resource.set("metadata.name", "new")

    out = io.StringIO()
    assert run(Rename, stdin=io.StringIO(LIST), stdout=out, stderr=io.StringIO()) == 0
    assert out.getvalue() == LIST.replace("name: a", "name: new").replace("name: b", "name: new")

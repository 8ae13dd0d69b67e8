"""Every command on every hostile input: an exit status and a message, within limits of processor time and memory.

Each runs in a process of its own. Nothing outside of the tree changes, and nothing is left behind in it.
"""

from __future__ import annotations

import gc
import io
import os
import pkgutil
import resource
import signal
import sys
from importlib import import_module
from pathlib import Path

import pytest

import fluxmark
import krmfn
from fluxmark.__main__ import main
from fluxmark.commands import COMMANDS
from hostile.inputs import INPUTS, base

STATM = Path("/proc/self/statm")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not STATM.exists(), reason="/proc does not tell how much memory a process uses"),
]

SECONDS = 10
"""Of processor time for one command on one input."""
MEMORY = 400 << 20
"""Bytes of address space next to what the process has when it starts."""
RUNS: dict[str, list[list[str]]] = {
    "inject": [["inject"], ["inject", "--diff"]],
    "check": [["check"], ["check", "--fix"], ["check", "--format", "sarif"]],
    "select": [["select", "--tags", "tags.json", "."]],
    "update": [["update"], ["update", "--latest", "latest.json", "--diff"], ["update", "--tags", "tags.json"]],
    "fn": [["fn", "."], ["fn", ".", "--", "images=reg.io/app"]],
}
"""A new command is added here, or to those below."""
SECRET = 'kind: A\nimage: hidden-value # {"$imagepolicy": "flux-system:app"}\n'
WITHOUT_INPUT = {"completion", "docs", "explain", "schema"}


@pytest.fixture(scope="module", autouse=True)
def loaded() -> None:
    """Import all modules once, so that each process needs no time for that."""
    for package in (krmfn, fluxmark):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith(("__main__", "completion")):
                import_module(module.name)


def test_every_command_is_attacked() -> None:
    assert set(COMMANDS) == {*RUNS, *WITHOUT_INPUT}


@pytest.mark.parametrize("command", RUNS)
@pytest.mark.parametrize("name", INPUTS)
def test_a_command_survives(name: str, command: str, tmp_path: Path) -> None:
    for number, arguments in enumerate(RUNS[command]):
        parent = tmp_path / str(number)
        (parent / "outside").mkdir(parents=True)
        (parent / "outside/secret.yaml").write_text(SECRET)
        root = parent / "root"
        root.mkdir()
        base(root)
        INPUTS[name](root)
        before = inventory(root)

        status, output = run(root, arguments)

        shown = f"{' '.join(arguments)}: {status}: {output[-600:]}"
        assert status in (0, 1, 2), shown
        assert "Traceback" not in output, shown
        assert "internal error" not in output, shown
        assert status == 0 or output, shown
        assert "hidden-value" not in output, shown
        assert sorted(path.name for path in parent.iterdir()) == ["outside", "root"]
        assert (parent / "outside/secret.yaml").read_text() == SECRET
        assert [path for path in inventory(root) - before if ".krmfn" in path] == []


def inventory(root: Path) -> set[str]:
    """Return the names below a directory, links not followed."""
    return {os.path.join(above, name) for above, folders, files in os.walk(root) for name in (*folders, *files)}  # noqa: PTH118


def run(root: Path, arguments: list[str]) -> tuple[int, str]:
    """Run a command in a process under limits; return its exit status, or minus the signal, and its output."""
    shown = root.parent / "output.txt"
    child = os.fork()
    if not child:
        status = 3
        try:
            status = _limited(root, arguments, shown)
        finally:
            os._exit(status)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    output = shown.read_text(encoding="utf-8", errors="replace")
    shown.unlink()
    return status, output


def _limited(root: Path, arguments: list[str], shown: Path) -> int:
    """Run a command in this process, which does nothing else any more."""
    output = os.open(shown, os.O_WRONLY | os.O_CREAT)
    null = os.open(os.devnull, os.O_RDONLY)
    for number, handle in enumerate((null, output, output)):
        os.dup2(handle, number)
    sys.stdin, sys.stdout, sys.stderr = (
        io.TextIOWrapper(os.fdopen(number, mode, closefd=False), encoding="utf-8", write_through=True)
        for number, mode in enumerate(("rb", "wb", "wb"))
    )
    gc.disable()
    used = int(STATM.read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, used + MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)
    os.chdir(root)
    sys.argv = ["fluxmark", *arguments]
    try:
        return main()
    finally:
        sys.stderr.flush()

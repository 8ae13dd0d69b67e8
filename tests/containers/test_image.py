"""The image: what runs it, how little it needs, and the command in it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from hosts.package import COMPOSE, DEPLOYMENT, FLUXMARK, HOMELAB, ROOT, Done, replace, run, tree

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.client("container")
LIST = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: []\n"
LOCKED_DOWN = ("--network", "none", "--read-only", "--cap-drop", "all", "--security-opt", "no-new-privileges")
PYTHON = "/opt/fluxmark/bin/python3"


def docker(image: str, *arguments: str | Path, options: tuple[str, ...] = (), stdin: str = "") -> Done:
    return run("docker", "run", "--rm", "--interactive", *options, image, *arguments, cwd=ROOT, stdin=stdin)


def mounted(directory: Path, *options: str) -> tuple[str, ...]:
    return ("--volume", f"{directory}:/src", *options)


@pytest.mark.parametrize("user", ["nobody", "65534:65534", "12345:12345", "0:0"])
def test_the_function_needs_no_privileges_whoever_runs_it(image: str, user: str) -> None:
    done = docker(image, options=("--user", user, *LOCKED_DOWN), stdin=LIST)
    assert (done.status, done.stdout) == (0, LIST), done.stderr


def test_the_function_needs_no_shell_and_no_package_manager(image: str) -> None:
    look = "import glob; print(*glob.glob('/usr/bin/*sh')+glob.glob('/usr/bin/apt*')+glob.glob('/usr/bin/dpkg*'))"
    programs = docker(image, "-c", look, options=("--entrypoint", PYTHON)).stdout.split()
    assert "/usr/bin/dash" in programs
    hidden = [f"--volume=/dev/null:{program}:ro" for program in programs]
    done = docker(image, options=(*LOCKED_DOWN, *hidden), stdin=LIST)
    assert (done.status, done.stdout) == (0, LIST), done.stderr


def test_the_image_runs_as_nobody_and_says_what_it_is(image: str) -> None:
    (found,) = json.loads(run("docker", "image", "inspect", image, cwd=ROOT).stdout)
    config = found["Config"]
    assert (config["User"], config["WorkingDir"]) == ("65534:65534", "/src")
    assert config["Entrypoint"] == ["/opt/fluxmark/bin/fluxmark"]
    labels = {key.removeprefix("org.opencontainers.image."): value for key, value in config["Labels"].items()}
    version = run(FLUXMARK, "--version", cwd=ROOT).stdout.split()[1]
    assert (labels["title"], labels["version"], labels["licenses"]) == ("fluxmark", version, "Apache-2.0")
    assert {"description", "source", "documentation", "revision"} <= labels.keys()


def test_what_fluxmark_adds_to_its_base_is_small_and_compiled(image: str) -> None:
    """As docs/hosts.md says, without pip; every module has bytecode that is used without looking at its source."""
    script = (
        "import json, importlib.util as u, pathlib, struct\n"
        "files = [f for f in pathlib.Path('/opt/fluxmark').rglob('*') if f.is_file() and not f.is_symlink()]\n"
        "sources = [f for f in files if f.suffix == '.py' and f.is_relative_to('/opt/fluxmark/lib')]\n"
        "kinds = {struct.unpack('<I', open(u.cache_from_source(f), 'rb').read(8)[4:])[0] for f in sources}\n"
        "print(json.dumps([sum(f.stat().st_size for f in files), len(sources), list(kinds), u.find_spec('pip')]))"
    )
    done = docker(image, "-c", script, options=("--entrypoint", PYTHON))
    size, sources, kinds, pip = json.loads(done.stdout)
    documented = re.search(r"added to the base \| ([\d.]+) MB", (ROOT / "docs/hosts.md").read_text())
    assert documented
    assert size == pytest.approx(float(documented[1]) * 1e6, rel=0.05)
    assert sources > 100
    assert kinds == [0b01]  # PEP 552: by hash, not checked
    assert pip is None


def test_the_image_holds_nothing_that_no_run_needs(image: str) -> None:
    script = (
        "import json, os, pathlib\n"
        "lib = pathlib.Path('/opt/fluxmark/lib')\n"
        "spare = [str(f) for f in lib.rglob('*') if f.suffix == '.pyi' or ('tests' in f.parts and f.is_file())]\n"
        "print(json.dumps([[n for n in os.listdir('/opt/fluxmark/bin') if not n.startswith('python')], spare]))"
    )
    done = docker(image, "-c", script, options=("--entrypoint", PYTHON))
    assert json.loads(done.stdout) == [["fluxmark"], []]


def test_modules_are_not_imported_from_a_mounted_package(image: str, homelab: Path) -> None:
    for name in ("yaml", "re2", "json", "fluxmark"):
        (homelab / f"{name}.py").write_text("raise SystemExit(99)")
    homelab.chmod(0o755)
    done = docker(image, options=mounted(homelab), stdin=LIST)
    assert (done.status, done.stdout) == (0, LIST), done.stderr


def test_help_prints_documentation(image: str) -> None:
    done = docker(image, "--help")
    assert (done.status, done.stderr) == (0, "")
    assert "kpt fn eval" in done.stdout


@pytest.mark.client("kpt")
def test_kpt_fn_doc_shows_the_help(image: str) -> None:
    done = run("kpt", "fn", "doc", "--image", image, cwd=ROOT)
    assert done.status == 0, done.stderr
    assert done.stdout.strip() == docker(image, "--help").stdout.strip()


def test_the_command_edits_a_mounted_package_byte_for_byte(image: str, homelab: Path, injected: Path) -> None:
    done = docker(image, "inject", "/src", options=mounted(homelab, "--user", owner(homelab), *LOCKED_DOWN))
    assert done.status == 0, done.stderr
    assert tree(homelab) == tree(injected)
    assert "marked for flux-system:backend" in done.stderr
    again = docker(image, "inject", options=mounted(homelab, "--user", owner(homelab), *LOCKED_DOWN))
    assert (again.status, again.stderr.endswith("; nothing to do\n")) == (0, True)


def test_the_command_shows_a_diff_and_writes_nothing(image: str, homelab: Path) -> None:
    before = tree(homelab)
    options = ("--volume", f"{homelab}:/src:ro", "--user", owner(homelab), *LOCKED_DOWN)
    done = docker(image, "inject", "--diff", options=options)
    assert (done.status, tree(homelab)) == (0, before)
    assert done.stdout == (HOMELAB / ".expected" / "diff.patch").read_text()


def test_the_command_updates_a_mounted_package(image: str, injected: Path) -> None:
    names = {"frontend": DEPLOYMENT, "backend": COMPOSE}
    latest = {
        f"flux-system:{name}": {"name": f"192.168.0.40:5000/{name}", "tag": "main-0123456-1707400000"}
        for name in names
    }
    options = mounted(injected, "--user", owner(injected), *LOCKED_DOWN)
    (injected / "latest.json").write_text(json.dumps(latest))
    done = docker(image, "update", "--latest", "latest.json", options=options)
    assert done.status == 0, done.stderr
    for name, file in names.items():
        assert f"{name}:main-0123456-1707400000 # {{" in (injected / file).read_text()


def test_the_command_fails_on_an_invalid_configuration(image: str, homelab: Path) -> None:
    replace(homelab, "fluxmark.yaml", "images:", "imagse:")
    before = tree(homelab)
    done = docker(image, "inject", options=mounted(homelab, "--user", owner(homelab)))
    assert (done.status, done.stdout, tree(homelab)) == (2, "", before)
    assert "fluxmark.yaml:" in done.stderr


def test_the_command_fails_on_a_file_that_is_not_yaml(image: str, homelab: Path) -> None:
    replace(homelab, COMPOSE, "services:", "services: [")
    before = tree(homelab)
    done = docker(image, "inject", options=mounted(homelab, "--user", owner(homelab)))
    assert (done.status, tree(homelab)) == (2, before)
    assert f"{COMPOSE}:" in done.stderr


def test_the_command_fails_on_a_crash(crashing_image: str, homelab: Path) -> None:
    """The same exit status and message as of the function: whatever happens, the list comes back."""
    items = LIST.replace("[]", "\n- apiVersion: v1\n  kind: ConfigMap\n  metadata:\n    name: a")
    done = docker(crashing_image, options=mounted(homelab), stdin=items)
    assert (done.status, done.stdout.startswith(items)) == (1, True)
    assert "ZeroDivisionError" in done.stderr


def owner(directory: Path) -> str:
    status = directory.stat()
    return f"{status.st_uid}:{status.st_gid}"

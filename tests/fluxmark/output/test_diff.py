"""`--diff` is what happens: what `git apply` makes of it is what the command writes."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from fluxmark.__main__ import main
from fluxmark.output.diff import diff
from growth import assert_linear
from krmfn.packages.package import Package

if TYPE_CHECKING:
    from collections.abc import Callable

FLUX = """\
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageRepository
metadata: {name: app, namespace: flux-system}
spec: {image: reg.io/app, interval: 1m}
---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImagePolicy
metadata: {name: app, namespace: flux-system}
spec: {imageRepositoryRef: {name: app}, policy: {semver: {range: 1.x}}}
status: {latestRef: {name: reg.io/app, tag: 1.1.0}}
---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageUpdateAutomation
metadata: {name: app, namespace: flux-system}
spec: {interval: 1m, sourceRef: {kind: GitRepository, name: a}, git: {commit: {author: {email: a@b}}}}
"""
CONFIG = """\
apiVersion: fluxmark.io/v1alpha1
kind: ImageAutomation
metadata: {name: x}
spec:
  output: OUTPUT
  images:
    - {image: reg.io/app, name: app, policy: {policy: {semver: {range: 1.x}}}}
    - {image: reg.io/other, name: other, policy: {policy: {semver: {range: 1.x}}}}
"""
POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n"
MARKED = '  - {name: a, image: x} # {"$imagepolicy": "flux-system:app"}\n  - name: b\n    image: reg.io/app:1'
MARKER = ' # {"$imagepolicy": "flux-system:app"}'
NAMES = (
    "a",
    "a b",
    "ü",
    "é\u0301",
    'q"uote',
    "back\\slash",
    "tab\tname",
    "line\nfeed",
    "\x1b[31m",
    "-dash",
    "$x",
)

IMAGES = (MARKED, f"  - image: reg.io/app:1{MARKER}", "  - image: reg.io/app:1")


def snapshot(root: Path) -> dict[str, tuple[str, int, bytes]]:
    """Return kind, mode and content (of a link: its target) of everything below a directory but .git."""
    found: dict[str, tuple[str, int, bytes]] = {}
    for path in sorted(root.rglob("*")):
        name = os.fsencode(path.relative_to(root)).decode("latin-1")
        if name == ".git" or name.startswith(".git/"):
            continue
        mode = stat.S_IMODE(path.lstat().st_mode)
        if path.is_symlink():
            found[name] = "link", 0, os.fsencode(path.readlink())
        elif path.is_file():
            found[name] = "file", mode, path.read_bytes()
    return found


def run(root: Path, arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.chdir(root)
    monkeypatch.setattr(sys, "argv", ["fluxmark", *arguments])
    return main()


def assert_applies(
    make: Callable[[Path], None],
    arguments: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> bytes:
    """Hold what `git apply` makes of a patch against what the command writes; return the patch."""
    written, patched = tmp_path / "written", tmp_path / "patched"
    for root in (written, patched):
        shutil.rmtree(root, ignore_errors=True)
        root.mkdir()
        make(root)
    before = snapshot(patched)
    capfdbinary.readouterr()
    shown = run(patched, [*arguments, "--diff"], monkeypatch)
    patch = capfdbinary.readouterr().out
    assert snapshot(patched) == before
    assert run(written, arguments, monkeypatch) == shown
    if patch:
        subprocess.run(["git", "init", "-q"], cwd=patched, check=True)
        subprocess.run(["git", "apply", "--whitespace=nowarn"], cwd=patched, input=patch, check=True)
    assert snapshot(patched) == snapshot(written)
    capfdbinary.readouterr()
    return patch


@st.composite
def trees(draw: st.DrawFn) -> dict[str, tuple[str, str]]:
    """Return files by path, `file`, `executable` or `link` and content or target."""
    found: dict[str, tuple[str, str]] = {}
    count = draw(st.integers(1, 4))
    for number in range(count):
        folder = draw(st.sampled_from(("", "sub/", "sub dir/", "ü/")))
        name = f"{folder}{draw(st.sampled_from(NAMES))}{number}.yaml"
        end = draw(st.sampled_from(("\n", "", "\r\n", "\n\n# end\n", "\n---\n")))
        line_break = draw(st.sampled_from(("\n", "\n", "\r\n")))
        head = draw(st.sampled_from(("", "\ufeff", "# \u2028 \x85\n", "---\n", "# c\n" * 20)))
        text = (head + POD + draw(st.sampled_from(IMAGES)) + end).replace("\n", line_break)
        found[name] = draw(st.sampled_from(("file", "file", "executable"))), text
        if draw(st.booleans()):
            found[f"{folder}link{number}.yaml"] = "link", Path(name).name
    return found


def write(tree: dict[str, tuple[str, str]], root: Path) -> None:
    (root / "flux.yaml").write_text(FLUX)
    for name, (kind, text) in tree.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        if kind == "link":
            (root / name).symlink_to(text)
        else:
            (root / name).write_bytes(text.encode())
            (root / name).chmod(0o755 if kind == "executable" else 0o644)


@pytest.mark.slow
@pytest.mark.parametrize("command", ["inject", "update"])
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tree=trees())
def test_the_patch_makes_the_tree_that_the_command_makes(
    command: str,
    tree: dict[str, tuple[str, str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    assert_applies(lambda root: write(tree, root), [command], tmp_path, monkeypatch, capfdbinary)


@pytest.mark.parametrize("output", ["clusters/flux", "./b/./x", "link/x", "new dir/ü", "full"])
def test_resources_are_shown_where_they_are_written(
    output: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    def make(root: Path) -> None:
        (root / "fluxmark.yaml").write_text(CONFIG.replace("OUTPUT", output))
        (root / "pod.yaml").write_text(f"{POD}  - image: reg.io/app:1\n")
        (root / "real").mkdir()
        (root / "full").mkdir()
        for name in ("image-policies.yaml", "image-repositories.yaml"):
            (root / "full" / name).touch()
        (root / "link").symlink_to("real")

    assert assert_applies(make, ["inject"], tmp_path, monkeypatch, capfdbinary)


def test_a_link_and_its_target_are_shown_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    def make(root: Path) -> None:
        (root / "flux.yaml").write_text(FLUX)
        (root / "z.yaml").write_text(f"{POD}  - image: reg.io/app:1{MARKER}\n")
        (root / "a.yaml").symlink_to("z.yaml")

    for command in ("inject", "update"):
        patch = assert_applies(make, [command], tmp_path, monkeypatch, capfdbinary)
        assert patch.count(b"diff --git") == (command == "update")


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("a.yaml", "a/a.yaml"),
        ("a b.yaml", "a/a b.yaml"),
        ("ü.yaml", '"a/\\303\\274.yaml"'),
        ('"\\\t\n\x01', '"a/\\"\\\\\\t\\n\\001"'),
    ],
)
def test_names_are_quoted_as_git_does(path: str, shown: str, tmp_path: Path) -> None:
    (tmp_path / path).write_text("a\n")
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    subprocess.run(["git", "add", "-A"], cwd=tmp_path, check=True)
    (tmp_path / path).write_text("b\n")
    asked = subprocess.run(["git", "diff"], cwd=tmp_path, check=True, capture_output=True, text=True).stdout

    found = diff(Package(tmp_path), {path: ("a\n", "b\n")})

    assert found.splitlines()[0] == f"diff --git {shown} {shown.replace('a/', 'b/', 1)}"
    assert found.splitlines() == [line for line in asked.splitlines() if not line.startswith("index ")]


@pytest.mark.parametrize("inserted", [False, True])
def test_a_diff_takes_steps_in_proportion_to_the_lines(inserted: bool, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").touch()
    package = Package(tmp_path)

    def work(size: int) -> None:
        old = "- x\n- y\n" * size
        new = old.replace("x", "z") + ("new\n" if inserted else "")
        assert diff(package, {"a.yaml": (old * 50, new * 50)})

    if inserted:  # a search within limits, and then none
        work(100)
    else:
        assert_linear(work)

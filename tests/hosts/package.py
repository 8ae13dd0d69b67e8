"""Packages to work on, and what is in them afterwards."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOMELAB = ROOT / "fixtures" / "homelab"
COMPOSE = "flux/clusters/production/backend/docker-compose.backend.yml"
DEPLOYMENT = "flux/clusters/production/frontend/deployment.yaml"
OUTPUT = "flux/clusters/production/image-automation"
FILES = ("image-policies", "image-repositories", "image-update-automation", "kustomization")
GENERATED = tuple(f"{OUTPUT}/{name}.yaml" for name in FILES)
FRONTEND = 'frontend:main-abc1234-1707300000 # {"$imagepolicy": "flux-system:frontend"}'
BACKEND = 'backend:main-def5678-1707300000 # {"$imagepolicy": "flux-system:backend"}'
FLUXMARK = Path(sys.executable).with_name("fluxmark")
"""The command as a user has it, in the environment that runs the tests."""

CRASHING = """\
import sys
from fluxmark import function
from fluxmark.__main__ import main
function.Fluxmark.process = lambda self, items: items.items.clear() or 1 / 0
sys.exit(main())
"""


@dataclass(frozen=True, slots=True)
class Done:
    """A program that has run."""

    status: int
    stdout: str
    stderr: str


def run(*command: str | Path, cwd: Path, stdin: str = "", **env: str) -> Done:
    """Run a program in a directory; variables are added to the environment."""
    done = subprocess.run(
        list(map(str, command)),
        cwd=cwd,
        input=stdin,
        env=os.environ | env,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def copy(source: Path, target: Path) -> Path:
    """Copy a package; what is expected of it stays behind."""
    shutil.copytree(source, target, ignore=shutil.ignore_patterns(".expected"))
    return target


def inject(directory: Path) -> Path:
    """Run the command over a directory, and return it."""
    done = run(FLUXMARK, "inject", directory, cwd=directory.parent)
    assert done.status == 0, done.stderr
    return directory


def tree(directory: Path) -> dict[str, bytes]:
    """Return the bytes of every file below a directory, by relative path."""
    files = (path for path in sorted(directory.rglob("*")) if path.is_file())
    return {path.relative_to(directory).as_posix(): path.read_bytes() for path in files}


def through_kpt(directory: Path) -> dict[str, bytes]:
    """Return a package's files as kpt itself writes them, around a function that changes nothing."""
    through = copy(directory, directory.with_name(f"{directory.name}-through-kpt"))
    done = run("kpt", "fn", "eval", ".", "--exec", "cat", cwd=through)
    assert done.status == 0, done.stderr
    return tree(through)


def replace(directory: Path, file: str, old: str, new: str) -> None:
    """Replace a text in a file; it must be there."""
    text = (directory / file).read_text()
    assert old in text
    (directory / file).write_text(text.replace(old, new))


def crashing(path: Path) -> Path:
    """Write a program that is fluxmark, but for a crash when all items were read."""
    path.write_text(f"#!{sys.executable}\n{CRASHING}")
    path.chmod(0o755)
    return path

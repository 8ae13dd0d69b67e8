"""Examples as kpt's own test runner sees them: `.expected/config.yaml` says what to run, `diff.patch` and
`results.yaml` what comes of it.

Source: https://github.com/kptdev/kpt/tree/main/pkg/test/runner
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from hosts.package import ROOT, run

if TYPE_CHECKING:
    from pathlib import Path

EXAMPLES = tuple(sorted(path for path in (ROOT / "examples").iterdir() if path.name.startswith("fluxmark-")))
PUBLISHED = "ghcr.io/fluxmark/fluxmark:v0.1"
"""The image that the examples name."""
SETTINGS = ("user.name=test", "user.email=test@localhost", "core.abbrev=7", "core.autocrlf=false")
GIT = ("git", *(word for setting in SETTINGS for word in ("-c", setting)))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What running an example gives: what changed as a patch, exit status and results, and what was printed."""

    patch: str
    results: dict[str, Any]
    stderr: str


def play(example: Path, directory: Path, function: tuple[str, str], *more: str) -> Outcome:
    """Run an example on a copy; a second run has to change nothing.

    function: `("exec", program)` or `("image", name)`, in place of the published image. more: options for kpt.
    """
    package = directory / example.name
    shutil.copytree(example, package)
    kptfile = package / "Kptfile"
    if kptfile.exists():
        kptfile.write_text(kptfile.read_text().replace(f"image: {PUBLISHED}", ": ".join(function)))
    before = _commit(package)
    saved = directory / "results"
    command = _command(example, function, "--results-dir", str(saved), *more)
    done = run(*command, cwd=package)
    results = yaml.safe_load((saved / "results.yaml").read_text()) if (saved / "results.yaml").exists() else {}
    patch = _patch(package, before)
    run(*command, cwd=package)
    assert _patch(package, before) == patch, "a second run changes something"
    return Outcome(patch, results, done.stderr)


def expected(example: Path) -> Outcome:
    """Return what is expected of an example."""
    directory = example / ".expected"
    return Outcome(
        (directory / "diff.patch").read_text(),
        yaml.safe_load((directory / "results.yaml").read_text()),
        "",
    )


def neutral(results: dict[str, Any]) -> dict[str, Any]:
    """Return results without the name of what was run, which is another one in every test."""
    items = [
        {key: value for key, value in item.items() if key not in ("exec", "image")} for item in results["items"]
    ]
    return results | {"items": items}


def _command(example: Path, function: tuple[str, str], *options: str) -> list[str]:
    """Return the command of an example; options go before the function's arguments, which come last."""
    config = yaml.safe_load((example / ".expected" / "config.yaml").read_text())
    kind, name = function
    if config["testType"] == "render":
        return ["kpt", "fn", "render", ".", *(["--allow-exec"] if kind == "exec" else []), *options]
    source = ["--fn-config", config["fnConfig"]] if "fnConfig" in config else []
    arguments = [f"{key}={value}" for key, value in config.get("args", {}).items()]
    tail = ["--", *arguments] if arguments else []
    return ["kpt", "fn", "eval", config.get("input", "."), f"--{kind}", name, *source, *options, *tail]


def _commit(package: Path) -> str:
    for command in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", "before"]):
        done = run(*GIT, *command, cwd=package)
        assert done.status == 0, done.stderr
    return run(*GIT, "rev-parse", "HEAD", cwd=package).stdout.strip()


def _patch(package: Path, before: str) -> str:
    run(*GIT, "add", "--all", cwd=package)
    return run(*GIT, "diff", "--no-ext-diff", "--no-color", before, cwd=package).stdout

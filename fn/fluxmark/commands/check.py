"""`fluxmark check`: finds mistakes that Flux does not report, in a directory."""

from __future__ import annotations

import gc
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from fluxmark.cluster.read import find_root, read_directory
from fluxmark.commands import CONFIG_NAMES
from fluxmark.flux.releases import minor
from fluxmark.output import FORMATS, Report, render, unfollowed
from fluxmark.output.stdout import put
from fluxmark.output.text import painter
from fluxmark.rules.engine import Selection, run as run_rules
from fluxmark.rules.fix import fixed
from krmfn.functions.streams import say
from krmfn.packages.package import Package
from krmfn.resources.result import Severity

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from fluxmark.cluster import Repository
    from fluxmark.finding import Finding

DESCRIPTION = """\
Find mistakes that Flux does not report: markers that it ignores, policies that select an older build, templates
that fail at the next commit. docs/rules.md describes the rules.
"""
OK, FINDINGS = 0, 1
MOST_ROUNDS = 10
"""Rounds of `--fix`: one mends all that does not touch the same text."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Define the arguments."""
    parser.add_argument("directory", nargs="?", default="-", metavar="DIR", help="default: current directory")
    parser.add_argument("--format", choices=FORMATS, default=FORMATS[0])
    parser.add_argument(
        "--fail-on",
        choices=("error", "warning", "info", "never"),
        default="error",
        help="the lowest severity for which the exit status is 1 (default: error)",
    )
    parser.add_argument("--select", action="append", default=[], metavar="RULE,…", help="run only these rules")
    parser.add_argument("--ignore", action="append", default=[], metavar="RULE,…", help="skip these rules")
    parser.add_argument("--fix", action="store_true", help="apply safe fixes, then check again")
    parser.add_argument(
        "--flux-version",
        metavar="X.Y",
        help="the Flux version to check for; default: the configured one, else the newest known",
    )


def run(arguments: argparse.Namespace) -> int:
    """Check; return whether there are findings of the severity that counts."""
    gc.disable()  # trees hold no cycles, and collecting them takes longer than parsing
    directory = Path("." if arguments.directory == "-" else arguments.directory)
    Package(directory)  # names a directory that does not exist as the user wrote it
    root, focus = find_root(directory)
    package = Package(root)
    selection = Selection.of(_names(arguments.select), _names(arguments.ignore))
    flux_version = minor(arguments.flux_version) if arguments.flux_version else _configured(directory)
    world = read_directory(package, flux_version=flux_version, focus=focus)
    found = run_rules(world, selection)
    if arguments.fix:
        world, found = _mend(package, world, found, selection)
    if left := unfollowed.line(world.model):
        say(left)
    _show(arguments.format, world, found)
    failing = list(Severity)[: _counting(arguments.fail_on)]
    return FINDINGS if any(one.severity in failing for one in found) else OK


def _mend(
    package: Package, world: Repository, found: list[Finding], selection: Selection
) -> tuple[Repository, list[Finding]]:
    """Apply the safe fixes until nothing is left to mend; return the package as it is then."""
    texts: dict[str, str] = {}
    for _ in range(MOST_ROUNDS):
        more = fixed(world, found)
        if not more:
            break
        texts |= more
        world = read_directory(package, flux_version=world.flux_version, texts=texts, focus=world.focus)
        found = run_rules(world, selection)
    for note in package.write(texts):
        say(note)
    if texts:
        say(f"mended {len(texts)} {'file' if len(texts) == 1 else 'files'}")
    return world, found


def _show(form: str, world: Repository, found: Sequence[Finding]) -> None:
    prefix = f"{world.focus}/" if world.focus else ""
    shown = [replace(one, file=one.file.removeprefix(prefix)) for one in found] if prefix else found

    def text_of(path: str) -> str | None:
        return world.tree.read(prefix + path) if path else None

    put(render(form, Report(shown, text_of, painter(sys.stdout))))
    if form == "text" and not found:
        say("nothing to say")


def _counting(fail_on: str) -> int:
    """Return how many severities, from the worst, make the command fail."""
    return 0 if fail_on == "never" else list(Severity).index(Severity(fail_on)) + 1


def _names(given: Sequence[str]) -> list[str]:
    return [name for names in given for name in names.split(",") if name]


def _configured(directory: Path) -> str | None:
    """Return the Flux version of the directory's configuration; None without one."""
    if not any((directory / name).is_file() for name in CONFIG_NAMES):
        return None
    from fluxmark.commands.load_config import load

    return load(None, directory).flux_version

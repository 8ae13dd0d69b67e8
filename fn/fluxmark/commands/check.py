"""`fluxmark check`: finds mistakes that Flux does not report, in a directory."""

from __future__ import annotations

import gc
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from fluxmark.commands import CONFIG_NAMES
from fluxmark.flux_releases import minor
from fluxmark.output import FORMATS, Report, render
from fluxmark.output.standard import put
from fluxmark.output.text import painter
from fluxmark.rules.engine import Selection, run as run_rules
from fluxmark.rules.fix import fixed
from fluxmark.world.read import read_directory
from krmfn.package import Package
from krmfn.result import Severity
from krmfn.streams import say

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from fluxmark.finding import Finding
    from fluxmark.world import World

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
    package = Package(directory)
    selection = Selection.of(_names(arguments.select), _names(arguments.ignore))
    flux_version = minor(arguments.flux_version) if arguments.flux_version else _configured(directory)
    world = read_directory(package, flux_version=flux_version)
    found = run_rules(world, selection)
    if arguments.fix:
        world, found = _mend(package, world, found, selection)
    _show(arguments.format, world, found)
    failing = list(Severity)[: _counting(arguments.fail_on)]
    return FINDINGS if any(one.severity in failing for one in found) else OK


def _mend(
    package: Package, world: World, found: list[Finding], selection: Selection
) -> tuple[World, list[Finding]]:
    """Apply the safe fixes until nothing is left to mend; return the package as it is then."""
    texts: dict[str, str] = {}
    for _ in range(MOST_ROUNDS):
        more = fixed(world, found)
        if not more:
            break
        texts |= more
        world = read_directory(package, flux_version=world.flux_version, texts=texts)
        found = run_rules(world, selection)
    for note in package.write(texts):
        say(note)
    if texts:
        say(f"mended {len(texts)} {'file' if len(texts) == 1 else 'files'}")
    return world, found


def _show(form: str, world: World, found: Sequence[Finding]) -> None:
    texts = {source.path: source.text for source in world.sources}
    put(render(form, Report(found, lambda path: texts.get(path) or _other(world, path), painter(sys.stdout))))
    if form == "text" and not found:
        say("nothing to say")


def _other(world: World, path: str) -> str | None:
    return world.others[path]().text if path in world.others else None


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

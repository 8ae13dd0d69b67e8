"""`fluxmark inject`: adds Flux's image resources and setter comments to a directory."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from fluxmark.commands import CONFIG_NAMES
from fluxmark.commands.load_config import load
from fluxmark.config import ImageAutomation
from fluxmark.inject.directory import inject
from fluxmark.output import diff, injection, text, unfollowed
from fluxmark.output.stdout import put
from krmfn.errors import InputError
from krmfn.functions.streams import say
from krmfn.packages.package import Package
from krmfn.resources.result import Severity

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping

    from fluxmark.finding import Finding

OK, FINDINGS, BAD_INPUT = 0, 1, 2

DESCRIPTION = """\
Add Flux's image resources and setter comments to a directory. A second run changes nothing.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Define the arguments."""
    parser.add_argument("directory", nargs="?", default="-", metavar="DIR", help="default: current directory")
    parser.add_argument(
        "-c",
        "--config",
        metavar="FILE",
        help=f"an ImageAutomation or a ConfigMap; default: {' or '.join(CONFIG_NAMES)} in DIR; without a "
        "configuration, the images of the policies in DIR are marked",
    )
    shown = parser.add_mutually_exclusive_group()
    shown.add_argument("--diff", action="store_true", help="print the changes as a diff and write nothing")
    shown.add_argument("--format", choices=("text", "json"), default="text")
    dry = parser.add_mutually_exclusive_group()
    dry.add_argument("--dry-run", action="store_true", help="report what would change and write nothing")
    dry.add_argument(
        "--check", action="store_true", help="write nothing; exit status 1 where something would change"
    )
    parser.add_argument(
        "--prune",
        action="store_true",
        help="remove resources that are no longer in the configuration, and their markers",
    )
    parser.add_argument("-q", "--quiet", action="store_true", help="report only warnings and errors")


def run(arguments: argparse.Namespace) -> int:
    """Inject, or show what that would change; return the exit status. Raises InputError if there is no work."""
    directory = Path("." if arguments.directory == "-" else arguments.directory)
    package = Package(directory)
    config = load(arguments.config, directory)
    result = inject(package, config, prune=arguments.prune)
    if not result.has_work and config == ImageAutomation():
        raise InputError(_no_work(directory))
    if result.model is not None and (left := unfollowed.line(result.model)):
        say(left)
    checked = [*_checked(package, config, result.changes)]
    failed = any(one.severity is Severity.ERROR for one in checked)
    dry = failed or arguments.diff or arguments.dry_run or arguments.check
    if not dry:
        for note in package.write({path: new for path, (_, new) in result.changes.items()}):
            say(note)
    said = [one for one in result.findings if not arguments.quiet or one.severity is not Severity.INFO]
    if arguments.diff:
        put(diff.diff(package, result.changes))
    if arguments.format == "json":
        put(injection.render(result, [*result.findings, *checked], written=not dry))
    else:
        text.write([*said, *checked])
    count = len(result.changes)
    files = f"{count} {'file' if count == 1 else 'files'} {'would be written' if dry else 'written'}"
    done = "nothing was written because of the errors" if failed else files if count else "nothing to do"
    say(f"{result.tally.summary()}; {done}")
    return BAD_INPUT if failed else FINDINGS if arguments.check and count else OK


def _no_work(directory: Path) -> str:
    """Return what to tell where a directory holds nothing for fluxmark, with the directory that may be meant."""
    said = f"{directory}: no Flux image resources and no configuration ({' or '.join(CONFIG_NAMES)}) below it"
    here = directory.resolve()
    near = [*here.parents[:8], *(path for path in sorted(here.iterdir()) if path.is_dir())]
    meant = next((path for path in near if any((path / name).is_file() for name in CONFIG_NAMES)), None)
    return f"{said}; did you mean {meant}?" if meant else f"{said}; give the root directory of the repository"


def _checked(
    package: Package, config: ImageAutomation, changes: Mapping[str, tuple[str, str]]
) -> Iterator[Finding]:
    """Yield what `check` would say of the files as they are written: what matters, and nothing of other files."""
    if not changes:
        return
    from fluxmark.cluster.read import read_directory
    from fluxmark.rules.engine import run as run_rules

    texts = {path: new for path, (_, new) in changes.items()}
    world = read_directory(package, flux_version=config.flux_version, texts=texts)
    found = [one for one in run_rules(world) if one.file in changes and one.severity is not Severity.INFO]
    before: set[tuple[str, str, str]] = set()
    if any(one.severity is Severity.ERROR for one in found):
        old = run_rules(read_directory(package, flux_version=config.flux_version))
        before = {(one.rule, one.file, one.message) for one in old}
    for one in found:
        # what was wrong before is no reason to write nothing
        known = (one.rule, one.file, one.message) in before
        yield replace(one, severity=Severity.WARNING) if known else one

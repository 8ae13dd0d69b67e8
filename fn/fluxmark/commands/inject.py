"""`fluxmark inject`: adds Flux's image resources and setter comments to a directory."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fluxmark.commands import CONFIG_NAMES
from fluxmark.commands.load_config import load
from fluxmark.inject.directory import inject
from fluxmark.output import diff, text
from fluxmark.output.standard import put
from krmfn.package import Package
from krmfn.result import Severity
from krmfn.streams import say

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping

    from fluxmark.config import ImageAutomation
    from fluxmark.finding import Finding


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
    parser.add_argument("--diff", action="store_true", help="print the changes as a diff and write nothing")
    parser.add_argument("--dry-run", action="store_true", help="report what would change and write nothing")
    parser.add_argument("-q", "--quiet", action="store_true", help="report only warnings and errors")


def run(arguments: argparse.Namespace) -> int:
    """Inject, or show what that would change."""
    directory = Path("." if arguments.directory == "-" else arguments.directory)
    package = Package(directory)
    config = load(arguments.config, directory)
    result = inject(package, config)
    dry = arguments.diff or arguments.dry_run
    if not dry:
        for note in package.write({path: new for path, (_, new) in result.changes.items()}):
            say(note)
    if arguments.diff:
        put(diff.diff(result.changes))
    said = [one for one in result.findings if not arguments.quiet or one.severity is not Severity.INFO]
    text.write([*said, *_checked(package, config, result.changes)])
    count = len(result.changes)
    done = f"{count} {'file' if count == 1 else 'files'} {'would be written' if dry else 'written'}"
    say(done if count else "nothing to do")
    return 0


def _checked(
    package: Package, config: ImageAutomation, changes: Mapping[str, tuple[str, str]]
) -> Iterator[Finding]:
    """Yield what `check` would say of the files as they are written: what matters, and nothing of other files."""
    if not changes:
        return
    from fluxmark.rules.engine import run as run_rules
    from fluxmark.world.read import read_directory

    texts = {path: new for path, (_, new) in changes.items()}
    world = read_directory(package, flux_version=config.flux_version, texts=texts)
    for finding in run_rules(world):
        if finding.file in changes and finding.severity is not Severity.INFO:
            yield finding

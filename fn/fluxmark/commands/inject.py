"""`fluxmark inject`: the main job over a directory."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from fluxmark.commands.load_config import load
from fluxmark.inject.directory import inject
from fluxmark.output import diff, text
from krmfn.package import Package
from krmfn.result import Severity

if TYPE_CHECKING:
    import argparse


def run(arguments: argparse.Namespace) -> int:
    """Inject, or show what that would change."""
    directory = Path("." if arguments.directory == "-" else arguments.directory)
    package = Package(directory)
    config = load(arguments.config, directory)
    result = inject(package, config)
    dry = arguments.diff or arguments.dry_run
    if not dry:
        package.write({path: new for path, (_, new) in result.changes.items()})
    if arguments.diff:
        sys.stdout.write(diff.diff(result.changes))
    said = [one for one in result.findings if not arguments.quiet or one.severity is not Severity.INFO]
    text.write(said, sys.stderr)
    count = len(result.changes)
    done = f"{count} {'file' if count == 1 else 'files'} {'would be written' if dry else 'written'}"
    print(done if count else "nothing to do", file=sys.stderr)
    return 0

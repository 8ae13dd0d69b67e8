"""The command: arguments, files, exit status. What is done, other rooms do."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from fluxmark import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

OK, FINDINGS, BAD_INPUT, INTERNAL, INTERRUPTED = 0, 1, 2, 3, 130
CONFIG_NAMES = ("fluxmark.yaml", "fluxmark.yml", ".fluxmark.yaml")
"""Where a directory's configuration is looked for when none is named."""

DESCRIPTION = """\
Flux image automation, injected and kept right: writes ImageRepository, ImagePolicy, ImageUpdateAutomation and the
setter comments that Flux needs, without reformatting a file.

Without arguments it is a KRM function: it reads a ResourceList on standard input and prints it on standard output.
"""
EPILOG = """\
as a function:
  kpt fn eval DIR --image ghcr.io/fluxmark/fluxmark:v0 --fn-config fluxmark.yaml
  kpt fn eval DIR --image ghcr.io/fluxmark/fluxmark:v0 -- images=registry/app,registry/api secretRef=credentials
as a command:
  fluxmark inject DIR --diff
  fluxmark check DIR

exit status: 0 done, 1 findings or a failed function, 2 bad input, 3 an internal error, 130 interrupted
"""


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command's arguments."""
    top = argparse.ArgumentParser(
        prog="fluxmark",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"fluxmark {__version__}")
    verbs = top.add_subparsers(dest="verb", metavar="VERB", title="verbs")
    verbs.add_parser(
        "fn", help="the function: a ResourceList from standard input to standard output (the default)"
    )
    inject = verbs.add_parser(
        "inject",
        help="write Flux's resources and setter comments into a directory",
        description="Write Flux's resources and setter comments into a directory. A second run changes nothing.",
    )
    inject.add_argument("directory", nargs="?", default="-", metavar="DIR", help="default, and `-`: here")
    inject.add_argument(
        "-c",
        "--config",
        metavar="FILE",
        help=f"an ImageAutomation or a ConfigMap; default: {' or '.join(CONFIG_NAMES)} in DIR; without any, "
        "what the policies in DIR select is marked",
    )
    inject.add_argument("--diff", action="store_true", help="print the changes as a diff and write nothing")
    inject.add_argument("--dry-run", action="store_true", help="say what would be done and write nothing")
    inject.add_argument("-q", "--quiet", action="store_true", help="say only what was not done")
    _add_check(verbs)
    return top


def _add_check(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    check = verbs.add_parser(
        "check",
        help="find what Flux stays silent about",
        description="Find what Flux would silently get wrong: markers that it ignores, policies that select an "
        "older build, templates that fail at the next commit. docs/rules.md has the rules.",
    )
    check.add_argument("directory", nargs="?", default="-", metavar="DIR", help="default, and `-`: here")
    check.add_argument("--format", choices=("text", "json", "sarif", "github"), default="text")
    check.add_argument(
        "--fail-on",
        choices=("error", "warning", "info", "never"),
        default="error",
        help="the severity from which findings make the exit status 1 (default: error)",
    )
    check.add_argument("--select", action="append", default=[], metavar="RULE,…", help="only these rules")
    check.add_argument("--ignore", action="append", default=[], metavar="RULE,…", help="not these rules")
    check.add_argument("--fix", action="store_true", help="apply the fixes that are safe, and check again")
    check.add_argument(
        "--flux-version", metavar="X.Y", help="the Flux that runs; default: as configured, else the newest known"
    )


def main(argv: Sequence[str]) -> int:
    """Run the command; return the exit status."""
    arguments = parser().parse_args(argv)
    if arguments.verb == "inject":
        from fluxmark.commands.inject import run as inject

        return inject(arguments)
    if arguments.verb == "check":
        from fluxmark.commands.check import run as check

        return check(arguments)
    from fluxmark.function import Fluxmark
    from krmfn.run import run

    if sys.stdin.isatty():
        print("fluxmark: standard input is a terminal; a ResourceList is expected (see --help)", file=sys.stderr)
        return BAD_INPUT
    return run(Fluxmark())

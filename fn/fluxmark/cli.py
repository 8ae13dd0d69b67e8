"""The command line: finds the command, parses its arguments and runs it."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from fluxmark import __version__
from fluxmark.commands import COMMANDS, load

if TYPE_CHECKING:
    from collections.abc import Sequence

PLUGIN = "KUSTOMIZE_PLUGIN_CONFIG_ROOT"
"""Set by kustomize for a legacy exec plugin, whose first argument is the file with its configuration."""

EPILOG = """\
exit status: 0 success, 1 findings or a failed function, 2 bad input, 3 internal error, 128 + N ended by signal N
"""


class _Documentation(argparse.Action):
    """Prints the documentation of the function, which is beside this file; as text, with the commands."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from krmfn.docs import read

        docs = read(Path(__file__).parent)
        print(docs.to_json() if self.dest == "doc" else f"{docs.to_text()}\n{parser.format_help().rstrip()}")
        parser.exit()


def parser(argv: Sequence[str]) -> argparse.ArgumentParser:
    """Return the parser for these arguments: it knows only the options of the command named, which is faster."""
    top = argparse.ArgumentParser(
        prog="fluxmark",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        add_help=False,
    )
    top.add_argument("-h", "--help", action=_Documentation, nargs=0, help="print this and exit")
    top.add_argument("--doc", action=_Documentation, nargs=0, help="print the documentation as JSON and exit")
    top.add_argument("--version", action="version", version=f"fluxmark {__version__}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    for name, summary in COMMANDS.items():
        if name in argv:
            command = load(name)
            command.add_arguments(commands.add_parser(name, help=summary, description=command.DESCRIPTION))
        else:
            commands.add_parser(name, help=summary)
    return top


def main(argv: Sequence[str]) -> int:
    """Run the command; return the exit status."""
    if argv and PLUGIN in os.environ and Path(argv[0]).is_file():
        from fluxmark.function import Fluxmark
        from krmfn import plugin
        from krmfn.host import Host

        return plugin.run(Fluxmark(host=Host.BUILD), argv[0])
    if argv and argv[0] == "fn":
        from fluxmark.function import main as function

        return function(argv[1:])
    arguments = parser(argv).parse_args(argv)
    return load(arguments.command or "fn").run(arguments)

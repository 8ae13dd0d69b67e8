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
    """Prints the documentation of the function, which is next to this file; as text, with the commands."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from krmfn.functions.help_text import read

        docs = read(Path(__file__).parent)
        print(docs.to_json() if self.dest == "doc" else f"{docs.to_text()}\n{parser.format_help().rstrip()}")
        parser.exit()


class _Version(argparse.Action):
    """Prints the versions of fluxmark and of what it is made of, for a report of a fault."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        import platform
        from importlib.metadata import version

        from yaml import _yaml

        from fluxmark.flux.releases import NEWEST_FLUX

        parts = {
            "Python": platform.python_version(),
            "PyYAML": version("PyYAML"),
            "libyaml": _yaml.get_version_string(),
            "google-re2": version("google-re2"),
            "newest Flux known": NEWEST_FLUX,
        }
        print(f"fluxmark {__version__} ({', '.join(f'{name} {value}' for name, value in parts.items())})")
        parser.exit()


def parser(argv: Sequence[str]) -> argparse.ArgumentParser:
    """Return the parser for these arguments: it knows only the options of the command named, which is faster."""
    top = argparse.ArgumentParser(
        prog="fluxmark",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        add_help=False,
        allow_abbrev=False,
    )
    top.add_argument("-h", "--help", action=_Documentation, nargs=0, help="print this and exit")
    top.add_argument("--doc", action=_Documentation, nargs=0, help="print the documentation as JSON and exit")
    top.add_argument("--version", action=_Version, nargs=0, help="print the versions of all parts and exit")
    top.set_defaults(fail=top.error, parser=parser)
    commands = top.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    for name, summary in COMMANDS.items():
        if name in argv:
            command = load(name)
            one = commands.add_parser(name, help=summary, description=command.DESCRIPTION, allow_abbrev=False)
            command.add_arguments(one)
            one.set_defaults(fail=one.error)
        else:
            commands.add_parser(name, help=summary, allow_abbrev=False)
    return top


def main(argv: Sequence[str]) -> int:
    """Run the command; return the exit status."""
    if argv and PLUGIN in os.environ and Path(argv[0]).is_file():
        from fluxmark.function import Fluxmark
        from krmfn.functions import plugin
        from krmfn.functions.host import Host

        return plugin.run(Fluxmark(host=Host.BUILD), argv[0])
    if argv and argv[0] == "fn":
        from fluxmark.function import main as function

        return function(argv[1:])
    arguments, unknown = parser(argv).parse_known_args(argv)
    if unknown:
        # argparse would print the usage of `fluxmark`, not that of the command
        arguments.fail(f"unknown arguments: {' '.join(unknown)}")
    return load(arguments.command or "fn").run(arguments)

"""The command: arguments, files, exit status. What is done, other rooms do."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from fluxmark import __version__
from fluxmark.commands import CONFIG_NAMES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

PLUGIN = "KUSTOMIZE_PLUGIN_CONFIG_ROOT"
"""Set by kustomize for a legacy exec plugin, whose first argument is the file with its configuration."""

EPILOG = """\
exit status: 0 done, 1 findings or a failed function, 2 bad input, 3 an internal error, 128 + N ended by signal N
"""


class _Documentation(argparse.Action):
    """Prints the documentation of the function, which lies beside this file; and the verbs, but not as JSON."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from krmfn.docs import read

        docs = read(Path(__file__).parent)
        print(docs.to_json() if self.dest == "doc" else f"{docs.to_text()}\n{parser.format_help().rstrip()}")
        parser.exit()


def parser(argv: Sequence[str]) -> argparse.ArgumentParser:
    """Return the parser of these arguments: it knows those of the verbs among them, which is faster than all."""
    top = argparse.ArgumentParser(
        prog="fluxmark",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        add_help=False,
    )
    top.add_argument("-h", "--help", action=_Documentation, nargs=0, help="print this and exit")
    top.add_argument("--doc", action=_Documentation, nargs=0, help="print the documentation as JSON and exit")
    top.add_argument("--version", action="version", version=f"fluxmark {__version__}")
    verbs = top.add_subparsers(dest="verb", metavar="VERB", title="verbs")
    for verb in VERBS:
        one = verbs.add_parser(verb.name, help=verb.help, description=verb.description)
        if verb.name in argv:
            verb.add_arguments(one)
    return top


def _inject(inject: argparse.ArgumentParser) -> None:
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


def _check(check: argparse.ArgumentParser) -> None:
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


def _select(select: argparse.ArgumentParser) -> None:
    select.add_argument("directory", nargs="?", default="-", metavar="DIR", help="default, and `-`: here")
    tags = select.add_mutually_exclusive_group(required=True)
    tags.add_argument("--tags", metavar="FILE", help="JSON or YAML: {image: [tag, …]}; `-`: standard input")
    tags.add_argument("--registry", action="store_true", help="ask the registries themselves")
    select.add_argument("--format", choices=("text", "json"), default="text")
    select.add_argument("--flux-version", metavar="X.Y", help="the Flux to select as; default: the newest")


def _update(update: argparse.ArgumentParser) -> None:
    update.add_argument("directory", nargs="?", default="-", metavar="DIR", help="default, and `-`: here")
    source = update.add_mutually_exclusive_group()
    source.add_argument(
        "--latest", metavar="FILE", help='JSON or YAML: {"namespace:policy": {"name": …, "tag": …, "digest": …}}'
    )
    source.add_argument("--tags", metavar="FILE", help="JSON or YAML: {image: [tag, …]}; `-`: standard input")
    source.add_argument("--registry", action="store_true", help="ask the registries themselves")
    shown = update.add_mutually_exclusive_group()
    shown.add_argument("--diff", action="store_true", help="print the changes as a diff and write nothing")
    shown.add_argument("--message", action="store_true", help="print the commit message")
    shown.add_argument("--format", choices=("text", "json"), default="text")
    update.add_argument("--dry-run", action="store_true", help="say what would be done and write nothing")
    wishes = update.add_argument_group("not as Flux does")
    wishes.add_argument(
        "--no-downgrade", action="store_true", help="leave a tag that its policy puts behind the one in the file"
    )
    wishes.add_argument("--lists", action="store_true", help="update files that are lists at the top, too")
    wishes.add_argument("--any-namespace", action="store_true", help="use the policies of every namespace")
    wishes.add_argument(
        "--strict-flux",
        action="store_true",
        help="fail where Flux's run would, such as on an invalid latest image, and not for that policy alone",
    )


class _Verb(NamedTuple):
    name: str
    help: str
    description: str
    add_arguments: Callable[[argparse.ArgumentParser], None]


VERBS = (
    _Verb(
        "fn",
        "the function: a ResourceList from standard input to standard output (the default); see fn --help",
        "",
        lambda _: None,
    ),
    _Verb(
        "inject",
        "write Flux's resources and setter comments into a directory",
        "Write Flux's resources and setter comments into a directory. A second run changes nothing.",
        _inject,
    ),
    _Verb(
        "check",
        "find what Flux stays silent about",
        "Find what Flux would silently get wrong: markers that it ignores, policies that select an "
        "older build, templates that fail at the next commit. docs/rules.md has the rules.",
        _check,
    ),
    _Verb(
        "select",
        "say which tag each policy of a directory would choose, and why",
        "Say which tag each ImagePolicy in DIR would choose, and why: what is dropped, and how the "
        "rest is ordered. Exit status 1 where a policy selects nothing.",
        _select,
    ),
    _Verb(
        "update",
        "write the latest images at the markers of a directory, as Flux would commit them",
        "Write the latest images at the markers of DIR as each ImageUpdateAutomation in it would, and "
        "change nothing else. Without a source the latest images are those in the status of the policies in DIR.",
        _update,
    ),
)


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
    if arguments.verb == "inject":
        from fluxmark.commands.inject import run as inject

        return inject(arguments)
    if arguments.verb == "check":
        from fluxmark.commands.check import run as check

        return check(arguments)
    if arguments.verb == "select":
        from fluxmark.commands.select import run as select

        return select(arguments)
    if arguments.verb == "update":
        from fluxmark.commands.update import run as update

        return update(arguments)
    from fluxmark.function import main as function

    return function()

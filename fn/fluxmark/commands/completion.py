"""`fluxmark completion`: prints what makes a shell complete fluxmark's commands and options."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmark.output.stdout import put

if TYPE_CHECKING:
    import argparse

DESCRIPTION = """\
Print the completion of a shell. bash: `source <(fluxmark completion bash)`; zsh: write it to `_fluxmark` in a
directory of $fpath; fish: `fluxmark completion fish | source`.
"""
SHELLS = ("bash", "zsh", "fish")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Define the arguments."""
    parser.add_argument("shell", choices=SHELLS, metavar="SHELL", help=f"one of {', '.join(SHELLS)}")


def run(arguments: argparse.Namespace) -> int:
    """Print the completion."""
    import shtab

    from fluxmark.commands import COMMANDS

    put(shtab.complete(arguments.parser(tuple(COMMANDS)), shell=arguments.shell) + "\n")
    return 0

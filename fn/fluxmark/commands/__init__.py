"""The commands: one module each, with its arguments, what it does and what it prints.

A module has a DESCRIPTION, `add_arguments(parser)` and `run(arguments)`, which returns the exit status. To add a
command, write the module and add its line to COMMANDS.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final, Protocol, cast

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

COMMANDS: Final[Mapping[str, str]] = {
    "fn": "run as a KRM function: a ResourceList from standard input to standard output (default); see fn --help",
    "inject": "add Flux's image resources and setter comments to a directory",
    "check": "find mistakes that Flux does not report",
    "explain": "explain a rule of check",
    "select": "show which tag each ImagePolicy would select, and why",
    "update": "update marked fields to the latest images, as Flux would commit them",
    "docs": "print the documentation of this version",
    "schema": "print the JSON Schema of the configuration, or of a command's JSON",
    "completion": "print the completion of a shell",
}
"""The name of each command, which is that of its module, and its help in one line."""

CONFIG_NAMES = ("fluxmark.yaml", "fluxmark.yml", ".fluxmark.yaml")
"""The configuration file that a directory is searched for if none is named."""


class Command(Protocol):
    """The module of a command."""

    DESCRIPTION: str

    def add_arguments(self, parser: argparse.ArgumentParser, /) -> None:
        """Define the arguments."""

    def run(self, arguments: argparse.Namespace, /) -> int:
        """Run the command; return the exit status."""


def load(name: str) -> Command:
    """Import the module of a command."""
    return cast("Command", import_module(f"fluxmark.commands.{name}"))

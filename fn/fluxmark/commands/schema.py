"""`fluxmark schema`: prints the JSON Schema of the configuration, or of what a command prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmark.output.stdout import put
from fluxmark.output_schemas import FILES

if TYPE_CHECKING:
    import argparse

DESCRIPTION = """\
Print a JSON Schema: `config` for the configuration, and a command's name for what it prints with --format json.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Define the arguments."""
    parser.add_argument("name", choices=tuple(FILES), metavar="NAME", help=f"one of {', '.join(FILES)}")


def run(arguments: argparse.Namespace) -> int:
    """Print the schema."""
    put(FILES[arguments.name].read_text(encoding="utf-8"))
    return 0

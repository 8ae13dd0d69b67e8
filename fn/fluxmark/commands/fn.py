"""`fluxmark fn`: the KRM function, as orchestrators start it without arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmark.function import main

if TYPE_CHECKING:
    import argparse

DESCRIPTION = ""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Define none: `fluxmark.cli` hands the function's arguments to krmfn as they are."""
    del parser


def run(arguments: argparse.Namespace) -> int:
    """Run the function on standard input and output."""
    del arguments
    return main()

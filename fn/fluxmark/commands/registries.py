"""What the commands that read registries share: options, and how far the reading is."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from krmfn.functions.streams import say

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from fluxmark.select import Registries


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Define the options of `--registry`."""
    parser.add_argument(
        "--allow-insecure-auth",
        action="store_true",
        help="send your own login to registries that speak plain HTTP; Secrets in DIR are always sent",
    )
    parser.add_argument(
        "--cache",
        type=Path,
        metavar="DIR",
        help="keep lists of tags in DIR, and take them from there for 10 minutes without asking the registry",
    )


@contextmanager
def reading(arguments: argparse.Namespace) -> Iterator[Registries]:
    """Give what reads registries, with a progress bar; connections are closed at the end."""
    from fluxmark.commands.progress import Progress
    from fluxmark.select import Registries

    with (
        Progress("repositories") as progress,
        Registries(
            say, plain_login=arguments.allow_insecure_auth, cache=arguments.cache, progress=progress
        ) as found,
    ):
        yield found

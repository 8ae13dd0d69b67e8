"""The configuration file of a command, with positions for what is wrong in it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fluxmark import config as configuration
from fluxmark.commands import CONFIG_NAMES
from fluxmark.flux.releases import note
from fluxmark.mapping_file import MappingFile
from krmfn.errors import InputError
from krmfn.functions.streams import say
from krmfn.packages.input_file import text_of
from krmfn.yaml.data import DataError, to_data
from krmfn.yaml.parser import MapNode, Node, SeqNode, follow

if TYPE_CHECKING:
    from fluxmark.config import ImageAutomation

LARGEST = 4 << 20
"""Bytes of the largest configuration: one of some ten thousand images."""


def load(name: str | None, directory: Path) -> ImageAutomation:
    """Read a configuration file; without a name, the one in the directory, or the default configuration.

    One line on standard error says what is assumed of a Flux version that is not wholly known.

    Raises ConfigError for what is wrong in it, InputError for a file that cannot be read.
    """
    if name is None:
        file = next((directory / known for known in CONFIG_NAMES if (directory / known).is_file()), None)
        if file is None:
            return configuration.ImageAutomation()
    else:
        file = Path(name)
    given = MappingFile(
        text_of(file, most=LARGEST), str(file), "expected one document, an ImageAutomation or a ConfigMap"
    )
    try:
        data = to_data(given.root)
    except DataError as error:  # aliases in a circle, or so many that they hold millions of values
        raise InputError(f"{file}: {error}") from None
    config = configuration.load(data, lambda path: given.where(_locate(given.root, path)))
    if assumed := note(config.flux_version):
        say(f"{file}: {assumed}")
    return config


def _locate(root: Node, path: tuple[str | int, ...]) -> Node:
    """Return the key at a path, the item for an index; the nearest above if there is none."""
    node = found = root
    for step in path:
        node = follow(node)
        if isinstance(node, MapNode) and isinstance(step, str):
            pair = node.pair(step)
            if pair is None:
                break
            found, node = pair
        elif isinstance(node, SeqNode) and isinstance(step, int) and step < len(node.items):
            found = node = node.items[step]
        else:
            break
    return found

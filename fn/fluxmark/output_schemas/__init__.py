"""The JSON Schemas of what fluxmark reads and prints, each with an `$id`.

The configuration's schema is made from those of Flux's kinds, see `fluxmark.config.generate_docs`. The others are
written by hand next to this file: a key that is added to an output is added there.
"""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).parent
FILES = {
    "config": _HERE.parent / "config" / "image-automation.schema.json",
    "check": _HERE / "check.json",
    "inject": _HERE / "inject.json",
    "select": _HERE / "select.json",
    "update": _HERE / "update.json",
}
"""The file of each schema: of the configuration, and of what a command prints with `--format json`."""
CONFIG_ID = "https://fluxmark.github.io/fluxmark/schema/config.json"
"""The `$id` of the configuration's schema."""
LANGUAGE_SERVER = f"# yaml-language-server: $schema={CONFIG_ID}\n"
"""The first line of a configuration, from which editors know its schema."""

"""A package as `check` sees it: read once, then only looked at.

- `Source`: one text with its documents and positions.
- `Manifest`: one document that is a resource, with findings at its fields.
- `Marker`: a comment that is a marker, or means to be one, and what it stands beside.
- `World`: all of these, and what is known of the repository around them.
"""

from fluxmark.world.manifest import Manifest
from fluxmark.world.markers import Marker, Spot
from fluxmark.world.source import Source
from fluxmark.world.world import World

__all__ = ["Manifest", "Marker", "Source", "Spot", "World"]

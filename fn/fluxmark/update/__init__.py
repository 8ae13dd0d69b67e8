"""What Flux would commit: the latest images at the markers, without the damage.

- `update_text`, `update`: one text; the second says the findings.
- `fluxmark.update.directory`: the files of a package, as its ImageUpdateAutomations would update them.
"""

from __future__ import annotations

from fluxmark.flux.latest_image import LatestImage
from fluxmark.flux.setters.update_text import Options, Updated, update, update_text

__all__ = ["LatestImage", "Options", "Updated", "update", "update_text"]

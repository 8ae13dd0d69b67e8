"""What Flux would commit: the latest images at the markers, without the damage.

- `update_text`: one text; `update`: the same with what there is to say.
"""

from __future__ import annotations

from fluxmark.latest import LatestImage
from fluxmark.update.text import Updated, update, update_text

__all__ = ["LatestImage", "Updated", "update", "update_text"]

"""A marked value holds more than an image, and Flux would replace all of it.

Flux does not look for the image within a value: `--image=example.com/app:1.0.0`, `VERSION=1.0.0`, a URL or JSON
becomes the bare image or tag at the first update, and the commit looks like any other. `fluxmark update` skips
such values unless `--strict-flux` is given.

Fails:
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: settings}
    data:
      ARGUMENT: --image=example.com/app:1.0.0 # {"$imagepolicy": "flux-system:app"}

Passes:
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: settings}
    data:
      IMAGE: example.com/app:1.0.0 # {"$imagepolicy": "flux-system:app"}

Fix: give the image, or its tag, its own value, and combine the text where it is used.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from fluxmark import image
from fluxmark.flux.marker.surroundings import holds_more
from fluxmark.rules.marker_image import repository_image
from krmfn.resources.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.cluster import Marker, Repository
    from fluxmark.finding import Finding

ID: Final = "marker-whole-value"
SEVERITY: Final = Severity.ERROR

_PARTS: Final = {"": "image", "name": "name", "tag": "tag", "digest": "digest"}
_TAG = re.compile(r"(?<![A-Za-z0-9])v?[0-9]+(?:[.-][A-Za-z0-9]+)*")


def check(world: Repository) -> Iterator[Finding]:
    """Yield the markers at values that hold text around what Flux writes."""
    for marker in world.markers:
        setter, node = marker.setter, marker.node
        if setter is None or node is None or not marker.works:
            continue
        if image.templating(node.value) or not holds_more(node.value):
            continue
        written = _written(world, marker, node.value)
        becomes = f"{node.value!r} would become {written!r}" if written else f"{node.value!r} would be lost"
        yield marker.source.finding(
            ID,
            SEVERITY,
            marker.source.span(node),
            f"Flux replaces the whole value: {becomes}, without the text around it; give the "
            f"{_PARTS[setter.suffix]} a value of its own",
            resource=marker.manifest.ref if marker.manifest else None,
            path=marker.path,
            current=node.value,
        )


def _written(world: Repository, marker: Marker, value: str) -> str:
    """Return what Flux would write for the tag that is there; '' if that is unknown."""
    suffix = marker.setter.suffix if marker.setter else ""
    wanted = next(filter(None, map(repository_image, world.policies_of(marker))), None)
    at = value.find(wanted.name) if wanted else -1
    tags = _TAG.findall(value, at + len(wanted.name) if wanted and at >= 0 else 0)
    if suffix == "tag":
        return tags[0] if tags else ""
    if wanted is None or suffix == "digest":
        return ""
    return wanted.name if suffix or not tags else f"{wanted.name}:{tags[0]}"

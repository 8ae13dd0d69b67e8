"""An image has a policy, but no marker.

Flux selects its newest tag and has nowhere to write it: this place stays at its tag while others move on.

Fails:
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: app}
    spec:
      template:
        spec:
          containers:
            - name: app
              image: example.com/app:1.0.0

Passes:
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: app}
    spec:
      template:
        spec:
          containers:
            - name: app
              image: example.com/app:1.0.0 # {"$imagepolicy": "flux-system:app"}

Fix: `fluxmark inject` sets the marker; where the tag is pinned on purpose, say so with
`# fluxmark: ignore[unmarked-image]` on the line.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from fluxmark import image, marker as markers
from fluxmark.marker import Setter
from fluxmark.rules.marker_image import repository_image
from krmfn.comment import line_comment
from krmfn.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.finding import Finding
    from fluxmark.world import Manifest, World

ID: Final = "unmarked-image"
SEVERITY: Final = Severity.INFO


def check(world: World) -> Iterator[Finding]:
    """Yield the places of images that a policy selects, and that have no marker of any kind."""
    if not world.has_comments:
        return
    by_name: dict[str, list[Manifest]] = {}
    for policy in world.policies:
        ref = repository_image(world, Setter(world.namespace(policy), policy.name))
        if ref is not None:
            by_name.setdefault(ref.canonical, []).append(policy)
    if not by_name:
        return
    # the path below the registry stands in every text that names the image, whatever is said of the registry
    paths = sorted({re.escape(name.partition("/")[2].removeprefix("library/")) for name in by_name})
    mention = re.compile(rf"(?<![\w.-])(?:{'|'.join(paths)})(?![\w/-])")
    meant = {id(marker.node) for marker in world.markers}  # wherever it stands, and whatever is wrong with it
    for source, manifest, place in world.places(lambda text: mention.search(text) is not None):
        if id(place.node) in meant:
            continue
        try:
            policies = by_name.get(image.parse(place.image).canonical, [])
        except image.ImageError:
            continue
        beside = line_comment(source.text, place.node)
        if (
            not policies
            or place.suffix not in ("", "tag")
            or (beside and (markers.read(beside.text) or markers.diagnose(beside.text)))
        ):
            continue
        covers = [world.covers(one, source) for one in world.automations]
        if covers and all(answer is False for answer in covers):
            continue
        names = " or ".join(f"{world.namespace(one)}:{one.name}" for one in policies)
        yield source.finding(
            ID,
            SEVERITY,
            source.span(place.node),
            f"Flux selects the tag of this image with {names} and does not write it here: there is no marker",
            resource=manifest.ref,
            path=place.path,
            current=place.node.value,
        )

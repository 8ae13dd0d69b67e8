"""An image has a policy, but no marker.

Flux selects its newest tag and has nowhere to write it: this field keeps its tag while others move on.

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

Fix: `fluxmark inject` sets the marker; if the tag is pinned on purpose, add
`# fluxmark: ignore[unmarked-image]` on the line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmark import image
from fluxmark.flux import marker as markers
from fluxmark.rules.marker_image import repository_image
from krmfn.resources.result import Severity
from krmfn.yaml.comment import line_comment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.cluster import Manifest, Repository
    from fluxmark.finding import Finding

ID: Final = "unmarked-image"
SEVERITY: Final = Severity.INFO


def check(world: Repository) -> Iterator[Finding]:
    """Yield the image fields whose tag a policy selects, and that have no marker of any kind."""
    if not world.has_comments:
        return
    by_name: dict[str, list[Manifest]] = {}
    for policy in world.policies:
        ref = repository_image(policy)
        if ref is not None:
            by_name.setdefault(ref.canonical, []).append(policy)
    if not by_name:
        return
    has_automations = any(cluster.automations for cluster in world.clusters)
    meant = {id(marker.node) for marker in world.markers}  # wherever it is, and everything that is wrong with it
    for source, manifest, field in world.fields:
        if id(field.node) in meant or field.part not in ("", "tag") or image.templating(field.node.value):
            continue
        ref = image.parse_templated(field.image)
        policies = by_name.get(ref.canonical, []) if ref else []
        beside = line_comment(source.text, field.node)
        if ref is not None and not field.part and world.overrides_image(source.path, ref.name):
            continue
        if not policies or (beside and (markers.read(beside.text) or markers.diagnose(beside.text))):
            continue
        if has_automations and world.is_updated(source) is False:
            continue
        names = " or ".join(sorted({one.id for one in policies}))
        yield source.finding(
            ID,
            SEVERITY,
            source.span(field.node),
            f"Flux selects the tag of this image with {names} and does not write it here: there is no marker",
            resource=manifest.ref,
            path=field.path,
            current=field.node.value,
        )

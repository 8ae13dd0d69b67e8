"""The image at a marker is not the one that its policy selects.

Flux writes the name of the policy's ImageRepository whatever stands there. A copied marker therefore puts another
program's image into a Deployment, and a repository that moved brings the old one back.

Fails:
    image: example.com/other:1.0.0 # {"$imagepolicy": "flux-system:app"}

Passes:
    image: example.com/app:1.0.0 # {"$imagepolicy": "flux-system:app"}

Fix: name the policy of this image, or correct the image here or in the ImageRepository.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmark import image
from fluxmark.rules.marker_suffix import wanted_suffix
from fluxmark.world.manifest import is_templated
from krmfn.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.finding import Finding
    from fluxmark.marker import Setter
    from fluxmark.world import World

ID: Final = "marker-image"
SEVERITY: Final = Severity.WARNING


def check(world: World) -> Iterator[Finding]:
    """Yield the markers beside another image than their policy's."""
    known: dict[str, image.ImageRef | None] = {}
    for marker in world.markers:
        setter, node = marker.setter, marker.node
        if setter is None or node is None or not marker.works or setter.suffix not in ("", "name"):
            continue
        if wanted_suffix(marker.key, node.value, setter.suffix) not in (None, setter.suffix):
            continue
        if setter.key not in known:
            known[setter.key] = repository_image(world, setter)
        wanted = known[setter.key]
        try:
            found = image.parse(node.value)
        except image.ImageError:
            continue
        if wanted is None or image.same_repository(found, wanted):
            continue
        yield marker.source.finding(
            ID,
            SEVERITY,
            marker.source.span(node),
            f"Flux would put {wanted.name} in place of {found.name}: that is the image of {setter.key}; "
            "name the policy of this image",
            resource=marker.manifest.ref if marker.manifest else None,
            path=marker.path,
            current=node.value,
        )


def repository_image(world: World, setter: Setter) -> image.ImageRef | None:
    """Return the image that a policy selects from; None where that is unknown."""
    policy = world.policy(setter.namespace, setter.policy)
    repository = world.repository_of(policy) if policy else None
    if policy is None or repository is None or not (world.is_final(policy) and world.is_final(repository)):
        return None
    text = repository.text("spec", "image")
    try:
        return None if is_templated(text) else image.parse(text)
    except image.ImageError:
        return None

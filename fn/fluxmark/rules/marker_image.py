"""The image at a marker is not the image of its policy.

Flux writes the name of the policy's ImageRepository whatever the value is. A copied marker therefore puts
another program's image into a Deployment, and a repository that moved brings the old one back. Where a chart has
`registry` and `repository`, Flux would write the registry into both.

Fails:
    image: example.com/other:1.0.0 # {"$imagepolicy": "flux-system:app"}

Passes:
    image: example.com/app:1.0.0 # {"$imagepolicy": "flux-system:app"}

Fix: name the policy of this image, or correct the image here or in the ImageRepository.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmark import image
from fluxmark.cluster.manifest import is_templated
from fluxmark.rules.marker_suffix import wanted_suffix
from krmfn.resources.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.cluster import Manifest, Marker, Repository
    from fluxmark.finding import Finding

ID: Final = "marker-image"
SEVERITY: Final = Severity.WARNING


def check(world: Repository) -> Iterator[Finding]:
    """Yield the markers next to another image than their policy's."""
    for marker in world.markers:
        setter, node = marker.setter, marker.node
        if setter is None or node is None or not marker.works or setter.suffix not in ("", "name"):
            continue
        if wanted_suffix(marker.key, node.value, setter.suffix) not in (None, setter.suffix):
            continue
        try:
            found = image.parse(node.value)
        except image.ImageError:
            continue
        images = [ref for policy in world.policies_of(marker) if (ref := repository_image(policy)) is not None]
        wanted = next((ref for ref in images if not image.same_repository(found, ref)), None)
        if wanted is None:
            continue
        registry = _registry_beside(marker)
        if registry and _is_same(f"{registry}/{node.value}", wanted):
            message = (
                f"Flux would write {wanted.name} here, with the registry, which the chart adds a second time from "
                f"registry: {registry}; remove this marker, a :tag marker at the tag is enough"
            )
        else:
            message = (
                f"Flux would put {wanted.name} in place of {found.name}: that is the image of {setter.key}; "
                "name the policy of this image"
            )
        yield marker.source.finding(
            ID,
            SEVERITY,
            marker.source.span(node),
            message,
            resource=marker.manifest.ref if marker.manifest else None,
            path=marker.path,
            current=node.value,
        )


def _registry_beside(marker: Marker) -> str:
    """Return the registry that a chart puts before a repository: the field of that name next to it."""
    if marker.manifest is None or not marker.path:
        return ""
    fields = (marker.manifest.text(*marker.path[:-1], name) for name in ("registry", "imageRegistry"))
    return next((text.rstrip("/") for text in fields if text and not is_templated(text)), "")


def _is_same(text: str, wanted: image.ImageRef) -> bool:
    try:
        return image.same_repository(image.parse(text), wanted)
    except image.ImageError:
        return False


def repository_image(policy: Manifest) -> image.ImageRef | None:
    """Return the image that a policy selects from; None if that is not known."""
    repository = policy.cluster.repository_of(policy) if policy.cluster else None
    if repository is None or not (policy.is_final and repository.is_final):
        return None
    text = repository.text("spec", "image")
    try:
        return None if is_templated(text) else image.parse(text)
    except image.ImageError:
        return None

"""No field holds the image of an ImageRepository.

Its name may be misspelt, or no rule knows the field. Flux scans the repository, and nothing is updated.
The rule reports nothing in packages without any image: there the repositories may serve another package.

Fails:
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web}
    spec:
      template:
        spec:
          containers:
            - name: web
              image: example.com/team/frontend:1.0.0
    ---
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImageRepository
    metadata: {name: app, namespace: flux-system}
    spec: {image: example.com/team/frontned, interval: 1m}

Passes:
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web}
    spec:
      template:
        spec:
          containers:
            - name: web
              image: example.com/team/frontend:1.0.0 # {"$imagepolicy": "flux-system:app"}
    ---
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImageRepository
    metadata: {name: app, namespace: flux-system}
    spec: {image: example.com/team/frontend, interval: 1m}

Fix: correct the name; where the field is right and no rule knows it, mark it by hand or name it in `fields`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmark import image
from fluxmark.fields import near
from krmfn.resources.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.cluster import Manifest, Repository
    from fluxmark.finding import Finding

ID: Final = "image-nowhere"
SEVERITY: Final = Severity.INFO

_CONFIGURATION = "fluxmark.io/"


def check(world: Repository) -> Iterator[Finding]:
    """Yield the repositories whose image no field holds, and none of whose policies a marker names."""
    held = {ref.canonical for _, _, field in world.fields if (ref := image.parse_templated(field.image))}
    named = {marker.setter.policy for marker in world.markers if marker.setter is not None}
    marked = {
        repository.identity
        for policy in world.policies
        if policy.name in named and policy.cluster and (repository := policy.cluster.repository_of(policy))
    }
    missing: list[tuple[Manifest, str]] = []
    for repository in world.repositories:
        ref = image.parse_templated(repository.text("spec", "image"))
        known = ref is None or ref.canonical in held or repository.identity in marked
        if ref is not None and not known and repository.is_final and not _is_mentioned(world, repository):
            missing.append((repository, ref.canonical))
    names = near.names(world.texts, world.clues) if missing and world.has_comments else set()
    for repository, canonical in missing if names else ():
        close = near.nearest_images(canonical, names)
        hint = f"; did you mean {' or '.join(close)}?" if close else ", so nothing is updated"
        yield repository.report(
            ID, SEVERITY, ("spec", "image"), f"no image field of this repository holds {canonical}{hint}"
        )


def _is_mentioned(world: Repository, repository: Manifest) -> bool:
    """Tell whether a text names the image elsewhere: in a file that is not read, or where no field is known."""
    name = repository.text("spec", "image")
    return any(
        name in text
        for path, text in world.texts.items()
        if path != repository.source.path and _CONFIGURATION not in text
    )

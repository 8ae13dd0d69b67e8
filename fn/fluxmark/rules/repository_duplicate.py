"""Two ImageRepositories of one image exclude different tags.

The scanner keeps its tags by the image's full name, not by the resource's (its default database, `badger.go`). Two
repositories of one image overwrite each other's tags, so what a policy sees depends on which was scanned last.

Fails:
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImageRepository
    metadata: {name: app, namespace: flux-system}
    spec: {image: example.com/app, interval: 5m0s, exclusionList: ['^v', '\\.sig$']}
    ---
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImageRepository
    metadata: {name: app-releases, namespace: flux-system}
    spec: {image: example.com/app, interval: 5m0s, exclusionList: ['^main-', '\\.sig$']}

Passes:
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImageRepository
    metadata: {name: app, namespace: flux-system}
    spec: {image: example.com/app, interval: 5m0s}

Fix: keep one of them, and separate the tags with each policy's `filterTags`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fluxmark import image
from fluxmark.cluster.manifest import is_templated
from fluxmark.flux.policy.exclusion import DEFAULT
from krmfn.resources.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.cluster import Manifest, Repository
    from fluxmark.finding import Finding

ID: Final = "repository-duplicate"
SEVERITY: Final = Severity.WARNING


def check(world: Repository) -> Iterator[Finding]:
    """Yield the second and further repositories of an image whose list differs from the first one's."""
    first: dict[str, Manifest] = {}
    for repository in world.repositories:
        text = repository.text("spec", "image")
        if is_templated(text) or is_templated(repository.name) or not repository.is_final:
            continue
        try:
            name = image.parse(text).canonical
        except image.ImageError:
            continue
        other = first.setdefault(name, repository)
        same_object = (other.name, other.namespace) == (repository.name, repository.namespace)
        if not same_object and _excluded(other) != _excluded(repository):
            has_list = repository.get("spec", "exclusionList") is not None
            yield repository.report(
                ID,
                SEVERITY,
                ("spec", "exclusionList" if has_list else "image"),
                f"{other.described} scans the same image and excludes other tags, and both keep their tags in one "
                "place: each scan replaces what the other found; keep one of them",
            )


def _excluded(repository: Manifest) -> tuple[Any, ...]:
    found = repository.get("spec", "exclusionList")
    return tuple(found) if isinstance(found, list) and found else DEFAULT

"""A resource has an API version that this Flux does not serve.

Flux 2.7 removed v1beta1, 2.9 v1beta2; applying such a resource fails (`no matches for kind`), and with it the
whole Kustomization. Without a given Flux version the newest known one is assumed, and the finding is a warning.

Fails:
    apiVersion: image.toolkit.fluxcd.io/v1beta2
    kind: ImageRepository
    metadata: {name: app, namespace: flux-system}
    spec: {image: example.com/app, interval: 5m0s}

Passes:
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImageRepository
    metadata: {name: app, namespace: flux-system}
    spec: {image: example.com/app, interval: 5m0s}

Fix: write the version that the message names, as `--fix` does where the Flux version is given and the resource
stays valid; `--flux-version` says which Flux you run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmark.finding import Fix
from fluxmark.flux import schema
from fluxmark.flux.releases import NEWEST_FLUX
from fluxmark.flux.schema.versions import span
from krmfn.resources.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.cluster import Manifest, Repository
    from fluxmark.finding import Finding
    from krmfn.yaml.edit import Editor

ID: Final = "api-version"
SEVERITY: Final = Severity.ERROR


def check(world: Repository) -> Iterator[Finding]:
    """Yield the API versions that are not served, once for each file and version; the engine merges the files."""
    flux = world.flux_version or NEWEST_FLUX
    found: dict[tuple[int, str], list[Manifest]] = {}
    for one in world.image_resources:
        if span(one.kind, one.api_version) and not schema.served(one.api_version, one.kind, flux):
            found.setdefault((id(one.source), one.api_version), []).append(one)
    for resources in found.values():
        first = min(resources, key=lambda one: one.root.start)
        known = span(first.kind, first.api_version)
        right = schema.api_version(first.kind, flux)
        given = world.flux_version is not None
        assert known is not None
        yield first.report(
            ID,
            SEVERITY if given else Severity.WARNING,
            ("apiVersion",),
            f"Flux {flux} does not serve {first.api_version}, only Flux {known.first} to {known.last} do; "
            f"write {right}",
            proposed=right,
            fix=_fix(resources, flux) if given else None,
        )


def _fix(resources: list[Manifest], flux: str) -> Fix | None:
    changes = []
    for one in resources:
        node, right = one.scalar("apiVersion"), schema.api_version(one.kind, flux)
        if node is not None and not schema.validate({**one.data, "apiVersion": right}, flux_version=flux):
            changes.append((node, right))

    def apply(editor: Editor) -> None:
        for node, right in changes:
            editor.set_value(node, right)

    return Fix(f"write {changes[0][1]}", apply) if changes else None

"""Markers are in a `kind: List`, whose items Flux writes to new files.

A List that is the only document of its file is taken apart when it is read. Changed items are then written to
files of their own at the root of the update path (`prod/deployment_app.yaml`), while the List keeps the old
value: the cluster gets both (flux2#5064). An item that is not a mapping fails every run of the automation, and one
without apiVersion, kind and name each run that changes the file.

Fails:
    apiVersion: v1
    kind: List
    items:
      - apiVersion: apps/v1
        kind: Deployment
        metadata: {name: app, namespace: prod}
        image: example.com/app:1.0.0 # {"$imagepolicy": "flux-system:app"}

Passes:
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: app, namespace: prod}
    image: example.com/app:1.0.0 # {"$imagepolicy": "flux-system:app"}

Fix: write the items as documents of their own, with `---` between them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmark.flux.api_groups import TOKEN
from fluxmark.flux.files import is_flux_file
from fluxmark.flux.setters.list_items import failing
from krmfn.resources.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.cluster import Repository
    from fluxmark.finding import Finding

ID: Final = "kind-list"
SEVERITY: Final = Severity.ERROR


def check(world: Repository) -> Iterator[Finding]:
    """Yield every file that is one List with a marker in it, and the items that fail a run."""
    marked = {id(marker.source) for marker in world.markers if marker.works}
    for source in world.sources:
        if TOKEN in source.text and is_flux_file(source.path) and (failure := failing(source.text)):
            span = (failure.offset, failure.offset + 1)
            yield source.finding(ID, SEVERITY, span, failure.said)
        if id(source) not in marked or len([one for one in source.documents if one.root]) != 1:
            continue
        for manifest in world.manifests[source]:
            if manifest.kind in ("List", "ResourceList"):
                yield manifest.report(
                    ID,
                    SEVERITY,
                    ("kind",),
                    f"Flux writes the changed items of this {manifest.kind} to new files next to it and leaves "
                    "the old ones here; write each item as a document of its own",
                )

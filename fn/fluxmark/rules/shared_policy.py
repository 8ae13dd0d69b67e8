"""One policy updates several environments at once.

A policy has one latest image. Where one automation writes it to the places of development and production alike, a
new build reaches both with the same commit. Only directories with the usual names of environments are looked at.

Fails:
    # file: apps/staging/app.yaml
    image: example.com/app:1.0.0 # {"$imagepolicy": "flux-system:app"}
    # file: apps/production/app.yaml
    image: example.com/app:1.0.0 # {"$imagepolicy": "flux-system:app"}

Passes:
    # file: apps/production/app.yaml
    image: example.com/app:1.0.0 # {"$imagepolicy": "flux-system:app"}

Fix: give each environment a policy, or an automation with its own `update.path`.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from krmfn.resources.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.cluster import Marker, Repository
    from fluxmark.finding import Finding

ID: Final = "shared-policy"
SEVERITY: Final = Severity.INFO

_ENVIRONMENTS = {
    name: words[0]
    for words in (
        ("development", "dev"),
        ("testing", "test", "qa"),
        ("staging", "stage", "stg", "preprod"),
        ("production", "prod", "live"),
    )
    for name in words
}


def check(world: Repository) -> Iterator[Finding]:
    """Yield the policies that one automation writes to several environments, at their second one."""
    if world.has_templates:
        return
    for key, found in sorted(world.working_markers.items()):
        second = _second(world, key.partition(":")[0], found)
        if second is not None:
            marker, environment, other, path = second
            yield marker.source.finding(
                ID,
                SEVERITY,
                marker.setter_span,
                f"{key} is written to {environment} here and to {other} in {path} by the same commit; "
                "give each environment a policy or an automation of its own",
                resource=marker.manifest.ref if marker.manifest else None,
                path=marker.path,
            )


def _second(world: Repository, namespace: str, found: list[Marker]) -> tuple[Marker, str, str, str] | None:
    """Return the first marker of a second environment of one automation with that; and the first environment with
    its file."""
    first: dict[int, tuple[str, str]] = {}
    for marker in found:
        environment = _environment(marker.source.path)
        for scope in world.updating(marker.source.path) if environment else ():
            if scope.automation.namespace not in ("", namespace) or not world.covers(scope, marker.source):
                continue
            other, path = first.setdefault(id(scope), (environment, marker.source.path))
            if other != environment:
                return marker, environment, other, path
    return None


def _environment(path: str) -> str:
    """Return the environment that a path belongs to by its directories' names; '' if they name none."""
    parts = PurePosixPath(path).parent.parts
    return next((_ENVIRONMENTS[part] for part in parts if part in _ENVIRONMENTS), "")

"""An automation's `update.path` does not exist.

Every run fails then (`walking path for files: lstat …`). The rule speaks only where it is known which directory
is the root of the repository.

Fails:
    # file: apps/app.yaml
    image: example.com/app:1.0.0 # {"$imagepolicy": "flux-system:app"}
    # file: automation.yaml
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImageUpdateAutomation
    metadata: {name: all, namespace: flux-system}
    spec:
      interval: 1m0s
      sourceRef: {kind: GitRepository, name: flux-system}
      git: {checkout: {ref: {branch: main}}, commit: {author: {email: flux@example.com}}}
      update: {path: ./apps}
    ---
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImageUpdateAutomation
    metadata: {name: more, namespace: flux-system}
    spec:
      interval: 1m0s
      sourceRef: {kind: GitRepository, name: flux-system}
      git: {checkout: {ref: {branch: main}}, commit: {author: {email: flux@example.com}}}
      update: {path: ./app}

Passes:
    # file: apps/app.yaml
    image: example.com/app:1.0.0 # {"$imagepolicy": "flux-system:app"}
    # file: automation.yaml
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImageUpdateAutomation
    metadata: {name: all, namespace: flux-system}
    spec:
      interval: 1m0s
      sourceRef: {kind: GitRepository, name: flux-system}
      git: {checkout: {ref: {branch: main}}, commit: {author: {email: flux@example.com}}}
      update: {path: ./apps}

Fix: correct the path; it is relative to the root of the repository.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmark.cluster import Origin
from krmfn.resources.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.cluster import Repository, Scope
    from fluxmark.finding import Finding

ID: Final = "automation-path"
SEVERITY: Final = Severity.ERROR

_PATH = ("spec", "update", "path")


def check(world: Repository) -> Iterator[Finding]:
    """Yield the paths that do not exist."""
    if not world.knows_root:
        return
    for scope in world.scopes:
        automation, path = scope.automation, scope.path
        if not path or scope.origin is Origin.OTHER or world.tree.exists(path) or not automation.is_final:
            continue
        certain = scope.origin is Origin.OWN or any(_exists(world, scope, one) for one in world.scopes)
        yield automation.report(
            ID,
            SEVERITY if certain else Severity.WARNING,
            _PATH,
            f"every run fails: there is no {path} in this repository; correct update.path",
        )


def _exists(world: Repository, scope: Scope, other: Scope) -> bool:
    """Tell whether the path of another automation of the same source exists."""
    same = scope.automation.get("spec", "sourceRef") == other.automation.get("spec", "sourceRef")
    return same and bool(other.path) and world.tree.exists(other.path or "")

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

from fluxmark.world.world import update_path
from krmfn.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.finding import Finding
    from fluxmark.world import Manifest, World

ID: Final = "automation-path"
SEVERITY: Final = Severity.ERROR

_PATH = ("spec", "update", "path")


def check(world: World) -> Iterator[Finding]:
    """Yield the paths that are not there."""
    if world.root is None:
        return
    for automation in world.automations:
        path = update_path(automation)
        if path is None or not path.parts or world.exists(path) or not world.is_final(automation):
            continue
        certain = any(_same_source(automation, one) and _exists(world, one) for one in world.automations)
        yield automation.report(
            ID,
            SEVERITY if certain else Severity.WARNING,
            _PATH,
            f"every run fails: there is no {path} in this repository; correct update.path",
        )


def _same_source(one: Manifest, other: Manifest) -> bool:
    return one is not other and one.get("spec", "sourceRef") == other.get("spec", "sourceRef")


def _exists(world: World, automation: Manifest) -> bool:
    path = update_path(automation)
    return path is not None and bool(path.parts) and world.exists(path)

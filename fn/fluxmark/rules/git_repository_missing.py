"""An automation's GitRepository is not in the package.

Flux's bootstrap writes `flux-system` to `flux-system/gotk-sync.yaml`; others have to be written. The resource may
be kept elsewhere, so this is information only, and said only where the package has other GitRepositories.

Fails:
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImageUpdateAutomation
    metadata: {name: all, namespace: flux-system}
    spec:
      interval: 1m0s
      sourceRef: {kind: GitRepository, name: flux-sytem}
      git: {checkout: {ref: {branch: main}}, commit: {author: {email: flux@example.com}}}
    ---
    apiVersion: source.toolkit.fluxcd.io/v1
    kind: GitRepository
    metadata: {name: flux-system, namespace: flux-system}
    spec: {interval: 1m0s, url: ssh://git@example.com/fleet, ref: {branch: main}}

Passes:
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImageUpdateAutomation
    metadata: {name: all, namespace: flux-system}
    spec:
      interval: 1m0s
      sourceRef: {kind: GitRepository, name: flux-system}
      git: {checkout: {ref: {branch: main}}, commit: {author: {email: flux@example.com}}}
    ---
    apiVersion: source.toolkit.fluxcd.io/v1
    kind: GitRepository
    metadata: {name: flux-system, namespace: flux-system}
    spec: {interval: 1m0s, url: ssh://git@example.com/fleet, ref: {branch: main}}

Fix: correct the name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmark.schema.nearest import nearest
from fluxmark.world.manifest import is_templated
from krmfn.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.finding import Finding
    from fluxmark.world import World

ID: Final = "git-repository-missing"
SEVERITY: Final = Severity.INFO


def check(world: World) -> Iterator[Finding]:
    """Yield the references to GitRepositories that the package does not have, though it has others."""
    for automation in world.automations:
        name = automation.text("spec", "sourceRef", "name")
        namespace = automation.text("spec", "sourceRef", "namespace") or world.namespace(automation)
        others = [one.name for one in world.git_repositories if world.namespace(one) in ("", namespace)]
        if not name or not others or is_templated(name + namespace) or not world.is_final(automation):
            continue
        if any(world.may_be(one, namespace, name) for one in world.git_repositories):
            continue
        close = nearest(name, others)
        hint = f"; did you mean {close[0]}?" if close else ""
        yield automation.report(
            ID,
            SEVERITY,
            ("spec", "sourceRef", "name"),
            f"this package has no GitRepository {namespace}/{name}{hint}",
        )

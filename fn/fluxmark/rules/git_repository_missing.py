"""An automation's GitRepository is not in the repository.

Flux's bootstrap writes `flux-system` to `flux-system/gotk-sync.yaml`; others must be written. The resource may
be kept elsewhere, so this is information only, and reported only where the package has other GitRepositories.

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

from fluxmark.cluster.manifest import is_templated
from fluxmark.flux.schema.did_you_mean import nearest
from fluxmark.rules.policies import may_be
from krmfn.resources.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.cluster import Repository
    from fluxmark.finding import Finding

ID: Final = "git-repository-missing"
SEVERITY: Final = Severity.WARNING


def check(world: Repository) -> Iterator[Finding]:
    """Yield the references to GitRepositories that the cluster does not have, though it has others."""
    for cluster in world.clusters:
        if world.has_templates:
            continue
        for scope in cluster.scopes:
            automation = scope.automation
            name = automation.text("spec", "sourceRef", "name")
            given = automation.text("spec", "sourceRef", "namespace")
            namespace = given or automation.namespace
            if not name or scope.source is not None or is_templated(name + namespace) or not automation.is_final:
                continue
            if any(may_be(one, namespace, name) for one in cluster.git_repositories):
                continue
            elsewhere = [one.namespace for one in cluster.git_repositories if one.name == name and one.namespace]
            others = [one.name for one in cluster.git_repositories if one.namespace in ("", namespace)]
            if not others and not elsewhere:
                continue
            close = nearest(name, others)
            if not (cluster.is_complete or close or elsewhere):
                continue
            hint = (
                f"one of that name is in {elsewhere[0]}: write namespace: {elsewhere[0]} next to the name"
                if elsewhere
                else f"did you mean {close[0]}?"
                if close
                else "write the GitRepository"
            )
            yield automation.report(
                ID,
                SEVERITY,
                ("spec", "sourceRef", "name"),
                f"every run fails: there is no GitRepository {namespace}/{name}; {hint}",
            )

"""Two automations update the same files on the same branch.

They race: both see the same changes, one of them fails to push and tries again, or each commits on top of the
other. Two automations in one namespace are distinguished by their paths or by their `policySelector`.

Fails:
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImageUpdateAutomation
    metadata: {name: all, namespace: flux-system}
    spec:
      interval: 1m0s
      sourceRef: {kind: GitRepository, name: flux-system}
      git: {checkout: {ref: {branch: main}}, commit: {author: {email: flux@example.com}}}
    ---
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImageUpdateAutomation
    metadata: {name: apps, namespace: flux-system}
    spec:
      interval: 1m0s
      sourceRef: {kind: GitRepository, name: flux-system}
      git: {checkout: {ref: {branch: main}}, commit: {author: {email: flux@example.com}}}

Passes:
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImageUpdateAutomation
    metadata: {name: all, namespace: flux-system}
    spec:
      interval: 1m0s
      sourceRef: {kind: GitRepository, name: flux-system}
      git: {checkout: {ref: {branch: main}}, commit: {author: {email: flux@example.com}}}

Fix: give them separate paths, or separate policies with `policySelector`, or keep one.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Final

from fluxmark.cluster import Origin
from fluxmark.cluster.automation import is_below
from krmfn.resources.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.cluster import Repository, Scope
    from fluxmark.finding import Finding

ID: Final = "automation-overlap"
SEVERITY: Final = Severity.WARNING


def check(world: Repository) -> Iterator[Finding]:
    """Yield the second automation of every pair that meets."""
    for cluster in world.clusters:
        told = set()
        for one, other in combinations(cluster.scopes, 2):
            if id(other) not in told and _same_target(one, other):
                told.add(id(other))
                yield _report(other, one, "updates the same files on the same branch, so the two race")
    for one, other in _meeting(world):
        yield _report(
            other,
            one,
            f"of the cluster {one.cluster.shown} updates the same markers on the same branch, so both "
            "clusters commit there, each what its own policies select",
        )


def _report(scope: Scope, other: Scope, what: str) -> Finding:
    automation = scope.automation
    path = ("spec", "update", "path") if automation.get("spec", "update", "path") else ("metadata", "name")
    remedy = (
        "give each automation a path of its own"
        if scope.cluster is not other.cluster
        else ("give them separate paths or policies")
    )
    return automation.report(ID, SEVERITY, path, f"{other.automation.described} {what}; {remedy}")


def _same_target(one: Scope, other: Scope) -> bool:
    """Tell whether two automations of one cluster push the same policies to one branch."""
    if one.namespace != other.namespace or one.selects is None or other.selects is None:
        return False
    if one.selects.requirements or other.selects.requirements:
        return False
    if one.automation.spec.get("sourceRef") != other.automation.spec.get("sourceRef"):
        return False
    return _same_files(one, other)


def _same_files(one: Scope, other: Scope) -> bool:
    """Tell whether two automations update the same files on one branch, as far as that is known."""
    if not (one.automation.is_final and other.automation.is_final) or one.is_suspended or other.is_suspended:
        return False
    if Origin.OTHER in (one.origin, other.origin) or one.branch != other.branch:
        return False
    if one.path is None or other.path is None:
        return False
    return is_below(one.path, other.path) or is_below(other.path, one.path)


def _meeting(world: Repository) -> Iterator[tuple[Scope, Scope]]:
    """Yield the automations that update a marker after one of another cluster, each once, with that one first."""
    policies = {id(scope): {policy.id for policy in scope.policies} for scope in world.scopes}
    told = set()
    for name, markers in world.working_markers.items():
        for path in dict.fromkeys(marker.source.path for marker in markers):
            first: list[Scope] = []
            for scope in world.updating(path):
                if name not in policies[id(scope)]:
                    continue
                one = next(
                    (one for one in first if one.cluster is not scope.cluster and _same_files(one, scope)), None
                )
                if one is None:
                    first.append(scope)
                elif id(scope) not in told:
                    told.add(id(scope))
                    yield one, scope

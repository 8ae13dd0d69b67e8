"""Two automations update the same files on the same branch.

They race: both see the same changes, one of them fails to push and tries again, or each commits on top of the
other. Two automations in one namespace are told apart by their paths or by their `policySelector`.

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
from typing import TYPE_CHECKING, Any, Final

from fluxmark.world.manifest import is_templated
from fluxmark.world.world import update_path
from krmfn.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.finding import Finding
    from fluxmark.world import Manifest, World

ID: Final = "automation-overlap"
SEVERITY: Final = Severity.WARNING


def check(world: World) -> Iterator[Finding]:
    """Yield the second automation of every pair that meets."""
    told = set()
    for one, other in combinations(world.automations, 2):
        if id(other) in told or not _same_target(world, one, other):
            continue
        path, other_path = update_path(one), update_path(other)
        if path is None or other_path is None:
            continue
        if path.is_relative_to(other_path) or other_path.is_relative_to(path):
            told.add(id(other))
            yield other.report(
                ID,
                SEVERITY,
                ("spec", "update", "path") if other.get("spec", "update", "path") else ("metadata", "name"),
                f"{one.described} updates the same files on the same branch, so the two race; "
                "give them separate paths or policies",
            )


def _same_target(world: World, one: Manifest, other: Manifest) -> bool:
    """Tell whether two automations, of one cluster for all that is known, push the same policies to one branch."""
    if (one.name, world.namespace(one)) == (other.name, world.namespace(other)):
        return False  # the same one, for two clusters
    if world.namespace(one) != world.namespace(other) or one.spec.get("sourceRef") != other.spec.get("sourceRef"):
        return False
    if one.spec.get("policySelector") or other.spec.get("policySelector"):
        return False
    if not (world.is_final(one) and world.is_final(other)):
        return False
    branch, other_branch = _branch(one), _branch(other)
    return branch == other_branch and not is_templated(str(branch))


def _branch(automation: Manifest) -> Any:
    push = automation.get("spec", "git", "push", "branch")
    return push or automation.get("spec", "git", "checkout", "ref", "branch")

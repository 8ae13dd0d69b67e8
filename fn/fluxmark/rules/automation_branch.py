"""An automation has no branch to commit to.

Without `git` it stalls (`necessitates field .spec.git`). Without `push.branch` it pushes to the branch that it
checks out, and where that is a tag, a commit or a version there is none: `push spec not provided, and cannot be
inferred`. Pushing to another branch than the one checked out is fine, but as long as that branch exists Flux
reads the markers on it, so new markers wait until it is merged and deleted; that is reported as information.

Fails:
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImageUpdateAutomation
    metadata: {name: all, namespace: flux-system}
    spec:
      interval: 1m0s
      sourceRef: {kind: GitRepository, name: flux-system}
      git:
        checkout: {ref: {tag: v1.0.0}}
        commit: {author: {email: flux@example.com}}

Passes:
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImageUpdateAutomation
    metadata: {name: all, namespace: flux-system}
    spec:
      interval: 1m0s
      sourceRef: {kind: GitRepository, name: flux-system}
      git:
        checkout: {ref: {branch: main}}
        commit: {author: {email: flux@example.com}}

Fix: set `git.push.branch`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fluxmark.cluster.automation import source_of
from fluxmark.cluster.manifest import is_templated
from krmfn.resources.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.cluster import Manifest, Repository
    from fluxmark.finding import Finding

ID: Final = "automation-branch"
SEVERITY: Final = Severity.ERROR


def check(world: Repository) -> Iterator[Finding]:
    """Yield the automations without a branch to push to, and those with a branch of their own."""
    for automation in world.automations:
        if not automation.is_final or automation.api_version.endswith("/v1alpha1"):
            continue  # v1alpha1 has other fields
        git = automation.get("spec", "git")
        if git is None:
            message = "Flux stalls this automation: it has no spec.git; write the commit's author and the branch"
            yield automation.report(ID, SEVERITY, ("spec",), message)
            continue
        if not isinstance(git, dict):
            continue
        checkout, path = _checkout(automation)
        push = automation.get("spec", "git", "push", "branch")
        if push is None and checkout is not None and not checkout.get("branch"):
            what = next(iter(checkout), "nothing")
            yield automation.report(
                ID,
                SEVERITY,
                path,
                f"Flux cannot push: it checks out a {what}, which is not a branch, and git.push.branch is unset; "
                "set it",
            )
        elif isinstance(push, str) and checkout and not is_templated(push):
            branch = checkout.get("branch")
            if isinstance(branch, str) and branch != push and not is_templated(branch):
                yield automation.report(
                    ID,
                    Severity.INFO,
                    ("spec", "git", "push", "branch"),
                    f"as long as the branch {push} exists Flux reads the markers there, not those on {branch}: "
                    f"new ones are not seen until {push} is merged and deleted",
                )


def _checkout(automation: Manifest) -> tuple[dict[str, Any] | None, tuple[str, ...]]:
    """Return what is checked out, and where that is said; None if it is said elsewhere."""
    own = automation.get("spec", "git", "checkout", "ref")
    if isinstance(own, dict):
        return own, ("spec", "git", "checkout", "ref", *list(own)[:1])
    source = source_of(automation, automation.cluster) if automation.cluster else None
    if source is None or not source.is_final:
        return None, ()
    ref = source.get("spec", "ref")
    # without any reference the branch master is checked out, and pushed to
    return (ref if isinstance(ref, dict) else {"branch": "master"}), ("spec", "git")

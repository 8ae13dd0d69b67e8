"""A policy sets no policy type, or several.

The API server takes both. Without `semver`, `alphabetical` or `numerical` the policy stalls (`given
ImagePolicyChoice object is invalid`); with several, Flux silently takes the first of semver, alphabetical and
numerical.

Fails:
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImagePolicy
    metadata: {name: app, namespace: flux-system}
    spec:
      imageRepositoryRef: {name: app}
      policy: {}

Passes:
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImagePolicy
    metadata: {name: app, namespace: flux-system}
    spec:
      imageRepositoryRef: {name: app}
      policy: {semver: {range: '>=1.0.0'}}

Fix: set exactly one of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmark.rules.policies import final_policies, kind_of
from krmfn.resources.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.cluster import Repository
    from fluxmark.finding import Finding

ID: Final = "policy-choice"
SEVERITY: Final = Severity.ERROR

_KINDS = ("semver", "alphabetical", "numerical")


def check(world: Repository) -> Iterator[Finding]:
    """Yield the policies without a choice, or with more than one."""
    for policy in final_policies(world):
        choice = policy.get("spec", "policy")
        if not isinstance(choice, dict):
            continue
        chosen = [kind for kind in _KINDS if choice.get(kind) is not None]
        if not chosen:
            message = "Flux stalls this policy: it has none of semver, alphabetical and numerical; write one"
            yield policy.report(ID, SEVERITY, ("spec", "policy"), message)
        elif len(chosen) > 1:
            ignored = " and ".join(kind for kind in chosen if kind != kind_of(policy))
            yield policy.report(
                ID,
                Severity.WARNING,
                ("spec", "policy", chosen[1]),
                f"Flux ignores {ignored} here, because there is {kind_of(policy)}; write one of them",
            )

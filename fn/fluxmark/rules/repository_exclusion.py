"""An exclusionList is invalid, or replaces the default so that signatures become tags.

The list is of RE2 patterns, unanchored. An invalid one fails every scan (`failed to compile regex`). Setting the
list replaces the default `^.*\\.sig$`, so the signatures of cosign (`sha256-….sig`) become tags like any other,
unless the list excludes them itself. Under a policy that orders any text they win, and they fail a numerical one;
semver policies and filters that do not match them are safe.

Fails:
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImageRepository
    metadata: {name: app, namespace: flux-system}
    spec: {image: example.com/app, interval: 5m0s, exclusionList: ['^nightly']}
    ---
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImagePolicy
    metadata: {name: app, namespace: flux-system}
    spec:
      imageRepositoryRef: {name: app}
      policy: {alphabetical: {order: asc}}

Passes:
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImageRepository
    metadata: {name: app, namespace: flux-system}
    spec: {image: example.com/app, interval: 5m0s, exclusionList: ['^nightly', '^.*\\.sig$']}

Fix: correct the pattern; add `^.*\\.sig$`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmark.cluster.manifest import is_templated
from fluxmark.flux.policy import PolicyError
from fluxmark.flux.policy.exclusion import DEFAULT, exclude
from fluxmark.flux.releases import release_of
from fluxmark.golang.regexp import RegexpError, compile_pattern
from fluxmark.rules.ordering.evaluator import evaluator
from krmfn.resources.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.cluster import Manifest, Repository
    from fluxmark.finding import Finding

ID: Final = "repository-exclusion"
SEVERITY: Final = Severity.ERROR

_PATH = ("spec", "exclusionList")
_SIGNATURE: Final = f"sha256-{'0' * 64}.sig"


def check(world: Repository) -> Iterator[Finding]:
    """Yield the patterns that are none, and the lists that let signatures in."""
    release = release_of(world.flux_version)
    for repository in world.repositories:
        patterns = repository.get(*_PATH)
        if not isinstance(patterns, list) or not all(isinstance(one, str) for one in patterns):
            continue
        if any(map(is_templated, patterns)) or not repository.is_final:
            continue
        for index, pattern in enumerate(patterns):
            try:
                compile_pattern(pattern, angle_groups=release.angle_groups)
            except RegexpError as error:
                message = f"Flux cannot scan this repository: failed to compile regex {pattern}: {error}"
                yield repository.report(ID, SEVERITY, (*_PATH, index), message)
        try:
            lets_in = bool(patterns) and bool(exclude([_SIGNATURE], patterns, release))
        except PolicyError:
            continue
        if lets_in and (policy := _harmed(world, repository)):
            yield repository.report(
                ID,
                Severity.WARNING,
                _PATH,
                f"this list replaces the default, so the signatures of cosign (sha256-….sig) are tags, and the "
                f"policy {policy.name} takes them; add '{DEFAULT[0]}'",
            )


def _harmed(world: Repository, repository: Manifest) -> Manifest | None:
    """Return a policy of the repository that takes a signature for a tag, or fails on it."""
    for policy in world.policies:
        compiled = evaluator(policy.spec)
        of_policy = policy.cluster.repository_of(policy) if policy.cluster else None
        if compiled is None or compiled.kind == "semver":
            continue
        if of_policy is None or of_policy.root is not repository.root:
            continue
        if compiled.key(_SIGNATURE) is not None:
            return policy
    return None

"""Two builds can have the same key, so Flux keeps one of them regardless of age.

Of all tags with the same extracted text Flux keeps only the smallest (`filter.go` stores them in a map by that
text). The usual cases are a build number or a revision that `extract` leaves out (`5.1.4-r0` and `5.1.4-r1`), and
a date without a time: the second build of a day is never selected if its hash is greater.

Fails:
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImagePolicy
    metadata: {name: app, namespace: flux-system}
    spec:
      imageRepositoryRef: {name: app}
      filterTags: {pattern: '^(?P<version>[0-9]+\\.[0-9]+\\.[0-9]+)-r(?P<n>[0-9]+)$', extract: '$version'}
      policy: {semver: {range: '>=1.0.0'}}

Passes:
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImagePolicy
    metadata: {name: app, namespace: flux-system}
    spec:
      imageRepositoryRef: {name: app}
      filterTags: {pattern: '^(?P<version>[0-9]+\\.[0-9]+\\.[0-9]+)-r(?P<n>[0-9]+)$', extract: '$version-$n'}
      policy: {semver: {range: '>=1.0.0-0'}}

Fix: extract what distinguishes the builds; put the time of day, or a build number, into the tag.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmark.rules.ordering import judge
from fluxmark.rules.policies import current_tags, filter_path, final_policies, pattern_of
from krmfn.resources.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.cluster import Repository
    from fluxmark.finding import Finding

ID: Final = "policy-ties"
SEVERITY: Final = Severity.WARNING

_MESSAGES: Final = {
    "left-out": "{older} and the newer {newer} have the same key, {key!r}, so Flux keeps {older}; "
    "extract what tells them apart",
    "metadata": "{older} and the newer {newer} are the same version, because semver ignores what follows a '+', "
    "so chance decides between them; write '-' and a range with -0",
    "revision": "{older} and a newer {newer} have the same key, {key!r}, so Flux keeps {older}; "
    "extract what tells them apart",
    "day": "{older} and {newer} may be of one day, and Flux selects {older} whichever is newer; "
    "put the time of day into the tag",
    "version": "{older} and {newer} may be builds of one version, and Flux selects {older} whichever is newer; "
    "put a build number or a time into the tag",
}


def check(world: Repository) -> Iterator[Finding]:
    """Yield the policies that order two builds by nothing but the alphabet."""
    for policy in final_policies(world):
        if not pattern_of(policy):
            continue
        judged = judge(policy.spec, current_tags(world, policy))
        if judged.tie is not None:
            verdict = judged.tie
            message = _MESSAGES[verdict.cause]
            yield policy.report(
                ID,
                Severity.INFO if verdict.cause in ("day", "version") else SEVERITY,
                filter_path(policy, "extract"),
                message.format(older=verdict.older, newer=verdict.newer, key=verdict.key),
                tags={"cause": verdict.cause, "older": verdict.older, "newer": verdict.newer},
            )

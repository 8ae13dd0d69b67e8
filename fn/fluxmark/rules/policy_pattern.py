"""`filterTags.pattern` is no regular expression, or one that no tag can match.

The pattern is RE2: no lookaround, no back-references. An invalid one stalls the policy (`InvalidPolicy`). One
that asks for a character that tags cannot have (`:`, `/`, `@`, a line break at the end of a block scalar) matches
nothing, and the policy fails with `version list argument cannot be empty`, keeping what it had selected before.

Fails:
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImagePolicy
    metadata: {name: app, namespace: flux-system}
    spec:
      imageRepositoryRef: {name: app}
      filterTags: {pattern: '^main:(?P<ts>[0-9]{10})$', extract: '$ts'}
      policy: {numerical: {order: asc}}

Passes:
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImagePolicy
    metadata: {name: app, namespace: flux-system}
    spec:
      imageRepositoryRef: {name: app}
      filterTags: {pattern: '^main-(?P<ts>[0-9]{10})$', extract: '$ts'}
      policy: {numerical: {order: asc}}

Fix: correct the pattern; `fluxmark select --tags FILE` shows what it matches.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmark.flux_releases import release_of
from fluxmark.golang.regexp import RegexpError, compile_pattern
from fluxmark.rules.ordering.samples import impossible
from fluxmark.rules.policies import pattern_of
from krmfn.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.finding import Finding
    from fluxmark.world import World

ID: Final = "policy-pattern"
SEVERITY: Final = Severity.ERROR

_PATH = ("spec", "filterTags", "pattern")


def check(world: World) -> Iterator[Finding]:
    """Yield the patterns that are none, and those that match no tag."""
    release = release_of(world.flux_version)
    for policy in world.policies:
        pattern = pattern_of(policy)
        if not pattern or not world.is_final(policy):
            continue
        try:
            compile_pattern(pattern, angle_groups=release.angle_groups)
        except RegexpError as error:
            yield policy.report(ID, SEVERITY, _PATH, f"Flux stalls this policy: {error}")
            continue
        fault = impossible(pattern)
        if fault is not None:
            index, length, piece = fault
            yield policy.report(
                ID,
                SEVERITY,
                _PATH,
                f"no tag has {_name(piece)} in it, so this pattern matches none, and the policy selects nothing",
                piece=(index, length),
            )


def _name(piece: str) -> str:
    return "a line break" if piece in ("\n", "\r") else "a space" if piece == " " else repr(piece)

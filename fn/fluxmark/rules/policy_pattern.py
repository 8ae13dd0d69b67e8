"""`filterTags.pattern` is invalid, matches no tag, or means something other than it seems.

The pattern is RE2: no lookarounds, no back-references. An invalid one stalls the policy (`InvalidPolicy`). One
that asks for a character that tags cannot have (`:`, `/`, `@`, a line break at the end of a block scalar) matches
nothing, and the policy fails with `version list argument cannot be empty`, keeping what it had selected before. A
glob is not a regular expression: `main-*` is `main` with any number of dashes, anywhere in a tag. A pattern that
only one moving tag matches, such as `^latest$`, never gives Flux anything to change, unless the policy reflects
digests.

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

import re
from typing import TYPE_CHECKING, Final

from fluxmark.flux.releases import release_of
from fluxmark.golang.regexp import RegexpError, compile_pattern
from fluxmark.rules.ordering.samples import impossible
from fluxmark.rules.policies import pattern_of
from krmfn.resources.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.cluster import Manifest, Repository
    from fluxmark.finding import Finding

ID: Final = "policy-pattern"
SEVERITY: Final = Severity.ERROR

_PATH = ("spec", "filterTags", "pattern")
_LOOKAROUND: Final = re.compile(r"\(\?(?:[=!]|<[=!])")
_GLOB: Final = re.compile(r"\^?(?=[^*]*(?<!\.)\*)[A-Za-z0-9_.*?-]+\$?")
_MOVING: Final = re.compile(r"\^(?P<tag>[A-Za-z][A-Za-z-]*)\$")


def check(world: Repository) -> Iterator[Finding]:
    """Yield the patterns that are none, and those that match no tag."""
    release = release_of(world.flux_version)
    for policy in world.policies:
        pattern = pattern_of(policy)
        if not pattern or not policy.is_final:
            continue
        try:
            compile_pattern(pattern, angle_groups=release.angle_groups)
        except RegexpError as error:
            yield policy.report(ID, SEVERITY, _PATH, f"Flux stalls this policy: {error}{_instead(pattern)}")
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
        elif _GLOB.fullmatch(pattern):
            message = (
                f"this is a glob, not a regular expression, in which * repeats what precedes it{_instead(pattern)}"
            )
            yield policy.report(ID, Severity.WARNING, _PATH, message)
        elif (moving := _MOVING.fullmatch(pattern)) and not _reflects_digests(policy):
            message = (
                f"{moving['tag']} is the only tag that this pattern matches, so Flux never changes anything; "
            )
            message += "set digestReflectionPolicy: Always, or select among tags that are built once"
            yield policy.report(ID, Severity.WARNING, _PATH, message)


def _instead(pattern: str) -> str:
    """Return what to write instead of a lookaround or a glob, for the end of a message."""
    if _LOOKAROUND.search(pattern):
        return (
            "; RE2 has no lookarounds: write what the tags have, such as [0-9.]+$, and exclude others with "
            "exclusionList of the ImageRepository"
        )
    if _GLOB.fullmatch(pattern):
        literal = re.sub(r"(?<!\\)\.(?!\*)", r"\.", pattern.strip("^$"))
        return "; write ^" + re.sub(r"(?<!\.)\*", ".*", literal) + "$"
    return ""


def _reflects_digests(policy: Manifest) -> bool:
    return policy.get("spec", "digestReflectionPolicy") in ("Always", "IfNotPresent")


def _name(piece: str) -> str:
    return "a line break" if piece in ("\n", "\r") else "a space" if piece == " " else repr(piece)

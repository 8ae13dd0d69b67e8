"""A pattern without `^` or `$` lets in other tags, and one of those is selected.

RE2 looks for the pattern anywhere in the tag. `^v1\\.23\\.[0-9]+-k3s[0-9]+` matches `v1.23.16-k3s1-arm64`, too,
which is a greater version; `main-[0-9]+$` matches the builds of the branch `not-main`. The rule speaks where the
evaluator confirms that the other tag is selected.

Fails:
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImagePolicy
    metadata: {name: app, namespace: flux-system}
    spec:
      imageRepositoryRef: {name: app}
      filterTags: {pattern: '^1\\.23\\.[0-9]+-k3s[0-9]+'}
      policy: {semver: {range: 1.23.x-0}}

Passes:
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImagePolicy
    metadata: {name: app, namespace: flux-system}
    spec:
      imageRepositoryRef: {name: app}
      filterTags: {pattern: '^1\\.23\\.[0-9]+-k3s[0-9]+$'}
      policy: {semver: {range: 1.23.x-0}}

Fix: write `^` before and `$` behind the pattern.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmark.policy import PolicyError, latest
from fluxmark.rules.ordering import judge
from fluxmark.rules.ordering.pattern import UnknownSyntaxError, rows
from fluxmark.rules.ordering.roles import Role, roles
from fluxmark.rules.ordering.samples import samples
from fluxmark.rules.policies import final_policies, pattern_of
from krmfn.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.finding import Finding
    from fluxmark.rules.ordering.pattern import Row
    from fluxmark.world import Manifest, World

ID: Final = "policy-anchors"
SEVERITY: Final = Severity.WARNING

_TAIL: Final = "-arm64"
_HEAD: Final = "not-"
_PATH = ("spec", "filterTags", "pattern")


def check(world: World) -> Iterator[Finding]:
    """Yield the patterns whose open end changes what is selected."""
    for policy in final_policies(world):
        pattern = pattern_of(policy)
        if not pattern or judge(policy.spec) is not None:
            continue
        try:
            found = rows(pattern)
        except (UnknownSyntaxError, KeyError, ValueError):
            continue
        if all(map(_ends_openly, found)) and (pair := _selected(policy, pattern, "", _TAIL)):
            message = f"without a '$' this pattern takes {pair[1]}, too, and Flux selects it before {pair[0]}"
            yield policy.report(ID, SEVERITY, _PATH, f"{message}; write '$' at the end")
        elif all(map(_begins_openly, found)) and (pair := _selected(policy, pattern, _HEAD, "")):
            message = f"without a '^' this pattern takes {pair[1]}, too, and Flux may select it before {pair[0]}"
            yield policy.report(ID, Severity.INFO, _PATH, f"{message}; write '^' at the beginning")


def _ends_openly(row: Row) -> bool:
    """Tell whether a row reads like a whole tag, and yet is not closed."""
    if not row[-1].is_open or len(row) == 1:
        return False
    last, role = row[-2], roles(row)[-2]
    return role in (Role.TIME, Role.NUMBER, Role.DIGITS, Role.HASH) or last.text[-1:].isdigit()


def _begins_openly(row: Row) -> bool:
    return row[0].is_open and len(row) > 1 and (bool(row[1].options) or row[1].text[:1].isalpha())


def _selected(policy: Manifest, pattern: str, head: str, tail: str) -> tuple[str, str] | None:
    """Return a tag that is meant and one that is not, where the second is selected."""
    for tag in samples(pattern) or ():
        other = f"{head}{tag}{tail}"
        try:
            if latest(policy.spec, [tag]).tag == tag and latest(policy.spec, [tag, other]).tag == other:
                return tag, other
        except PolicyError:
            continue
    return None

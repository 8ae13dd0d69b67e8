"""Two builds can have the same key, and chance or the alphabet decides between them.

Of tags with one extracted text only the smallest is kept, whichever is newer (`filter.go` stores them in a map by
that text). A date without a time is the usual case: the second build of a day is never selected if its hash is
greater.

Fails:
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImagePolicy
    metadata: {name: app, namespace: flux-system}
    spec:
      imageRepositoryRef: {name: app}
      filterTags: {pattern: '^(?P<date>[0-9]{8})-[a-f0-9]{7}$', extract: '$date'}
      policy: {numerical: {order: asc}}

Passes:
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImagePolicy
    metadata: {name: app, namespace: flux-system}
    spec:
      imageRepositoryRef: {name: app}
      filterTags: {pattern: '^(?P<date>[0-9]{14})-[a-f0-9]{7}$', extract: '$date'}
      policy: {numerical: {order: asc}}

Fix: put the time of day, or a running number, into the tag.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmark.policy import PolicyError, latest
from fluxmark.rules.ordering.pattern import DIGITS, UnknownSyntaxError, rows
from fluxmark.rules.ordering.roles import Role, roles
from fluxmark.rules.ordering.samples import samples
from fluxmark.rules.policies import filter_path, final_policies, kind_of, pattern_of
from krmfn.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.finding import Finding
    from fluxmark.world import Manifest, World

ID: Final = "policy-ties"
SEVERITY: Final = Severity.INFO

_DATE: Final = 8


def check(world: World) -> Iterator[Finding]:
    """Yield the policies that order by a day alone while a hash tells the builds of one day apart."""
    for policy in final_policies(world):
        pattern = pattern_of(policy)
        if not pattern or kind_of(policy) not in ("alphabetical", "numerical"):
            continue
        pair = _same_day(policy, pattern)
        if pair is not None:
            yield policy.report(
                ID,
                SEVERITY,
                filter_path(policy, "extract"),
                f"{pair[0]} and {pair[1]} may be of one day, and Flux selects {pair[0]} whichever is newer; "
                "put the time of day into the tag",
            )


def _same_day(policy: Manifest, pattern: str) -> tuple[str, str] | None:
    """Return two tags of one day, the one that is selected first."""
    try:
        found = rows(pattern)
    except (UnknownSyntaxError, KeyError, ValueError):
        return None
    for row in found:
        meant = roles(row)
        dates = [
            index
            for index, part in enumerate(row)
            if meant[index] is Role.TIME and part.chars <= DIGITS and part.low == part.high == _DATE
        ]
        hashes = [index for index, role in enumerate(meant) if role is Role.HASH]
        if len(dates) != 1 or len(hashes) != 1 or sum(role.is_ordered for role in meant) != 1:
            continue
        tags = samples(pattern, words=("aaaaaaa", "fffffff", "aaaaaaaa", "ffffffff"), numbers=("20240101",)) or []
        same = [tag for tag in tags if "20240101" in tag and ("aaaaaaa" in tag or "fffffff" in tag)][:2]
        try:
            if len(same) > 1:
                first = latest(policy.spec, same).tag
                return first, next(tag for tag in same if tag != first)
        except PolicyError:
            return None
    return None

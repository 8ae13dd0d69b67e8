"""Why a policy selects what it selects: how many tags each step drops, and the order of those that remain."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from fluxmark.flux.policy.errors import PolicyError
from fluxmark.flux.policy.exclusion import exclude
from fluxmark.flux.policy.factory import filter_of, policer_of
from fluxmark.flux.policy.selection import Selection, latest
from fluxmark.flux.releases import release_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Dropped:
    """Tags that one step drops: why, how many, and the first of them in descending order."""

    reason: str
    count: int
    example: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A tag that remains, and the key it is ordered by."""

    tag: str
    extracted: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a policy comes to its result, which is either a selection or an error.

    total: how many tags there were. dropped: in the order of the steps; only what drops any. remaining: how many
    tags the policy could order. best: the first of these, the latest first.
    """

    total: int
    dropped: tuple[Dropped, ...]
    remaining: int
    best: tuple[Candidate, ...]
    selection: Selection | None
    error: PolicyError | None


def explain(
    spec: Mapping[str, Any],
    tags: Iterable[str],
    *,
    exclusion_list: Sequence[str] | None = None,
    flux_version: str | None = None,
    best: int = 5,
) -> Explanation:
    """Return how `latest` comes to its result with the same arguments, and the `best` tags that remain.

    Raises PolicyError only if there is nothing to explain: the policy or the exclusion list is invalid.
    """
    release = release_of(flux_version)
    policer, tag_filter = policer_of(spec, release), filter_of(spec, release)
    all_tags = sorted(tags, reverse=True)
    dropped: dict[str, list[str]] = {}

    stored = exclude(all_tags, exclusion_list, release)
    dropped["excluded by the image repository"] = _without(all_tags, stored)
    if tag_filter:
        pairs = list(tag_filter.pairs(stored))
        dropped["not matched by filterTags.pattern"] = _without(stored, [tag for _, tag in pairs])
        tag_of = dict(pairs)
        dropped["same extracted text as another tag"] = _without([tag for _, tag in pairs], tag_of.values())
    else:
        tag_of = {tag: tag for tag in stored}
    keys = sorted(tag_of, reverse=True)
    for key in keys:
        if objection := policer.objection(key):
            dropped.setdefault(objection, []).append(tag_of[key])
    ranked = policer.rank(keys)

    selection = error = None
    try:
        selection = latest(spec, all_tags, exclusion_list=exclusion_list, flux_version=flux_version)
    except PolicyError as failure:
        error = failure
    return Explanation(
        total=len(all_tags),
        dropped=tuple(Dropped(reason, len(some), some[0]) for reason, some in dropped.items() if some),
        remaining=len(ranked),
        best=tuple(Candidate(tag_of[key], key) for key in islice(ranked, best)),
        selection=selection,
        error=error,
    )


def _without(tags: Iterable[str], kept: Iterable[str]) -> list[str]:
    keep = set(kept)
    return [tag for tag in tags if tag not in keep]

"""A semver range is invalid, is never satisfied, or accepts prereleases beyond its end.

The grammar is that of Masterminds/semver: an empty range, `latest` or a regular expression is invalid and stalls
the policy. A tag counts only with three parts (`1.2` does not), and a prerelease (`1.2.0-rc.1`, but also
`1.2.0-abc1234`) only if the range itself names one. Since Flux 2.7 one `-0` opens the whole range: `>=1.0.0-0
<2.0.0` takes `2.0.0-rc.1`.

Fails:
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImagePolicy
    metadata: {name: app, namespace: flux-system}
    spec:
      imageRepositoryRef: {name: app}
      filterTags: {pattern: '^1\\.0\\.[0-9]+-[0-9]+$'}
      policy: {semver: {range: ^1.0.0}}

Passes:
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImagePolicy
    metadata: {name: app, namespace: flux-system}
    spec:
      imageRepositoryRef: {name: app}
      filterTags: {pattern: '^1\\.0\\.[0-9]+-[0-9]+$'}
      policy: {semver: {range: ^1.0.0-0}}

Fix: write a range that the tags can satisfy: with `-0` where they are prereleases, at both ends where there are
two.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from fluxmark.flux.policy import PolicyError, latest
from fluxmark.flux.policy.factory import filter_of
from fluxmark.flux.policy.semver import parse_tag
from fluxmark.flux.releases import release_of
from fluxmark.golang.ranges import Constraint, ConstraintError
from fluxmark.rules.ordering import judge
from fluxmark.rules.ordering.samples import samples
from fluxmark.rules.policies import final_policies, kind_of, pattern_of
from krmfn.resources.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.cluster import Manifest, Repository
    from fluxmark.finding import Finding

ID: Final = "policy-range"
SEVERITY: Final = Severity.ERROR

_PATH = ("spec", "policy", "semver", "range")
_USUAL = re.compile(r"v?\d+\.\d+\.\d+-")
_EMPTY: Final = "version list argument cannot be empty"


def check(world: Repository) -> Iterator[Finding]:
    """Yield the ranges that are none, that no tag satisfies, and that let in prereleases beyond their end."""
    release = release_of(world.flux_version)
    for policy in final_policies(world):
        text = policy.get(*_PATH)
        if kind_of(policy) != "semver" or not isinstance(text, str):
            continue
        try:
            constraint = Constraint.parse(text, dialect=release.semver)
        except ConstraintError as error:
            yield policy.report(ID, SEVERITY, _PATH, f"Flux stalls this policy: {error}")
            continue
        pattern = pattern_of(policy)
        if pattern is None:
            continue
        message = _never(policy, pattern, constraint, world.flux_version)
        if message:
            yield policy.report(ID, SEVERITY, _PATH, message)
        elif beyond := _beyond(constraint):
            yield policy.report(
                ID,
                Severity.WARNING,
                _PATH,
                f"this range takes {beyond[0]}, too, since one prerelease in it opens all of it (Flux 2.7); "
                f"write <{beyond[1]}-0",
            )


def _never(policy: Manifest, pattern: str, constraint: Constraint, flux_version: str | None) -> str:
    """Return why no tag can be selected; '' if one can, or if that is not certain."""
    tags = samples(pattern, *_candidates(constraint)) if pattern else list(_candidates(constraint)[0])
    if not tags:
        return ""
    try:
        latest(policy.spec, tags, flux_version=flux_version)
    except PolicyError as error:
        if str(error) == _EMPTY:
            return ""
    else:
        return ""
    tag_filter = filter_of(policy.spec, release_of(flux_version))
    keys = [key for key, _ in tag_filter.pairs(tags)] if tag_filter else tags
    versions = [version for key in keys if (version := parse_tag(key))]
    if not versions:
        return f"no tag is selected: Flux takes versions of three parts, and {_shown(keys)} is none"
    shortest = sorted(versions, key=lambda version: (not _USUAL.match(version.original), len(version.original)))
    holding = next((one for one in shortest if one.prerelease and constraint.holds(one)), None)
    if holding is not None:
        what = f"no tag is selected: {holding.original} is a prerelease, which this range does not ask for"
        opened = f"{constraint.text.strip()}-0"
        verdict = judge({**policy.spec, "policy": {"semver": {"range": opened}}}).order
        if verdict is not None:  # the newest would not win with such a range either
            chosen = f"of {verdict.older} and the newer {verdict.newer} Flux would select {verdict.older}"
            return f"{what}; with {opened} {chosen}: {verdict.reason}"
        return f"{what}; write {opened}"
    return "no tag is selected: no version satisfies this range" + (" and matches the pattern" if pattern else "")


def _shown(keys: list[str]) -> str:
    return repr(min(keys, key=lambda key: (not key, len(key))))


def _candidates(constraint: Constraint) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return versions, and numbers, around those that a range names."""
    numbers: dict[str, None] = {}
    texts: dict[str, None] = {}
    for group in constraint.groups:
        for comparison in group:
            version = comparison.version
            pre = f"-{version.prerelease}" if version.prerelease else ""
            for steps in ((0, 0, 0), (0, 0, 1), (0, 1, 0), (1, 0, 0), (0, 0, -1), (0, -1, 0), (-1, 0, 0)):
                parts = [
                    part + step
                    for part, step in zip((version.major, version.minor, version.patch), steps, strict=True)
                ]
                if min(parts) < 0:
                    continue
                core = ".".join(map(str, parts))
                numbers |= dict.fromkeys(map(str, parts))
                texts |= dict.fromkeys(
                    (core, f"v{core}", f"{core}{pre}", f"{core}{pre}.1" if pre else f"{core}-rc.1")
                )
                texts |= dict.fromkeys((core.rpartition(".")[0], f"{core}{pre}9"))
    return tuple(texts), tuple(numbers)


def _beyond(constraint: Constraint) -> tuple[str, str] | None:
    """Return a prerelease of the version at which a range should end, and that version, if the range takes it."""
    for group in constraint.groups:
        for comparison in group:
            bound = comparison.version
            if comparison.operator != "<" or bound.prerelease or not constraint.dialect.group_prereleases:
                continue
            text = f"{bound.major}.{bound.minor}.{bound.patch}"
            tag = f"{text}-rc.1"
            version = parse_tag(tag)
            if version is not None and constraint.check(version):
                return tag, text
    return None

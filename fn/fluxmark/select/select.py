"""What each policy selects, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from fluxmark.cluster import obstacles
from fluxmark.flux.policy import PolicyError
from fluxmark.flux.policy.explanation import Explanation, explain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fluxmark.cluster.cluster import Cluster
    from fluxmark.cluster.manifest import Manifest
    from fluxmark.select.tags import Tags, TagSource
    from fluxmark.select.what_if import WhatIf


_MOST: Final = 4
"""Suggestions that a hint names."""


@dataclass(frozen=True, slots=True)
class PolicyReport:
    """What came of one policy: an explanation, or the error that kept it from one.

    image: of the policy's ImageRepository, '' if that is unknown. error: also that of the explanation.
    hint: what would select the newest, where the policy selects nothing. refused: what keeps Flux from reading
    the registry, though fluxmark could; each with the remedy. what_if: what another filter or policy in its place
    would select. live: the tag that a cluster selects, where no tags were looked at.
    """

    policy: Manifest
    image: str = ""
    explanation: Explanation | None = None
    error: str = ""
    hint: str = ""
    refused: tuple[str, ...] = ()
    what_if: PolicyReport | None = None
    live: str = ""


def select(
    cluster: Cluster,
    source: TagSource,
    *,
    flux_version: str | None = None,
    strict: bool = False,
    only: str = "",
    what_if: WhatIf | None = None,
) -> Iterator[PolicyReport]:
    """Yield a report for each ImagePolicy of a cluster.

    strict: where Flux cannot read the registry, the policy fails. only: the one policy, `namespace:name`. what_if:
    what to replace in each policy, for a second report of it.
    """
    policies = [one for one in cluster.policies if only in ("", one.id)]
    repositories = {
        repository.id: repository for policy in policies if (repository := cluster.repository_of(policy))
    }
    listed = dict(zip(repositories, source.tags(list(repositories.values())), strict=True))
    for policy in policies:
        repository = cluster.repository_of(policy)
        if repository is None:
            yield PolicyReport(policy, error=_no_repository(policy))
            continue
        name = str(repository.spec.get("image", ""))
        tags = listed[repository.id]
        error = obstacles.of_policy(policy, repository)
        error = error or tags.error or (tags.refused[0] if strict and tags.refused else "")
        if error:
            yield PolicyReport(policy, name, error=error, refused=tags.refused)
            continue
        excluded = repository.spec.get("exclusionList")

        def report(
            spec: Mapping[str, Any], where: str, listed: Tags = tags, excluded: Any = excluded
        ) -> tuple[Explanation | None, str]:
            try:
                found = explain(spec, listed.tags, exclusion_list=excluded, flux_version=flux_version)
            except PolicyError as problem:
                return None, f"{where}{problem}"
            return found, str(found.error or "")

        found, error = report(policy.spec, f"{policy.where}: ")
        hint = _hint(tags.tags) if found and error else ""
        other = None
        if what_if:
            other = PolicyReport(policy, name, *report(what_if.apply(policy.spec), ""))
        yield PolicyReport(policy, name, found, error, hint, tags.refused, other)


def _no_repository(policy: Manifest) -> str:
    ref = policy.get("spec", "imageRepositoryRef")
    ref = ref if isinstance(ref, dict) else {}
    name = f"{ref.get('namespace') or policy.namespace}/{ref.get('name', '')}"
    return f"{policy.where}: the ImageRepository {name} is not in this repository"


def _hint(tags: tuple[str, ...]) -> str:
    """Return what would make the newest win; '' if the tags do not say."""
    from fluxmark.tag_format.inference import suggestions

    found = suggestions(tags)[:_MOST]
    if not found:
        return ""
    first, *others = found
    more = [f"{one.tag_format} ({one.covered} of {one.total} tags)" for one in others if one.covered > 1]
    also = f"; for other tags: {', '.join(more)}" if more else ""
    return f"tagFormat: {first.tag_format} ({first.reason}){also}"

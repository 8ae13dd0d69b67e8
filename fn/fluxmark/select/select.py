"""What each policy selects, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fluxmark.flux.policy import PolicyError
from fluxmark.flux.policy.explanation import Explanation, explain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.cluster.cluster import Cluster
    from fluxmark.cluster.manifest import Manifest
    from fluxmark.select.tags import TagSource


@dataclass(frozen=True, slots=True)
class PolicyReport:
    """What came of one policy: an explanation, or the error that kept it from one.

    image: of the policy's ImageRepository, '' where that is unknown. error: also that of the explanation.
    hint: what would select the newest, where the policy selects nothing. refused: what keeps Flux from reading the
    registry, though fluxmark could; each with the remedy.
    """

    policy: Manifest
    image: str = ""
    explanation: Explanation | None = None
    error: str = ""
    hint: str = ""
    refused: tuple[str, ...] = ()


def select(
    cluster: Cluster, source: TagSource, *, flux_version: str | None = None, strict: bool = False
) -> Iterator[PolicyReport]:
    """Yield a report for each ImagePolicy of a cluster. strict: where Flux cannot read the registry, the
    policy fails.
    """
    policies = cluster.policies
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
        error = _denied(policy, repository) or tags.error or (tags.refused[0] if strict and tags.refused else "")
        if error:
            yield PolicyReport(policy, name, error=error, refused=tags.refused)
            continue
        excluded = repository.spec.get("exclusionList")
        try:
            found = explain(policy.spec, tags.tags, exclusion_list=excluded, flux_version=flux_version)
        except PolicyError as problem:
            yield PolicyReport(policy, name, error=f"{policy.where}: {problem}")
            continue
        if found.error is None:
            yield PolicyReport(policy, name, found, refused=tags.refused)
        else:
            yield PolicyReport(policy, name, found, str(found.error), _hint(tags.tags), tags.refused)


def _no_repository(policy: Manifest) -> str:
    ref = policy.get("spec", "imageRepositoryRef")
    ref = ref if isinstance(ref, dict) else {}
    name = f"{ref.get('namespace') or policy.namespace}/{ref.get('name', '')}"
    return f"{policy.where}: the ImageRepository {name} is not in this repository"


def _denied(policy: Manifest, repository: Manifest) -> str:
    """Return upstream's words for a repository of another namespace that is open to none; '' where it may be."""
    if repository.namespace == policy.namespace or repository.get("spec", "accessFrom"):
        return ""
    name = f"{repository.namespace}/{repository.name}"
    return f"access denied: '{name}' can't be accessed due to missing ACL labels on 'accessFrom'"


def _hint(tags: tuple[str, ...]) -> str:
    """Return what would make the newest win; '' where the tags do not say."""
    from fluxmark.tag_format.inference import suggest

    found = suggest(tags)
    return f"tagFormat: {found.tag_format} ({found.reason})" if found else ""

"""What is to be marked: which repository's images get which policy's marker, and where."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fluxmark import image
from fluxmark.config import Where
from fluxmark.flux.files import matches
from fluxmark.flux.marker import Setter
from fluxmark.flux.policy import PolicyError
from fluxmark.flux.policy.factory import filter_of, policer_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from fluxmark.cluster import Cluster
    from fluxmark.config import ImageAutomation
    from krmfn.resources.result import ResourceRef

NEVER = "Never"


@dataclass(frozen=True, slots=True)
class Target:
    """One policy: the repository whose images it selects, and the setter that its markers name.

    reflects_digest: whether Flux would write a digest, so that a pinned one may be marked. spec: of the policy.
    """

    setter: Setter
    repository: image.ImageRef
    reflects_digest: bool = False
    where: Where | None = None
    spec: Mapping[str, Any] = field(default_factory=dict)

    def takes(self, tag: str) -> bool:
        """Tell whether the policy would select a tag, if it were the only one."""
        try:
            tags = filter_of(self.spec)
            keys = [key for key, _ in tags.pairs([tag])] if tags else [tag]
            return bool(keys) and not policer_of(self.spec).objection(keys[0])
        except PolicyError:
            return False

    def named(self, suffix: str) -> Setter:
        """Return the setter for a field: the whole image, or the part that the suffix says."""
        return Setter(self.setter.namespace, self.setter.policy, suffix) if suffix else self.setter

    def is_named_by(self, setter: Setter) -> bool:
        """Tell whether a marker names this policy, whatever its suffix."""
        return (setter.namespace, setter.policy) == (self.setter.namespace, self.setter.policy)

    def applies(self, path: str, ref: ResourceRef) -> bool:
        """Tell whether documents of this file and identity are to be marked."""
        where = self.where
        if where is None:
            return True
        return (
            (not where.paths or not path or any(matches(path, glob) for glob in where.paths))
            and (not where.kinds or ref.kind in where.kinds)
            and (not where.namespaces or ref.namespace in where.namespaces)
        )


@dataclass(frozen=True, slots=True)
class Targets:
    """All policies; the canonical name of a repository leads to those that select from it."""

    by_repository: dict[str, tuple[Target, ...]]

    @classmethod
    def of(cls, targets: Iterable[Target]) -> Targets:
        """Group policies by repository."""
        found: dict[str, tuple[Target, ...]] = {}
        for target in targets:
            name = target.repository.canonical
            found[name] = (*found.get(name, ()), target)
        return cls(found)

    def __bool__(self) -> bool:
        """Tell whether there is anything to mark."""
        return bool(self.by_repository)

    def of_image(self, ref: image.ImageRef) -> tuple[Target, ...]:
        """Return the policies that select from an image's repository."""
        return self.by_repository.get(ref.canonical, ())

    def selects(self, repository: str) -> bool:
        """Tell whether a policy selects from a repository, by its canonical name."""
        return repository in self.by_repository

    @property
    def mention(self) -> re.Pattern[str]:
        """A pattern that finds every text in which one of the repositories can be named."""
        lasts = {re.escape(name.rpartition("/")[2]) for name in self.by_repository}
        return re.compile("|".join(sorted(lasts)) or r"(?!)")


def configured(config: ImageAutomation, specs: Sequence[dict[str, Any]]) -> Targets:
    """Return the policies of a configuration; specs: of its ImagePolicies, in the order of its images."""
    return Targets.of(
        Target(
            Setter(config.namespace, entry.name),
            image.parse(entry.image),
            spec.get("digestReflectionPolicy", NEVER) != NEVER,
            entry.where if entry.where != Where() else None,
            spec,
        )
        for entry, spec in zip(config.images, specs, strict=True)
    )


def found(clusters: Iterable[Cluster]) -> Targets:
    """Return the policies of clusters; those whose repository the cluster does not hold are skipped."""
    targets: list[Target] = []
    for cluster, policy in ((one, policy) for one in clusters for policy in one.policies):
        repository = cluster.repository_of(policy)
        try:
            ref = image.parse(str(repository.spec.get("image", ""))) if repository else None
        except image.ImageError:
            ref = None
        if ref is not None:
            reflects = policy.spec.get("digestReflectionPolicy", NEVER) != NEVER
            namespace, _, name = policy.id.partition(":")
            target = Target(Setter(namespace, name), ref, reflects, None, policy.spec)
            if target not in targets:
                targets.append(target)
    return Targets.of(targets)

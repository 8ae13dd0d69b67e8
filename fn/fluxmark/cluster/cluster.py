"""One cluster: the resources that it will hold, and the files that it applies."""

from __future__ import annotations

from copy import copy
from functools import cached_property
from typing import TYPE_CHECKING

from fluxmark.flux.api_groups import (
    AUTOMATION,
    GIT_REPOSITORY,
    GROUP,
    POLICY,
    REPOSITORY,
    SECRET,
    SERVICE_ACCOUNT,
    SOURCE_GROUP,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fluxmark.cluster.automation import Scope
    from fluxmark.cluster.manifest import Manifest
    from fluxmark.kustomize import Unfollowed

_GROUPS = {
    REPOSITORY: GROUP,
    POLICY: GROUP,
    AUTOMATION: GROUP,
    GIT_REPOSITORY: SOURCE_GROUP,
    SECRET: "",
    SERVICE_ACCOUNT: "",
}


class Cluster:
    """What Flux applies in one cluster, as far as the repository says.

    name: the path that the cluster is synchronised from, or the directory that its resources are in; '' for the
    whole repository. manifests: its resources as built, the first of each identity first. files, directories: that
    it applies. is_root: whether a Flux Kustomization says that this is a cluster. unfollowed: what could not be
    followed; something in the cluster may then come from elsewhere. own: names of this repository's remotes
    (`git.repository_name`), as far as they are known.
    """

    def __init__(
        self,
        name: str,
        manifests: Iterable[Manifest],
        *,
        files: frozenset[str] = frozenset(),
        directories: frozenset[str] = frozenset(),
        is_root: bool = False,
        unfollowed: tuple[Unfollowed, ...] = (),
        own: frozenset[str] = frozenset(),
    ) -> None:
        self.name = name
        self.files = files
        self.directories = directories
        self.is_root = is_root
        self.unfollowed = unfollowed
        self.own = own
        self.twice: list[tuple[Manifest, Manifest]] = []
        """Resources of one identity: the first, which counts, and another one."""
        self._by_identity: dict[tuple[str, str, str, str], Manifest] = {}
        for manifest in manifests:
            mine = manifest if manifest.cluster is None else copy(manifest)
            first = self._by_identity.setdefault(manifest.identity, mine)
            if first is mine:
                mine.cluster = self
            elif (first.source, first.root) != (manifest.source, manifest.root):
                self.twice.append((first, manifest))

    @property
    def is_complete(self) -> bool:
        """Whether all that the cluster applies is known."""
        return not self.unfollowed

    @property
    def shown(self) -> str:
        """Its name for messages."""
        return self.name or "."

    @property
    def manifests(self) -> Iterable[Manifest]:
        """All its resources."""
        return self._by_identity.values()

    def all(self, kind: str) -> list[Manifest]:
        """Return the resources of one of the kinds that matter, in the order of their files."""
        return self._by_kind.get(kind, [])

    def get(self, kind: str, namespace: str, name: str) -> Manifest | None:
        """Return one resource; None if the cluster does not hold it, for all that is known.

        Where this repository does not say the namespace, of the resource or of what refers to it, the name
        decides.
        """
        found = self._by_identity.get((_GROUPS[kind], kind, namespace, name))
        if found is not None or not namespace:
            return found or next((one for one in self.all(kind) if one.name == name), None)
        return self._by_identity.get((_GROUPS[kind], kind, "", name))

    @cached_property
    def _by_kind(self) -> dict[str, list[Manifest]]:
        found: dict[str, list[Manifest]] = {}
        for manifest in sorted(self._by_identity.values(), key=_place):
            if _GROUPS.get(manifest.kind) == manifest.group:
                found.setdefault(manifest.kind, []).append(manifest)
        return found

    @property
    def policies(self) -> list[Manifest]:
        """Its ImagePolicies."""
        return self.all(POLICY)

    @property
    def repositories(self) -> list[Manifest]:
        """Its ImageRepositories."""
        return self.all(REPOSITORY)

    @property
    def automations(self) -> list[Manifest]:
        """Its ImageUpdateAutomations."""
        return self.all(AUTOMATION)

    @property
    def git_repositories(self) -> list[Manifest]:
        """Its GitRepositories."""
        return self.all(GIT_REPOSITORY)

    @property
    def image_resources(self) -> list[Manifest]:
        """Its ImageRepositories, ImagePolicies and ImageUpdateAutomations."""
        return [*self.repositories, *self.policies, *self.automations]

    def policy(self, namespace: str, name: str) -> Manifest | None:
        """Return an ImagePolicy; None if the cluster does not hold it."""
        return self.get(POLICY, namespace, name)

    def repository_of(self, policy: Manifest) -> Manifest | None:
        """Return the ImageRepository that a policy selects from; None if the cluster does not hold it."""
        ref = policy.spec.get("imageRepositoryRef")
        if not isinstance(ref, dict):
            return None
        return self.get(REPOSITORY, str(ref.get("namespace") or policy.namespace), str(ref.get("name", "")))

    @cached_property
    def scopes(self) -> tuple[Scope, ...]:
        """What each of its automations updates."""
        from fluxmark.cluster.automation import scope_of

        return tuple(scope_of(automation, self) for automation in self.automations)


def _place(manifest: Manifest) -> tuple[str, int, int]:
    return manifest.source.path, manifest.source.index, manifest.root.start

"""Which clusters read a file, and which hold a policy: looked up, however many clusters there are."""

from __future__ import annotations

from functools import cached_property
from operator import itemgetter
from typing import TYPE_CHECKING

from fluxmark.cluster.automation import Origin

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fluxmark.cluster.automation import Scope
    from fluxmark.cluster.cluster import Cluster


class Readers:
    """The clusters of a repository, indexed."""

    def __init__(self, clusters: Sequence[Cluster]) -> None:
        self._clusters = tuple(clusters)
        self._of: dict[str, tuple[Cluster, ...]] = {}
        self._holders: dict[tuple[str, str], tuple[Cluster, ...]] = {}

    def of(self, path: str) -> tuple[Cluster, ...]:
        """Return the clusters that the markers of a file may be for.

        Those with an automation that updates the file; without one, those that apply it; else all.
        """
        if path not in self._of:
            found = tuple(dict.fromkeys(scope.cluster for scope in self.updating(path)))
            self._of[path] = found or self._appliers.get(path) or self._clusters
        return self._of[path]

    def updating(self, path: str) -> list[Scope]:
        """Return the automations that update a file, in the order of the clusters."""
        found = list(self._scopes.get("", ()))
        end = 0
        while end >= 0 and path:
            end = path.find("/", end + 1)
            found += self._scopes.get(path[:end] if end >= 0 else path, ())
        return [scope for _, scope in sorted(found, key=itemgetter(0))]

    def holders(self, namespace: str, name: str) -> tuple[Cluster, ...]:
        """Return the clusters that hold a policy."""
        key = namespace, name
        if key not in self._holders:
            self._holders[key] = tuple(one for one in self._clusters if one.policy(*key) is not None)
        return self._holders[key]

    @cached_property
    def _scopes(self) -> dict[str, list[tuple[int, Scope]]]:
        """The automations of this repository by what they update, numbered."""
        found: dict[str, list[tuple[int, Scope]]] = {}
        for number, scope in enumerate(scope for cluster in self._clusters for scope in cluster.scopes):
            if scope.path is not None and scope.origin is not Origin.OTHER:
                found.setdefault(scope.path, []).append((number, scope))
        return found

    @cached_property
    def _appliers(self) -> dict[str, tuple[Cluster, ...]]:
        """The clusters that apply a file."""
        found: dict[str, list[Cluster]] = {}
        for cluster in self._clusters:
            for path in cluster.files:
                found.setdefault(path, []).append(cluster)
        return {path: tuple(clusters) for path, clusters in found.items()}

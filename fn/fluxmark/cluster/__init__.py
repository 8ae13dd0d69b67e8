"""The repository as Flux sees it: which clusters it describes, and what is in each of them.

- `Tree`: the texts of a repository by path; `Source`: one of them, with its documents and positions.
- `Manifest`: a resource, as it is in a text or as it is built, with findings at its fields.
- `Cluster`: what Flux applies in one cluster; `Scope`: what one of its automations updates.
- `Marker`: a comment that is a marker, or looks like one, and what it is next to.
- `Repository`: all of these. `read.read_directory` and `read.read_items` make one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fluxmark.cluster.automation import Origin, Scope
    from fluxmark.cluster.cluster import Cluster
    from fluxmark.cluster.manifest import Manifest
    from fluxmark.cluster.markers import Marker, Spot
    from fluxmark.cluster.repository import Repository
    from fluxmark.cluster.source import Source
    from fluxmark.cluster.tree import Tree

# `update` needs a part of it, and its start is what users wait for
_HOMES = {
    "Cluster": "cluster",
    "Manifest": "manifest",
    "Marker": "markers",
    "Origin": "automation",
    "Repository": "repository",
    "Scope": "automation",
    "Source": "source",
    "Spot": "markers",
    "Tree": "tree",
}

__all__ = ["Cluster", "Manifest", "Marker", "Origin", "Repository", "Scope", "Source", "Spot", "Tree"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'fluxmark.cluster' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"fluxmark.cluster.{_HOMES[name]}"), name)

"""Which cluster a configuration is for: `spec.cluster`, or the one that applies its output directory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fluxmark.cluster.automation import is_below, normal_path
from fluxmark.config import ConfigError
from fluxmark.flux.api_groups import AUTOMATION
from fluxmark.inject.resources import image_update_automation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fluxmark.cluster import Cluster, Manifest
    from fluxmark.config import ImageAutomation


def cluster_of(config: ImageAutomation, clusters: Sequence[Cluster]) -> Cluster | None:
    """Return the cluster whose resources a configuration owns; None for one that has none.

    Raises ConfigError if `spec.cluster` names no cluster, or where several could be meant.
    """
    if not config.images and config.automation is None:
        return None  # it has no resources
    if config.cluster is not None:
        return _named(config, clusters)
    below = [one for one in clusters if any(is_below(config.output, directory) for directory in one.directories)]
    below = _nearest(config.output, below)
    if len(below) == 1:
        return below[0]
    others = [one for one in clusters if not _is_beside(config, one)]
    if below or len(others) > 1:
        found = [one for one in below or others if _holds(config, one)]
        if not found and not below:
            return None
        if len(found) != 1:
            names = ", ".join(one.shown for one in below or others)
            problem = f"spec: this repository has several clusters ({names}); set spec.cluster to one of them"
            raise ConfigError([problem])
        return found[0]
    return others[0] if others else None


def _named(config: ImageAutomation, clusters: Sequence[Cluster]) -> Cluster | None:
    assert config.cluster is not None
    wanted = normal_path(config.cluster)
    found = next((one for one in clusters if one.name == wanted), None)
    inside = [one for one in clusters if one.name and is_below(one.name, wanted)]
    if found is None and len(inside) == 1:
        return inside[0]
    if found is None and any(one.is_root for one in clusters):
        names = ", ".join(one.shown for one in clusters)
        raise ConfigError([f"spec.cluster: no cluster is synchronised from {config.cluster}; found: {names}"])
    return found


def _nearest(output: str, clusters: Sequence[Cluster]) -> list[Cluster]:
    """Return the clusters with the deepest directory above the output."""

    def depth(cluster: Cluster) -> int:
        return max(len(directory) for directory in cluster.directories if is_below(output, directory))

    deepest = max(map(depth, clusters), default=0)
    return [one for one in clusters if depth(one) == deepest]


def _holds(config: ImageAutomation, cluster: Cluster) -> bool:
    """Tell whether a cluster has one of the resources that a configuration names."""
    names = {image.name for image in config.images}
    return any(one.namespace in ("", config.namespace) and one.name in names for one in cluster.policies)


def _is_beside(config: ImageAutomation, cluster: Cluster) -> bool:
    """Tell whether a cluster's resources are in a directory that is to theirs what the output is to its own.

    As `clusters/staging/images` and `clusters/prod/images`: two clusters, for all that is known. The paths that
    automations update have to differ, too, where both are known.
    """
    if cluster.is_root or not config.images:
        return False
    path = _update_path(config)
    for one in cluster.image_resources:
        if not _is_parallel(one.source.path.rpartition("/")[0], config.output):
            return False
        if one.kind == AUTOMATION and path is not None and one.get("spec", "update", "path") == path:
            return False
    return True


def _update_path(config: ImageAutomation) -> Any:
    built = image_update_automation.build(config, defaults=False)
    return built[0][1].get("update", {}).get("path") if built else None


def _is_parallel(one: str, other: str) -> bool:
    parts, others = one.split("/"), other.split("/")
    if len(parts) != len(others) or len(parts) < 2:
        return False
    return sum(a != b for a, b in zip(parts, others, strict=True)) == 1


def resource_identity(manifest: Manifest) -> tuple[str, str, str]:
    """Return what a configuration names a resource by."""
    return manifest.kind, manifest.namespace, manifest.name

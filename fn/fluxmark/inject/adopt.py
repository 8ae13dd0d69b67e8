"""Which ImageRepository each configured image has: its own, or one that scans the image already.

A second ImageRepository for an image would scan it twice, and what one found the other would replace.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmark import image
from fluxmark.config import policy_spec

if TYPE_CHECKING:
    from fluxmark.cluster import Cluster, Manifest
    from fluxmark.config import ImageAutomation
    from fluxmark.config.model import Image


def repository_names(config: ImageAutomation, cluster: Cluster | None) -> dict[str, str]:
    """Return the name of the ImageRepository of each configured image, by the image's own name."""
    found: dict[str, str] = {}
    made: dict[str, str] = {}
    for entry in config.images:
        canonical = image.parse(entry.image).canonical
        name = _named(config, entry) or _existing(config, cluster, entry, canonical)
        if not name and not entry.repository:
            name = made.get(canonical, "")
        found[entry.name] = name or entry.name
        made.setdefault(canonical, found[entry.name])
    return found


def _named(config: ImageAutomation, entry: Image) -> str:
    """Return the name that the configuration gives an image's repository; '' for none."""
    said = policy_spec(config, entry)["imageRepositoryRef"].get("name", "")
    return said if said != entry.name else ""


def _existing(config: ImageAutomation, cluster: Cluster | None, entry: Image, canonical: str) -> str:
    """Return the name of a repository in the cluster that scans an image; '' if there is none."""
    scanning = [
        one.name
        for one in (cluster.repositories if cluster is not None else ())
        if one.namespace in ("", config.namespace) and _image(one) == canonical
    ]
    policy = cluster.policy(config.namespace, entry.name) if cluster is not None else None
    used = policy.text("spec", "imageRepositoryRef", "name") if policy is not None else ""
    for name in (used, entry.name):
        if name in scanning:
            return name
    return scanning[0] if scanning else ""


def _image(repository: Manifest) -> str:
    try:
        return image.parse(repository.text("spec", "image")).canonical
    except image.ImageError:
        return ""

"""ImageRepository: which repository Flux scans for tags, and how it gets there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fluxmark.config import repository_spec

if TYPE_CHECKING:
    from fluxmark.config import ImageAutomation

KIND = "ImageRepository"
FILE = "image-repositories.yaml"
HEADER = "The image repositories that Flux scans for tags; written by fluxmark."


def build(config: ImageAutomation, *, defaults: bool = True) -> list[tuple[str, dict[str, Any]]]:
    """Return name and spec of one repository for each image; without defaults, only what is configured."""
    return [(image.name, repository_spec(config, image, defaults=defaults)) for image in config.images]

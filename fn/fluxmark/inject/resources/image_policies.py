"""ImagePolicy: which of a repository's tags is the latest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fluxmark.config import policy_spec, tag_format

if TYPE_CHECKING:
    from fluxmark.config import Image, ImageAutomation

KIND = "ImagePolicy"
FILE = "image-policies.yaml"
HEADER = "The policies that select the latest tag of each repository; written by fluxmark."


def build(config: ImageAutomation, *, defaults: bool = True) -> list[tuple[str, dict[str, Any]]]:
    """Return name and spec of one policy for each image; there are no defaults."""
    del defaults
    return [(image.name, _spec(config, image)) for image in config.images]


def _spec(config: ImageAutomation, image: Image) -> dict[str, Any]:
    spec = policy_spec(config, image)
    form = tag_format(config, image)
    if form is not None:
        from fluxmark.tag_format import expand

        spec |= expand(form)
    return spec

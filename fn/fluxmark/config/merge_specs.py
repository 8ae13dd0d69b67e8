"""The specs of the resources to generate: the defaults, what is said for all images, what is said for one.

Mappings are merged field by field and the later wins; null removes what was said before. `policy.policy`
and `policy.filterTags` are replaced as a whole, since half of one policy and half of another is not a policy.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from fluxmark.config.schema import DEFAULTS

if TYPE_CHECKING:
    from fluxmark.config.model import Image, ImageAutomation

Spec = dict[str, Any]

DEFAULT_AUTOMATION = "flux-system"
"""Name of an automation that is not named."""

ORDER_FIELDS = ("filterTags", "policy")
"""The fields of an ImagePolicy's spec that a tag format stands for."""


def repository_spec(config: ImageAutomation, image: Image, *, defaults: bool = True) -> Spec:
    """Return the spec of an image's ImageRepository; without defaults, only what the configuration says."""
    said = merged(merged(DEFAULTS["ImageRepository"] if defaults else {}, config.repository), image.repository)
    return {"image": image.image} | said


def policy_spec(config: ImageAutomation, image: Image) -> Spec:
    """Return the spec of an image's ImagePolicy; where `tag_format` is one, without the fields it stands for."""
    everywhere = config.policy
    if tag_format(config, image) is not None:
        everywhere = {key: value for key, value in everywhere.items() if key not in ORDER_FIELDS}
    said = merged(everywhere, image.policy, whole=ORDER_FIELDS)
    reference = merged({"name": image.name}, said.get("imageRepositoryRef", {}))
    return {"imageRepositoryRef": reference} | {k: v for k, v in said.items() if k != "imageRepositoryRef"}


def tag_format(config: ImageAutomation, image: Image) -> str | None:
    """Return the form of an image's tags, None if its policy is given otherwise.

    That for all images counts only where an image has neither one nor a filter or policy of its own.
    """
    if image.tag_format is not None or any(image.policy.get(field) is not None for field in ORDER_FIELDS):
        return image.tag_format
    return config.tag_format


def automation_specs(config: ImageAutomation, *, defaults: bool = True) -> list[tuple[str, Spec]]:
    """Return name and spec of every ImageUpdateAutomation; without defaults, only what is configured.

    Several are what `automations` lists, each merged into `automation`.
    """
    if config.automations:
        wholes = [merged(config.automation or {}, one) for one in config.automations]
    else:
        wholes = [dict(config.automation)] if config.automation is not None else []
    start = DEFAULTS["ImageUpdateAutomation"] if defaults else {}
    return [
        (
            str(whole.get("name") or DEFAULT_AUTOMATION),
            merged(start, {key: value for key, value in whole.items() if key != "name"}),
        )
        for whole in wholes
    ]


def merged(below: Mapping[str, Any], above: Mapping[str, Any], whole: tuple[str, ...] = ()) -> Spec:
    """Return both in one, the second having precedence; the fields `whole` are not merged within."""
    result = dict(below)
    for key, value in above.items():
        if value is None:
            result.pop(key, None)
        elif isinstance(value, Mapping):
            within = result.get(key)
            start = within if isinstance(within, Mapping) and key not in whole else {}
            result[key] = merged(start, value)
        else:
            result[key] = value
    return result

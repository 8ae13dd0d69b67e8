"""The current tag is one that the policy would never select.

Where the tag at a marker is not matched by the policy's `filterTags.pattern`, or is not a version in its range,
either the policy is wrong or the tag was set by hand; Flux replaces it at the next run, possibly by an older
build. Under semver a tag needs three parts: `18.1` is none, and the greatest tag with three parts, however old,
wins. Tags without a digit (`latest`) are taken for placeholders.

Fails:
    image: example.com/app:18.1 # {"$imagepolicy": "flux-system:app"}

Passes:
    image: example.com/app:18.1.0 # {"$imagepolicy": "flux-system:app"}

Fix: correct the policy, or the tag; to pin a tag, remove the marker.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from fluxmark import image
from fluxmark.cluster.manifest import is_templated
from fluxmark.flux.marker.surroundings import holds_more
from fluxmark.flux.policy import PolicyError
from fluxmark.flux.policy.factory import filter_of, policer_of
from fluxmark.flux.releases import release_of
from krmfn.resources.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.cluster import Manifest, Marker, Repository
    from fluxmark.finding import Finding

ID: Final = "marker-tag"
SEVERITY: Final = Severity.WARNING

_DIGIT = re.compile(r"\d")


def check(world: Repository) -> Iterator[Finding]:
    """Yield the markers whose tag their policy does not take."""
    reasons: dict[tuple[int, str], str] = {}
    for marker in world.markers:
        setter = marker.setter
        tag = current_tag(marker)
        if setter is None or tag is None or not _DIGIT.search(tag):
            continue
        reason = ""
        for policy in world.policies_of(marker):
            if policy.is_final and not is_templated(str(policy.spec)):
                key = id(policy.data), tag
                if key not in reasons:
                    reasons[key] = _objection(policy, tag, world.flux_version)
                reason = reason or reasons[key]
        if reason and marker.node is not None:
            yield marker.source.finding(
                ID,
                SEVERITY,
                marker.source.inside(marker.node, marker.node.value.rfind(tag), len(tag)),
                f"the policy {setter.key} never selects {tag}, {reason}; an update would replace it",
                resource=marker.manifest.ref if marker.manifest else None,
                path=marker.path,
                current=marker.node.value,
            )


def current_tag(marker: Marker) -> str | None:
    """Return the tag that is at a marker; None if there is none, or one that is filled in later."""
    setter, node = marker.setter, marker.node
    if setter is None or node is None or not marker.works:
        return None
    if image.templating(node.value) or holds_more(node.value):
        return None
    if setter.suffix == "tag":
        return node.value if node.value and "/" not in node.value and ":" not in node.value else None
    if setter.suffix:
        return None
    try:
        return image.parse(node.value).tag or None
    except image.ImageError:
        return None


def _objection(policy: Manifest, tag: str, flux_version: str | None) -> str:
    """Return why a policy skips a tag; '' if it does not, or is broken itself."""
    release = release_of(flux_version)
    try:
        policer, tag_filter = policer_of(policy.spec, release), filter_of(policy.spec, release)
    except PolicyError:
        return ""
    keys = [key for key, _ in tag_filter.pairs([tag])] if tag_filter else [tag]
    if not keys:
        return "which its filterTags.pattern does not match"
    if "semver" not in (policy.get("spec", "policy") or {}):
        return ""
    reason = policer.objection(keys[0])
    return f"as {keys[0]} is {reason}" if reason else ""

"""What the rules about policies share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmark import image
from fluxmark.cluster.manifest import is_templated
from fluxmark.rules.marker_tag import current_tag

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fluxmark.cluster import Manifest, Repository


def final_policies(world: Repository) -> Iterator[Manifest]:
    """Yield the policies that will be what they are here: no patch changes them, nothing is filled in."""
    for policy in world.policies:
        if policy.is_final and not is_templated(str(policy.get("spec", "policy"))):
            yield policy


def may_be(one: Manifest, namespace: str, name: str) -> bool:
    """Tell whether a resource is, or may turn out to be, the one of this namespace and name."""
    if is_templated(one.name):
        return True
    return one.name == name and (one.namespace in ("", namespace) or is_templated(one.namespace))


def pattern_of(policy: Manifest) -> str | None:
    """Return a policy's pattern, '' if it has none; None if it is filled in later, or is not a string."""
    pattern = policy.get("spec", "filterTags", "pattern")
    if pattern is None:
        return ""
    return pattern if isinstance(pattern, str) and not is_templated(pattern) else None


def kind_of(policy: Manifest) -> str:
    """Return the kind of policy that Flux takes, as it does if there are several; '' for none."""
    choice = policy.get("spec", "policy")
    if not isinstance(choice, dict):
        return ""
    return next((kind for kind in ("semver", "alphabetical", "numerical") if choice.get(kind) is not None), "")


def current_tags(world: Repository, policy: Manifest) -> list[str]:
    """Return the tags that are known of a policy's image: at its markers, in its status, in lists of tags."""
    marked = [current_tag(marker) for marker in world.markers_of(policy)]
    refs = [policy.text("status", field, "tag") for field in ("latestRef", "observedPreviousRef")]
    images = [policy.text("status", field) for field in ("latestImage", "observedPreviousImage")]
    old = [one.rpartition(":")[2] for one in images if ":" in one.rpartition("/")[2]]
    return list(dict.fromkeys(tag for tag in (*marked, *refs, *old, *_listed(world, policy)) if tag))


def _listed(world: Repository, policy: Manifest) -> Sequence[str]:
    repository = policy.cluster.repository_of(policy) if world.tags and policy.cluster else None
    try:
        return world.tags.get(image.parse(repository.text("spec", "image")).canonical, ()) if repository else ()
    except image.ImageError:
        return ()


def filter_path(policy: Manifest, field: str) -> tuple[str, ...]:
    """Return the path of a field of filterTags, or of the policy if there are no filterTags."""
    if policy.get("spec", "filterTags", field) is not None:
        return ("spec", "filterTags", field)
    return ("spec", "filterTags") if policy.get("spec", "filterTags") is not None else ("spec", "policy")

"""The selection: from the spec of an ImagePolicy and the tags of a registry to the tag that Flux chooses.

Source: image-reflector-controller, internal/controller/imagepolicy_controller.go (applyPolicy) and
imagerepository_controller.go (scan).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fluxmark.flux.policy.exclusion import exclude
from fluxmark.flux.policy.factory import filter_of, policer_of
from fluxmark.flux.releases import release_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Selection:
    """What a policy selects.

    tag: the tag; extracted: the key it was ordered by, which is the tag itself without filterTags.extract.
    ties: all tags that Flux could choose as well as this one, in descending order and `tag` among them, where it
        depends on chance (the order of a Go map); empty if there is no choice.
    """

    tag: str
    extracted: str
    ties: tuple[str, ...] = ()


def latest(
    spec: Mapping[str, Any],
    tags: Iterable[str],
    *,
    exclusion_list: Sequence[str] | None = None,
    flux_version: str | None = None,
) -> Selection:
    """Return what Flux selects from a registry's tags, the order of which has no meaning.

    spec: of an ImagePolicy; exclusion_list: of its ImageRepository; flux_version: such as `2.6`, by default the
    newest known one. Where chance decides in Flux, the tag is the one that it would choose if the keys came in
    descending order, and of several keys that are not numbers the error names the first in that order.
    Raises PolicyError, whose text is the controller's.
    """
    release = release_of(flux_version)
    policer = policer_of(spec, release)
    stored = sorted(exclude(tags, exclusion_list, release), reverse=True)
    tag_filter = filter_of(spec, release)
    if tag_filter is None:
        choice = policer.choose(stored)
        ties = () if release.sorted_tags else choice.ties
        return Selection(choice.key, choice.key, _ties(ties))
    pairs = list(tag_filter.pairs(stored))
    # Of several tags with one key the last stored, the smallest, remains.
    tag_of = dict(pairs)
    choice = policer.choose(sorted(tag_of, reverse=True))
    keys = set(choice.ties)
    if release.sorted_tags:
        ties = tuple(tag_of[key] for key in keys)
    else:
        ties = tuple(tag for key, tag in pairs if key in keys)
    return Selection(tag_of[choice.key], choice.key, _ties(ties))


def _ties(tags: Iterable[str]) -> tuple[str, ...]:
    distinct = sorted(set(tags), reverse=True)
    return tuple(distinct) if len(distinct) > 1 else ()

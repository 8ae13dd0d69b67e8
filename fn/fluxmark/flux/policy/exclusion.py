"""`exclusionList` of an ImageRepository: tags that are not stored at all.

Source: image-reflector-controller, internal/controller/imagerepository_controller.go (filterOutTags) and
api/v1/imagerepository_types.go (GetExclusionList).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmark.flux.policy.errors import PolicyError
from fluxmark.flux.releases import NEWEST, Release
from fluxmark.golang.regexp import RegexpError, compile_pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

DEFAULT = (r"^.*\.sig$",)


def exclude(tags: Iterable[str], patterns: Sequence[str] | None, release: Release = NEWEST) -> list[str]:
    """Return the tags that no pattern matches anywhere, in their order.

    patterns: None or an empty list is the default, the signatures of cosign.
    Raises PolicyError for an invalid pattern, and for a list of anything else, which the API server refuses.
    """
    if patterns is not None and not (isinstance(patterns, list | tuple) and all(map(_is_text, patterns))):
        raise PolicyError("the exclusionList of the ImageRepository is not a list of strings")
    if not patterns or tuple(patterns) == DEFAULT:
        # The same without the library; a dot of the pattern matches no line break.
        return [tag for tag in tags if not tag.endswith(".sig") or "\n" in tag]
    matchers = []
    for pattern in patterns:
        try:
            matchers.append(compile_pattern(pattern, angle_groups=release.angle_groups).matches)
        except RegexpError as error:
            raise PolicyError(f"failed to compile regex {pattern}: {error}") from None
    return [tag for tag in tags if not any(matches(tag) for matches in matchers)]


def _is_text(value: object) -> bool:
    return isinstance(value, str)

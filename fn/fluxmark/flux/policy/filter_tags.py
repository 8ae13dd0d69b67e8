"""`filterTags`: which tags a policy looks at, and by which part of them it orders.

Source: image-reflector-controller, internal/policy/filter.go.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fluxmark.flux.policy.errors import InvalidPolicyError
from fluxmark.flux.releases import NEWEST, Release
from fluxmark.golang.expand import parse_template
from fluxmark.golang.regexp import RegexpError, compile_pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fluxmark.golang.regexp import Regexp


@dataclass(frozen=True, slots=True)
class RegexFilter:
    """A pattern, which may match anywhere in a tag, and the template of the key; empty: the key is the tag."""

    regexp: Regexp
    extract: str = ""

    @classmethod
    def of_spec(cls, pattern: str, extract: str, release: Release = NEWEST) -> RegexFilter:
        """Return the filter of a policy's fields; raises InvalidPolicyError."""
        try:
            return cls(compile_pattern(pattern, angle_groups=release.angle_groups), extract)
        except RegexpError as error:
            raise InvalidPolicyError(
                f"failed to filter tags: invalid regular expression pattern '{pattern}': {error}",
            ) from None

    def pairs(self, tags: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Yield (key, tag) of each tag that the pattern matches."""
        if not self.extract:
            return ((tag, tag) for tag in tags if self.regexp.matches(tag))
        return self._extracted(tags)

    def _extracted(self, tags: Iterable[str]) -> Iterator[tuple[str, str]]:
        search = self.regexp.search
        expand = parse_template(self.extract).bind(self.regexp.names).expand
        return ((expand(match), tag) for tag in tags if (match := search(tag)) is not None)

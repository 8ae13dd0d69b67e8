"""`policy.alphabetical`: the order of the bytes.

Source: image-reflector-controller, internal/policy/alphabetical.go.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fluxmark.flux.policy.policer import Choice, require_some

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True, slots=True)
class Alphabetical:
    """Chooses the greatest key, or the smallest if descending.

    Code points have the order of their UTF-8 bytes, so Python's order of text is Go's.
    """

    descending: bool = False

    def choose(self, keys: Sequence[str]) -> Choice:
        """Return the latest; raises PolicyError for an empty list."""
        require_some(keys)
        key = min(keys) if self.descending else max(keys)
        return Choice(key, (key,))

    def objection(self, key: str) -> str:  # noqa: ARG002  # of the protocol
        """Return nothing: every text has a place in the order."""
        return ""

    def rank(self, keys: Iterable[str]) -> list[str]:
        """Return the keys, the latest first."""
        return sorted(keys, reverse=not self.descending)

"""What every kind of policy does.

Source: image-reflector-controller, internal/policy/policer.go.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from fluxmark.flux.policy.errors import PolicyError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True, slots=True)
class Choice:
    """The key that a policy chooses from a list in the order given.

    ties: all keys that it would choose from some order of the same list, `key` among them.
    """

    key: str
    ties: tuple[str, ...]


class Policer(Protocol):
    """Orders keys: tags, or what a filter extracted from them."""

    def choose(self, keys: Sequence[str]) -> Choice:
        """Return the latest; raises PolicyError."""

    def objection(self, key: str) -> str:
        """Return why the policy skips the key or fails on it, in a few words; empty if it does not."""

    def rank(self, keys: Iterable[str]) -> list[str]:
        """Return the keys to which there is no objection, the one chosen from a descending list first."""


def require_some(keys: Sequence[str]) -> None:
    """Raise the PolicyError of an empty list: there are no tags, or the filter matches none."""
    if not keys:
        raise PolicyError("version list argument cannot be empty")

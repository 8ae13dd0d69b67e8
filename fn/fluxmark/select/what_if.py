"""Another filter or policy in place of that of an ImagePolicy, to see what it would select."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What to replace; None keeps what the policy has.

    pattern: '' removes the filter. choice: `spec.policy`.
    """

    pattern: str | None = None
    extract: str | None = None
    choice: dict[str, Any] | None = None

    def __bool__(self) -> bool:
        """Tell whether there is anything to replace."""
        return (self.pattern, self.extract, self.choice) != (None, None, None)

    def apply(self, spec: Mapping[str, Any]) -> dict[str, Any]:
        """Return a spec with what is replaced."""
        old = spec.get("filterTags")
        fields = dict(old) if isinstance(old, dict) else {}
        if self.pattern is not None:
            fields["pattern"] = self.pattern
        if self.extract is not None:
            fields["extract"] = self.extract
        changed = dict(spec)
        changed["filterTags"] = {name: text for name, text in fields.items() if text}
        if not changed["filterTags"].get("pattern"):
            del changed["filterTags"]
        if self.choice is not None:
            changed["policy"] = self.choice
        return changed

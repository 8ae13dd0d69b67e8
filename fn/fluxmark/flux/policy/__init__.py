"""What an ImagePolicy selects, as image-reflector-controller does.

`latest` selects, `fluxmark.flux.policy.explanation.explain` says why. For checks: `constraint` has the ranges of
versions, `regexp` and `template` the patterns and what is extracted, `factory` the errors that need no tags.
"""

from __future__ import annotations

from fluxmark.flux.policy.errors import InvalidPolicyError, PolicyError
from fluxmark.flux.policy.selection import Selection, latest

__all__ = [
    "InvalidPolicyError",
    "PolicyError",
    "Selection",
    "latest",
]

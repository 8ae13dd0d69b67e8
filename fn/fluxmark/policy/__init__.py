"""What an ImagePolicy selects, as image-reflector-controller does."""

from __future__ import annotations

from fluxmark.policy.errors import InvalidPolicyError, PolicyError
from fluxmark.policy.explanation import Candidate, Dropped, Explanation, explain
from fluxmark.policy.selection import Selection, latest

__all__ = [
    "Candidate",
    "Dropped",
    "Explanation",
    "InvalidPolicyError",
    "PolicyError",
    "Selection",
    "explain",
    "latest",
]

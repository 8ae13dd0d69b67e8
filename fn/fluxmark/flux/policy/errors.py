"""What goes wrong while a policy selects, in the wording of the controller."""

from __future__ import annotations

from fluxmark.errors import FluxmarkError


class PolicyError(FluxmarkError):
    """Nothing is selected; the text is the one that image-reflector-controller puts in the policy's status.

    The controller keeps the latest image that it had selected before.
    """


class InvalidPolicyError(PolicyError):
    """The policy itself is at fault, whatever the tags: the controller stalls it until it is changed."""

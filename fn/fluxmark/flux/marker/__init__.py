"""Markers as text: the comments that tell Flux which value to update.

`# {"$imagepolicy": "flux-system:frontend:tag"}` names a setter: the policy `frontend` of the namespace
`flux-system`, of whose latest image the tag is to be written.

- `Setter`: what a marker names; `render` writes its comment.
- `read`: what Flux makes of a comment.
- `diagnose`: why Flux ignores a comment that looks like a marker, and what would work.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmark.flux.marker.comment import read, render
from fluxmark.flux.marker.setter import SUFFIXES, MarkerError, Setter

if TYPE_CHECKING:
    from fluxmark.flux.marker.problem import Problem as Problem

__all__ = ["SUFFIXES", "MarkerError", "Setter", "diagnose", "read", "render"]


def diagnose(comment: str, *, namespace: str = "") -> Problem | None:
    """Return what keeps Flux from honouring a comment that looks like a marker; None if it honours it or is none.

    comment: its text from '#'. namespace: where the policies are, if that is known, to fix a marker without one.
    """
    from fluxmark.flux.marker.problem import diagnose as find  # most comments are not broken markers

    return find(comment, namespace=namespace)

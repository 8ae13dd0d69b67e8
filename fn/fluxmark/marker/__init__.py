"""Markers as text: the comments that tell Flux which value to update.

`# {"$imagepolicy": "flux-system:frontend:tag"}` names a setter: the policy `frontend` of the namespace
`flux-system`, of whose latest image the tag is to be written.

- `Setter`: what a marker names; `render` writes its comment.
- `read`: what Flux makes of a comment.
- `diagnose`: why Flux ignores a comment that means to be a marker, and what would work.
"""

from fluxmark.marker.comment import read, render
from fluxmark.marker.problem import Problem, diagnose
from fluxmark.marker.setter import SUFFIXES, MarkerError, Setter

__all__ = ["SUFFIXES", "MarkerError", "Problem", "Setter", "diagnose", "read", "render"]

"""One value that a marker's policy changes: what `update` reports and a commit message lists."""

from __future__ import annotations

from typing import NamedTuple

from krmfn.resources.result import ResourceRef

NO_RESOURCE = ResourceRef()


class Change(NamedTuple):
    """A scalar that got a new value. A tuple: thousands of them come from other processes.

    file: path relative to the root, with forward slashes; line: of the scalar in it, from 1.
    setter: what the marker names, `namespace:policy[:name|:tag|:digest]`.
    resource: the document's identity, all empty for a file that is not a resource (compose), as in Flux.
    """

    file: str
    line: int
    setter: str
    old: str
    new: str
    resource: ResourceRef = NO_RESOURCE

"""A mapping within a resource, with a resource's own interface."""

from __future__ import annotations

from typing import TYPE_CHECKING

from krmfn.resources.fields import Fields
from krmfn.yaml.path import show, steps

if TYPE_CHECKING:
    from krmfn.resources.resource import Resource
    from krmfn.yaml.path import Path, Step


class Part(Fields):
    """The fields of a mapping within a resource: a container, a volume, the template of pods.

    It is a view: edits are the resource's, and errors name the whole path. `Fields.part`, `Fields.parts` make it.
    """

    __slots__ = ("_resource", "path")

    def __init__(self, resource: Resource, path: tuple[Step, ...]) -> None:
        self._resource = resource
        self.path = path
        """Where the mapping is in the resource: keys, and indexes of lists. A resource's `path` is its file."""

    @property
    def resource(self) -> Resource:
        """The resource that the mapping is in."""
        return self._resource

    def full_path(self, path: Path) -> tuple[Step, ...]:
        return (*self.path, *steps(path))

    def __repr__(self) -> str:
        return f"<Part {self.resource.describe()}: {show(self.path)}>"

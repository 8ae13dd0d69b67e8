"""What tells resources apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from krmfn.resources.result import ResourceRef


class Identity(NamedTuple):
    """What makes two resources the same one, whatever their version; parts are empty if they are not known."""

    group: str
    kind: str
    namespace: str
    name: str


class PackageId(NamedTuple):
    """What tells a resource from all others of a package, even from one with the same identity elsewhere in it."""

    ref: ResourceRef
    path: str
    index: int  # type: ignore[assignment]  # a document's number hides the method of tuples that nobody needs

    def __str__(self) -> str:
        """Return `kind|name|namespace|apiVersion|path:index`."""
        api_version, kind, name, namespace = self.ref
        return f"{kind}|{name}|{namespace}|{api_version}|{self.path}:{self.index}"

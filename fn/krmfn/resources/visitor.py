"""What a list reader shows its items to while it reads: `krmfn.functions.function.Function` is one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from krmfn.resources.resource import Resource


class Visitor(Protocol):
    """Looks at items while the list is read."""

    def configure(self, config: Resource | None, /) -> None:
        """Take the functionConfig, None if there is none; called once, before any visit."""

    def wanted(self, api_version: str, kind: str, /) -> bool:
        """Tell whether to visit items of this kind."""

    def visit(self, resource: Resource, /) -> None:
        """Look at an item, and edit it, while its tree is in memory."""

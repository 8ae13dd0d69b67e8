"""The interface of a function that takes part in the reading of its list."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

    from krmfn.resources.resource import Resource
    from krmfn.resources.resource_list import ResourceList

    Process: TypeAlias = "Callable[[ResourceList], object] | Function | type[Function]"
    """What can be run: a callable that changes a list, a Function, or a class of one, made for the run."""


class Function:
    """A function that looks at items while the list is read; for others a plain callable is enough.

    Reading a long list this way takes one pass and little memory: only items that are `wanted` become trees,
    and each tree is released after its visit. Every method may raise FunctionError.
    """

    def configure(self, config: Resource | None) -> None:
        """Take the functionConfig, None if there is none; called once, before any visit."""

    def wanted(self, api_version: str, kind: str) -> bool:
        """Tell whether items of this kind are to be visited; a selector's `may_match` is a good answer."""
        del api_version, kind
        return True

    def visit(self, resource: Resource) -> None:
        """Look at an item, and edit it, while its tree is there."""

    def process(self, resource_list: ResourceList) -> None:
        """Do the rest of the work once the whole list is read."""


def as_function(process: Process) -> Function:
    """Return a callable as a function that visits nothing; a Function stays as it is, of a class one is made."""
    if isinstance(process, type) and issubclass(process, Function):
        return process()
    return process if isinstance(process, Function) else _Plain(process)


class _Plain(Function):
    def __init__(self, process: Callable[[ResourceList], object]) -> None:
        self._process = process

    def wanted(self, api_version: str, kind: str) -> bool:
        del api_version, kind
        return False

    def process(self, resource_list: ResourceList) -> None:
        self._process(resource_list)

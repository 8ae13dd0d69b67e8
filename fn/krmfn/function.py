"""The interface of a function that takes part in the reading of its list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from krmfn.result import Result, Severity

if TYPE_CHECKING:
    from krmfn.resource import Resource
    from krmfn.resource_list import ResourceList


class FunctionError(Exception):
    """What a function raises when it cannot do its work; the message becomes a result, nothing is changed."""

    def __init__(self, message: str, *results: Result) -> None:
        super().__init__(message)
        self._results = results

    @property
    def results(self) -> tuple[Result, ...]:
        """What to tell; the message alone where nothing more was given."""
        return self._results or (Result(str(self), Severity.ERROR),)


class Function:
    """A function that looks at items while the list is read; for others a plain callable is enough.

    Reading a long list this way takes one pass and little memory: only items that are `wanted` become trees,
    and each tree is released after its visit.
    """

    def configure(self, config: Resource | None) -> None:
        """Take the functionConfig; called once, before any visit."""

    def wanted(self, api_version: str, kind: str) -> bool:
        """Tell whether items of this kind are to be visited."""
        del api_version, kind
        return True

    def visit(self, resource: Resource) -> None:
        """Look at an item, and edit it, while its tree is there."""

    def process(self, resource_list: ResourceList) -> None:
        """Do the rest of the work once the whole list is read."""

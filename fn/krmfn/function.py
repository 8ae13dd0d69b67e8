"""The interface of a function that takes part in the reading of its list."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from krmfn.result import Result, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from krmfn.part import Part
    from krmfn.path import Path
    from krmfn.resource import Resource
    from krmfn.resource_list import ResourceList

    Process: TypeAlias = "Callable[[ResourceList], object] | Function | type[Function]"
    """What can be run: a callable that changes a list, a Function, or a class of one, made for the run."""


class FunctionError(Exception):
    """What a function raises when it cannot do its work; the message becomes a result, nothing is changed.

    results: what to tell in place of the message, for instance with the resource and the field that are to blame.
    """

    def __init__(self, message: str, *results: Result) -> None:
        super().__init__(message)
        self._results = results

    @classmethod
    def about(cls, resource: Resource | Part, message: str, *, path: Path = "") -> FunctionError:
        """Return an error about a resource or a part of it, or about one of its fields; see `Result.about`."""
        return FunctionError(message, Result.error(message, resource, path=path))

    @classmethod
    def of(cls, errors: Sequence[FunctionError]) -> FunctionError:
        """Return several errors as one that tells them all; a single one stays as it is."""
        if len(errors) == 1:
            return errors[0]
        return FunctionError(
            "\n".join(map(str, errors)), *(result for error in errors for result in error.results)
        )

    @property
    def results(self) -> tuple[Result, ...]:
        """What to tell; the message alone where nothing more was given."""
        return self._results or (Result(str(self), Severity.ERROR),)

    def results_on(self, resource: Resource) -> tuple[Result, ...]:
        """What to tell where the error came up with this resource: the message about it, or what was given."""
        return self._results or (Result.error(self, resource),)


class Function:
    """A function that looks at items while the list is read; for others a plain callable is enough.

    Reading a long list this way takes one pass and little memory: only items that are `wanted` become trees,
    and each tree is released after its visit. Every method may raise FunctionError.
    """

    def configure(self, config: Resource | None) -> None:
        """Take the functionConfig, None where there is none; called once, before any visit."""

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

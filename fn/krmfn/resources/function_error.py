"""The error of a function that cannot do its work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from krmfn.errors import KrmError
from krmfn.resources.result import Result, Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from krmfn.resources.resource import Resource
    from krmfn.resources.sub_object import Part
    from krmfn.yaml.path import Path


class FunctionError(KrmError):
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

"""What can go wrong with a commit message's template."""

from __future__ import annotations

from fluxmark.errors import FluxmarkError

_SEE = "See: https://fluxcd.io/flux/components/image/imageupdateautomations/#message-template"
_INSTEAD = {
    ".Updated": "Please use '.Changed' instead. ",
    ".Changed.ImageResult": "Please use '.Changed.FileChanges' or '.Changed.Objects' instead. ",
}


class TemplateError(FluxmarkError):
    """A template that does not parse or does not execute; `str()` is what image-automation-controller says.

    removed_field: the field that Flux 2.7 took out of the data, `.Updated` or `.Changed.ImageResult`, where
    the template fails for using it; `cause` is then the error of Go's text/template, which says where that is.
    """

    def __init__(self, message: str, *, removed_field: str = "", cause: str = "") -> None:
        super().__init__(message)
        self.removed_field = removed_field
        self.cause = cause or message

    @classmethod
    def removed(cls, field: str, cause: str) -> TemplateError:
        """Return the error with which the controller stalls an automation since 1.0, `RemovedTemplateField`."""
        advice = f"template uses removed '{field}' field. {_INSTEAD[field]}{_SEE}"
        return cls(advice, removed_field=field, cause=cause)


class UnsupportedFunction(TemplateError):  # noqa: N818 - it names what is not there, as ModuleNotFound… does
    """A function that Flux offers and fluxmark does not: a stated limit, never a wrong output."""


class LimitExceeded(TemplateError):  # noqa: N818 - it names what happened
    """A template that nests, runs or writes more than fluxmark allows; the controller has other limits."""


class CallError(Exception):
    """The error of one function call; the executor says where it happened."""


class Unsupported(Exception):  # noqa: N818 - becomes an UnsupportedFunction
    """A call that upstream answers and fluxmark does not; says why."""

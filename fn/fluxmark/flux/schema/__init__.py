"""The custom resources of Flux image automation as schemas: what is valid in which API version and Flux."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fluxmark.flux.schema.data import Introduced, introduced
from fluxmark.flux.schema.versions import KINDS, api_version, served

if TYPE_CHECKING:
    from fluxmark.flux.schema.resource import ErrorKind, SchemaError, validate

__all__ = [
    "KINDS",
    "ErrorKind",
    "Introduced",
    "SchemaError",
    "api_version",
    "introduced",
    "served",
    "validate",
]


def __getattr__(name: str) -> Any:
    """Import what judges resources when it is first asked for: few runs do, and every run reads this package."""
    if name in ("ErrorKind", "SchemaError", "validate"):
        from fluxmark.flux.schema import resource

        return getattr(resource, name)
    msg = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(msg)

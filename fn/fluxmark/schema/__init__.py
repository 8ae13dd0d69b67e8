"""The custom resources of Flux image automation as schemas: what is valid in which API version and Flux."""

from __future__ import annotations

from fluxmark.schema.data import Introduced, introduced
from fluxmark.schema.validate import ErrorKind, SchemaError, validate
from fluxmark.schema.versions import (
    FLUX_VERSIONS,
    GROUP,
    KINDS,
    UnknownFluxVersionError,
    api_version,
    served,
)

__all__ = [
    "FLUX_VERSIONS",
    "GROUP",
    "KINDS",
    "ErrorKind",
    "Introduced",
    "SchemaError",
    "UnknownFluxVersionError",
    "api_version",
    "introduced",
    "served",
    "validate",
]

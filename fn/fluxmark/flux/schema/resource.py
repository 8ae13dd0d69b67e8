"""Whether the API server would take a resource: its kind's schema by jsonschema, then what no schema says."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fluxmark.flux.api_groups import GROUP
from fluxmark.flux.schema import message, unknown_fields
from fluxmark.flux.schema.data import Introduced, Target, introduced, resource_schema, spec_schema, target
from fluxmark.flux.schema.did_you_mean import nearest
from fluxmark.flux.schema.digest import broken_rules
from fluxmark.flux.schema.validator import problems
from fluxmark.flux.schema.versions import API_VERSIONS, KINDS, api_version, served, span

if TYPE_CHECKING:
    from fluxmark.flux.schema.validator import Path, Problem

_DIGEST = "digestReflectionPolicy"


class ErrorKind(enum.StrEnum):
    """What happens to a resource with the error."""

    INVALID = "invalid"
    """The API server refuses it."""
    UNKNOWN = "unknown"
    """The API server drops the field silently, or refuses it where validation of fields is strict."""
    DEFAULTED = "defaulted"
    """The schema requires the field, but the API server fills it in first; other validators refuse it."""
    UNSERVED = "unserved"
    """The Flux in question does not serve the API version."""


@dataclass(frozen=True, slots=True)
class SchemaError:
    """One thing that is wrong with a resource.

    path: of the value at fault; of a missing or an unknown field its own.
    """

    path: Path
    message: str
    kind: ErrorKind = ErrorKind.INVALID

    def __str__(self) -> str:
        """Return `spec.git.commit: message`."""
        return f"{unknown_fields.dotted(self.path)}: {self.message}" if self.path else self.message


def validate(obj: Mapping[str, Any], *, flux_version: str | None = None) -> list[SchemaError]:
    """Return what is wrong with an ImageRepository, ImagePolicy or ImageUpdateAutomation.

    flux_version: decides whether the API version is served and which fields it has; without one, the last
    Flux that serves the API version. The text is judged as it is: a `${VARIABLE}` that Flux is to
    substitute is text. `status` and the metadata but its name are not looked at.
    Raises UnknownFluxVersionError.
    """
    kind, version = obj.get("kind"), obj.get("apiVersion")
    if kind not in KINDS:
        return [SchemaError(("kind",), _not_known(kind, KINDS))]
    found = span(kind, version) if isinstance(version, str) and version.startswith(f"{GROUP}/") else None
    if found is None:
        known = [f"{GROUP}/{name}" for name in reversed(API_VERSIONS)]
        return [SchemaError(("apiVersion",), _not_known(version, known))]
    errors = []
    if flux_version and not served(found.api_version, kind, flux_version):
        text = f"Flux {flux_version} does not serve {version}: use {api_version(kind, flux_version)}"
        errors.append(SchemaError(("apiVersion",), text, ErrorKind.UNSERVED))
        flux_version = None
    at = target(kind, found.api_version, flux_version)
    wrong = list(problems(resource_schema(kind, at), obj))
    errors += [_error(problem, kind, at) for problem in wrong]
    spec, paths = obj.get("spec"), {problem.path for problem in wrong}
    if isinstance(spec, Mapping) and _DIGEST in spec_schema(kind, at)["properties"]:
        rules = broken_rules(spec) if ("spec", _DIGEST) not in paths else ()
        errors += [SchemaError(("spec", field), text) for field, text in rules]
    return errors


def _not_known(value: object, known: tuple[str, ...] | list[str]) -> str:
    close = nearest(value, known) if isinstance(value, str) else ()
    return f"must be one of {', '.join(known)}, not {message.show(value)}" + (
        f": did you mean {close[0]}?" if close else ""
    )


def _error(problem: Problem, kind: str, at: Target) -> SchemaError:
    match problem.keyword:
        case "additionalProperties":
            return SchemaError(problem.path, _unknown(problem.path, kind, at), ErrorKind.UNKNOWN)
        case "required" if "default" in problem.schema:
            default = problem.schema["default"]
            text = f"is required by the schema; the API server fills in {default}, other validators refuse it"
            return SchemaError(problem.path, text, ErrorKind.DEFAULTED)
    return SchemaError(problem.path, message.describe(problem))


def _unknown(path: Path, kind: str, at: Target) -> str:
    came = introduced(kind, path[1:]) if path[0] == "spec" else None
    if came is None:
        return unknown_fields.describe(resource_schema(kind, at), path)
    return f"unknown field in {at.api} of Flux {at.flux}: {needs(came)}"


def needs(came: Introduced) -> str:
    """Return what a field needs, in words."""
    return f"it needs {came.api_version} (or newer) of Flux {came.flux_version} (or newer)"

"""The schemas as data: one JSON file for each kind, all its API versions in one.

The files are JSON Schemas (draft 2020-12) of `spec` with three keywords of their own, which say where a
field or a constraint is in force:

- `x-api`, `x-flux`: a property exists only in API versions, and from releases of Flux, that satisfy the
  guard: `>=v1beta2`, `<v1alpha2`, `>=2.5`, `>=2.9.4`. Without a guard it exists wherever its parent does.
- `x-when`: a list of objects, each with guards and the keywords that are added where they hold.

`resolve` makes a plain schema out of one for one Target. Objects are closed: a property that is not
listed is unknown.
"""

from __future__ import annotations

import json
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from fluxmark.flux.api_groups import GROUP
from fluxmark.flux.releases import FLUX_VERSIONS, at_least, known, order
from fluxmark.flux.schema.versions import API_VERSIONS, SERVED, span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

Schema = dict[str, Any]

_GUARDS = ("x-api", "x-flux", "x-when")

_FILES = {
    "ImageRepository": "image_repository.json",
    "ImagePolicy": "image_policy.json",
    "ImageUpdateAutomation": "image_update_automation.json",
}


class Target(NamedTuple):
    """What a schema is read for: an API version without its group, and a version of Flux; a minor version means
    its newest patch release."""

    api: str
    flux: str


def target(kind: str, api_version: str, flux_version: str | None = None) -> Target:
    """Return the target of a resource; without a version of Flux, the last one that serves its API version.

    Raises KeyError for an unknown kind or API version, UnknownFluxVersionError for an unknown Flux.
    """
    found = span(kind, api_version)
    if found is None:
        raise KeyError(api_version)
    return Target(found.api_version, known(flux_version) if flux_version else found.last)


@cache
def read(name: str) -> Schema:
    """Return a JSON file of this package, or one given by its path. The result is shared: don't change it."""
    schema: Schema = json.loads((Path(__file__).parent / name).read_bytes())
    return schema


def raw(kind: str) -> Schema:
    """Return the schema of a kind's spec with its guards. Raises KeyError for an unknown kind."""
    return read(_FILES[kind])


@cache
def spec_schema(kind: str, at: Target) -> Schema:
    """Return the plain schema of a kind's spec. The result is shared: don't change it."""
    return resolve(raw(kind), at)


@cache
def resource_schema(kind: str, at: Target) -> Schema:
    """Return the plain schema of a resource; of its metadata only what names it. Don't change the result."""
    name = {"type": "string"}
    properties = {
        "apiVersion": {"type": "string"},
        "kind": {"type": "string"},
        "metadata": {"type": "object", "required": ["name"], "properties": {"name": name, "namespace": name}},
        "spec": spec_schema(kind, at),
        "status": {"type": "object"},
    }
    return {"type": "object", "required": ["metadata"], "additionalProperties": False, "properties": properties}


def resolve(schema: Schema, at: Target) -> Schema:
    """Return the schema as it is for one target: without guards and references, objects closed."""
    return _resolve(schema, at, schema.get("$defs", {}))


def _resolve(schema: Schema, at: Target, defs: Schema) -> Schema:
    plain: Schema = {}
    for part in _parts(schema, defs):
        if _holds(part, at):
            plain |= {key: value for key, value in part.items() if key[:1] != "$" and key not in _GUARDS}
    if "items" in plain:
        plain["items"] = _resolve(plain["items"], at, defs)
    if isinstance(plain.get("additionalProperties"), dict):
        plain["additionalProperties"] = _resolve(plain["additionalProperties"], at, defs)
    if "properties" in plain:
        found = {k: v for k, v in plain["properties"].items() if _holds(v, at)}
        plain["properties"] = {k: _resolve(v, at, defs) for k, v in found.items()}
        plain["required"] = [name for name in plain.get("required", ()) if name in found]
        plain.setdefault("additionalProperties", False)
    return plain


def _parts(schema: Schema, defs: Schema) -> Iterator[Schema]:
    """Yield what a schema is composed of, the later having precedence: what it refers to, itself, its `x-when`."""
    if "$ref" in schema:
        yield from _parts(defs[schema["$ref"].removeprefix("#/$defs/")], defs)
    yield schema
    yield from schema.get("x-when", ())


def _holds(schema: Mapping[str, Any], at: Target) -> bool:
    api, flux = schema.get("x-api"), schema.get("x-flux")
    return (api is None or _satisfied(api, partial(_has_api, at.api))) and (
        flux is None or _satisfied(flux, partial(at_least, at.flux))
    )


def _satisfied(guard: str, has: Callable[[str], bool]) -> bool:
    return not has(guard[1:]) if guard[:1] == "<" else has(guard.removeprefix(">="))


def _has_api(version: str, first: str) -> bool:
    return API_VERSIONS.index(version) >= API_VERSIONS.index(first)


class Introduced(NamedTuple):
    """The first API version, with its group, and the first Flux that have a field."""

    api_version: str
    flux_version: str


def introduced(kind: str, path: Sequence[str | int]) -> Introduced | None:
    """Return when a field came, given its path in spec (`git`, `push`, `options`); None if it never was there.

    A field of v1alpha1 alone counts as never having been there: it went before it can be asked for.
    """
    schema = raw(kind)
    apis, fluxes = [API_VERSIONS[0]], [FLUX_VERSIONS[0]]
    for step in path:
        schema = _step(schema, step, raw(kind).get("$defs", {}))
        if not schema or schema.get("x-api", "").startswith("<"):
            return None
        apis.append(schema.get("x-api", API_VERSIONS[0]).removeprefix(">="))
        fluxes.append(schema.get("x-flux", FLUX_VERSIONS[0]).removeprefix(">="))
    api = max(apis, key=API_VERSIONS.index)
    fluxes.append(next(s.first for s in SERVED[kind] if s.api_version == api))
    return Introduced(f"{GROUP}/{api}", max(fluxes, key=order))


def _step(schema: Schema, step: str | int, defs: Schema) -> Schema:
    """Return the schema of a child, guards kept; empty if there is none."""
    composed: Schema = {}
    for part in _parts(schema, defs):
        composed |= part
    if isinstance(step, int):
        found = composed.get("items", {})
    else:
        found = composed.get("properties", {}).get(step) or composed.get("additionalProperties")
    return found if isinstance(found, dict) else {}

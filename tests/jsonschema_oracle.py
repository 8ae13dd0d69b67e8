"""What jsonschema finds wrong with a resource: the oracle for fluxmark's own walker, which starts faster."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import jsonschema
from jsonschema.exceptions import ValidationError

from fluxmark.flux.schema.data import Schema, Target, resource_schema
from fluxmark.flux.schema.validator import Problem, matches

if TYPE_CHECKING:
    from collections.abc import Iterator


def problems(kind: str, at: Target, obj: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what breaks the schema of a kind."""
    for error in _validator(kind, at).iter_errors(_without_nulls(obj, resource_schema(kind, at))):
        if error.validator == "enum" and not isinstance(error.instance, str):
            continue  # its type is wrong already
        path = tuple(error.absolute_path)
        schema = error.schema
        if error.validator == "required":
            schema = schema["properties"][path[-1]]
        yield Problem(path, error.validator, schema, error.instance)


def _without_nulls(value: Any, schema: Any) -> Any:
    """Return a copy made of dicts and lists, without the known fields that are null.

    The API server drops those before it validates (apiextensions-apiserver, pkg/apiserver/schema/defaulting).
    """
    if not isinstance(schema, dict):
        schema = {}
    if isinstance(value, Mapping):
        known = schema.get("properties", {})
        other = schema.get("additionalProperties")
        pairs = ((key, child, known.get(key, other)) for key, child in value.items())
        return {key: _without_nulls(child, of) for key, child, of in pairs if child is not None or not of}
    if isinstance(value, list | tuple):
        return [_without_nulls(child, schema.get("items")) for child in value]
    return value


@cache
def _validator(kind: str, at: Target) -> Any:
    """Return jsonschema's validator, with three keywords that say more precisely where, or match as Go does."""

    def required(_: object, names: list[str], value: Any, __: Schema) -> Iterator[ValidationError]:
        if isinstance(value, dict):
            yield from (ValidationError("missing", path=[name]) for name in names if name not in value)

    def additional_properties(self: Any, of: Any, value: Any, schema: Schema) -> Iterator[ValidationError]:
        if not isinstance(value, dict):
            return
        for key in (key for key in value if key not in schema.get("properties", {})):
            if of is False:
                yield ValidationError("unknown", path=[key])
            elif of is not True:
                yield from self.descend(value[key], of, path=key)

    def pattern(_: object, anchored: str, value: Any, __: Schema) -> Iterator[ValidationError]:
        if isinstance(value, str) and not matches(anchored, value):
            yield ValidationError("no match")

    own = {"required": required, "additionalProperties": additional_properties, "pattern": pattern}
    extend: Any = jsonschema.validators.extend
    return extend(jsonschema.Draft202012Validator, own)(resource_schema(kind, at))

"""The order in which fields are written: that of the schema, which is that of Flux's own documentation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fluxmark.flux.schema.data import raw

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fluxmark.flux.schema.data import Schema


def in_order(kind: str, spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return the spec of a resource with its fields in order, on every level; unknown ones come last."""
    return _ordered(raw(kind), spec)


def _ordered(schema: Schema, value: Mapping[str, Any]) -> dict[str, Any]:
    properties = schema.get("properties", {})
    known = [name for name in properties if name in value]
    names = known + [name for name in value if name not in properties]
    return {name: _field(properties.get(name, {}), value[name]) for name in names}


def _field(schema: Schema, value: Any) -> Any:
    return _ordered(schema, value) if isinstance(value, dict) else value

"""The schema of the functionConfig: fluxmark's own keys (fields.json) around the specs of Flux's kinds."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from fluxmark.flux.schema import api_version
from fluxmark.flux.schema.data import Schema, read, resolve, spec_schema, target
from fluxmark.modes import DEFAULT, MODES

SPECS = {
    "ImageRepository": ("image",),
    "ImagePolicy": (),
    "ImageUpdateAutomation": (),
}
"""Flux's kinds, with the fields of their specs that the functionConfig says elsewhere."""

DEFAULTS: dict[str, Schema] = {
    "ImageRepository": {"interval": "1m0s"},
    "ImagePolicy": {},
    "ImageUpdateAutomation": {
        "interval": "1m0s",
        "sourceRef": {"kind": "GitRepository", "name": "flux-system"},
        "git": {"commit": {"author": {"email": "fluxcdbot@users.noreply.github.com", "name": "fluxcdbot"}}},
        "update": {"strategy": "Setters"},
    },
}
"""What fluxmark writes into a spec where nothing is said: what Flux requires, as in its documentation."""


@cache
def config_schema(flux_version: str) -> Schema:
    """Return the plain schema of the functionConfig for one Flux. The result is shared: don't change it."""
    own = read(str(Path(__file__).with_name("fields.json")))
    newest = target("ImagePolicy", api_version("ImagePolicy", flux_version), flux_version)
    schema = resolve(_with_specs(own, flux_version), newest)
    schema["properties"]["spec"]["properties"]["mode"] |= {"enum": list(MODES), "default": DEFAULT}
    return {"title": own["title"], **schema}


def _with_specs(schema: Any, flux_version: str) -> Any:
    """Return a copy with Flux's specs in place of `x-spec`."""
    if isinstance(schema, list):
        return [_with_specs(child, flux_version) for child in schema]
    if not isinstance(schema, dict):
        return schema
    copy = {key: _with_specs(child, flux_version) for key, child in schema.items()}
    kind = copy.pop("x-spec", None)
    if kind is None:
        return copy
    spec = _optional(spec_schema(kind, target(kind, api_version(kind, flux_version), flux_version)))
    fields = {name: child for name, child in spec["properties"].items() if name not in SPECS[kind]}
    properties = copy.pop("properties", {}) | _with_defaults(fields, DEFAULTS[kind])
    return {**spec, **copy, "properties": properties}


def _optional(schema: Schema) -> Schema:
    """Return a copy in which no field is required: what one part leaves out, another may say.

    The items of a list are not merged, so they stay as they are. parse looks at the whole.
    """
    copy = {key: value for key, value in schema.items() if key != "required"}
    if "properties" in copy:
        copy["properties"] = {name: _optional(child) for name, child in copy["properties"].items()}
    return copy


def _with_defaults(properties: Schema, defaults: Schema) -> Schema:
    copy = dict(properties)
    for name, value in defaults.items():
        child = properties[name]
        copy[name] = (
            {**child, "properties": _with_defaults(child["properties"], value)}
            if isinstance(value, dict)
            else {**child, "default": value}
        )
    return copy

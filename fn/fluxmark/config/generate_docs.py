"""Writes what follows from the schemas: the published JSON Schema, the tables in docs/configuration.md, and
docs/flux-versions.md.

`python -m fluxmark.config.generate_docs` in a clone writes them; a test fails where they are not up to date.
"""

from __future__ import annotations

import json
import pathlib
import re
from typing import TYPE_CHECKING

from fluxmark.config.config_map import KEYS
from fluxmark.config.flux_versions import PAGE, page
from fluxmark.config.parse import KIND_OF, section_of
from fluxmark.config.schema import config_schema
from fluxmark.flux.releases import NEWEST_FLUX, at_least
from fluxmark.flux.schema import introduced
from fluxmark.output_schemas import CONFIG_ID

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.flux.schema.data import Schema
    from fluxmark.flux.schema.validator import Path

SCHEMA = pathlib.Path(__file__).with_name("image-automation.schema.json")
DOCUMENTATION = pathlib.Path(__file__).parents[3] / "docs" / "configuration.md"


def published_schema() -> str:
    """Return the text of image-automation.schema.json: the schema for the newest Flux, as editors read it."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": CONFIG_ID,
        "$comment": "Made by fluxmark.config.generate_docs from own.json and the schemas of Flux's kinds.",
        **_noted(config_schema(NEWEST_FLUX)),
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def documentation(text: str) -> str:
    """Return the text of docs/configuration.md with its generated parts replaced.

    A part is between `<!-- made: NAME -->` and `<!-- end -->`.
    """
    spec = _noted(config_schema(NEWEST_FLUX))["properties"]["spec"]
    parts = {
        "own": _table(_rows(_without_flux(spec), "spec")),
        "repository": _table(_rows(spec["properties"]["repository"], "")),
        "policy": _table(_rows(spec["properties"]["policy"], "")),
        "automation": _table(_rows(spec["properties"]["automation"], "")),
        "flat": _flat_table(),
    }
    return re.sub(
        r"(<!-- made: (\w+) -->\n).*?(<!-- end -->)",
        lambda found: found[1] + parts[found[2]] + found[3],
        text,
        flags=re.DOTALL,
    )


def _noted(schema: Schema, path: Path = (), parent: str | None = None) -> Schema:
    """Return a copy whose descriptions say which Flux a field needs, if its parent needs an older one."""
    copy = {key: value for key, value in schema.items() if key != "required" or value}
    since = _since(path)
    if since and since != parent:
        copy["description"] += f" Needs Flux {since} or newer."
    if "properties" in copy:
        fields = copy["properties"].items()
        copy["properties"] = {name: _noted(child, (*path, name), since) for name, child in fields}
    if "items" in copy:
        copy["items"] = _noted(copy["items"], (*path, 0), since)
    return copy


def _since(path: Path) -> str | None:
    """Return which Flux a field of one of Flux's specs needs, if it is not an old one."""
    section, inside = section_of(path)
    came = introduced(KIND_OF[section], inside) if section else None
    if came and not at_least("2.0", came.flux_version):
        return came.flux_version
    return None


def _without_flux(schema: Schema) -> Schema:
    """Return a copy in which Flux's specs have no fields: they have tables of their own."""
    copy = dict(schema)
    if "items" in copy:
        copy["items"] = _without_flux(copy["items"])
    if "properties" in copy:
        fields = {}
        for name, child in copy["properties"].items():
            if name in KIND_OF:
                fields[name] = {**child, "properties": {}}
            elif name == "automations":
                own = {"name": child["items"]["properties"]["name"]}
                fields[name] = {**child, "items": {**child["items"], "properties": own}}
            else:
                fields[name] = _without_flux(child)
        copy["properties"] = fields
    return copy


def _rows(schema: Schema, path: str) -> Iterator[tuple[str, str, Schema]]:
    """Yield every field below a schema: its dotted path, what it is, its schema."""
    for name, child in schema.get("properties", {}).items():
        here = f"{path}.{name}".removeprefix(".")
        what = _what(child)
        yield here, f"{what}, required" if name in schema.get("required", ()) else what, child
        yield from _rows(child, here)
        if child.get("type") == "array":
            yield from _rows(child["items"], f"{here}[]")


def _what(schema: Schema) -> str:
    if "enum" in schema:
        return ", ".join(f"`{name}`" for name in schema["enum"])
    if schema["type"] == "array":
        return f"list of {schema['items']['type']}s"
    if "properties" not in schema and isinstance(schema.get("additionalProperties"), dict):
        return "map of strings"
    return str(schema["type"])


def _table(rows: Iterator[tuple[str, str, Schema]]) -> str:
    lines = ["| Key | Value | Default | Meaning |", "| --- | --- | --- | --- |"]
    for path, what, schema in rows:
        default = f"`{_plain(schema['default'])}`" if "default" in schema else ""
        example = f" Example: `{_plain(schema['examples'][0])}`." if "examples" in schema else ""
        lines.append(f"| `{path}` | {what} | {default} | {schema.get('description', '')}{example} |")
    return "\n".join(lines) + "\n"


def _flat_table() -> str:
    lines = ["| Key | Stands for | Written as |", "| --- | --- | --- |"]
    lines += [f"| `{key.name}` | `spec.{'.'.join(key.path)}` | {key.form} |" for key in KEYS]
    return "\n".join(lines) + "\n"


def _plain(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return text.replace("\n", "\\n").replace("|", "\\|")


if __name__ == "__main__":
    SCHEMA.write_text(published_schema(), encoding="utf-8")
    PAGE.write_text(page(), encoding="utf-8")
    DOCUMENTATION.write_text(documentation(DOCUMENTATION.read_text(encoding="utf-8")), encoding="utf-8")

"""What is wrong with a value, by a plain schema (`data.resolve`): a walker for the keywords that the schemas use.

jsonschema supports all keywords but takes 60 ms to import, which is too much for a program that starts for
every run. The tests compare this module with jsonschema.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fluxmark.flux.schema.data import Schema

Path = tuple[str | int, ...]


class Problem(NamedTuple):
    """A value that breaks one keyword of a schema.

    path: of the value; of a missing (`required`) or an unknown (`additionalProperties`) field: its own.
    keyword: as in JSON Schema; schema: the one that has the keyword, for a missing field the field's own.
    """

    path: Path
    keyword: str
    schema: Schema
    value: Any


def problems(schema: Schema, value: object, path: Path = ()) -> Iterator[Problem]:
    """Yield everything that is wrong with a value, in the order of the value.

    A known field that is null counts as missing, as for the API server.
    """
    if not _has_type(value, schema.get("type")):
        yield Problem(path, "type", schema, value)
        return
    for keyword, is_broken in _BROKEN.items():
        if keyword in schema and is_broken(schema[keyword], value):
            yield Problem(path, keyword, schema, value)
    if isinstance(value, Mapping) and "properties" in schema:
        yield from _fields(schema, value, path)
    elif isinstance(value, Mapping) and isinstance(schema.get("additionalProperties"), dict):
        for key, child in value.items():
            if child is not None:
                yield from problems(schema["additionalProperties"], child, (*path, key))
    elif isinstance(value, list) and "items" in schema:
        for index, child in enumerate(value):
            yield from problems(schema["items"], child, (*path, index))


def _fields(schema: Schema, value: Mapping[Any, Any], path: Path) -> Iterator[Problem]:
    known = schema["properties"]
    for key, child in value.items():
        if key not in known:
            if schema.get("additionalProperties") is False:
                yield Problem((*path, key), "additionalProperties", schema, child)
        elif child is not None:
            yield from problems(known[key], child, (*path, key))
    for name in schema.get("required", ()):
        if value.get(name) is None:
            yield Problem((*path, name), "required", known[name], None)


def _has_type(value: object, name: str | None) -> bool:
    match name:
        case "object":
            return isinstance(value, Mapping)
        case "array":
            return isinstance(value, list)
        case "string":
            return isinstance(value, str)
        case "boolean":
            return isinstance(value, bool)
    return True


def matches(pattern: str, text: str) -> bool:
    """Return whether an anchored pattern (`^…$`) of the schemas matches, `$` being the end of the text as in Go.

    In Python it would also be before a final newline. A test checks that all patterns are anchored and use
    nothing else in which the two languages differ.
    """
    return re.search(pattern.replace("$", r"\Z"), text) is not None


_BROKEN: dict[str, Callable[[Any, Any], bool]] = {
    "enum": lambda names, value: value not in names,
    "pattern": lambda pattern, text: not matches(pattern, text),
    "maxLength": lambda most, text: len(text) > most,
    "maxItems": lambda most, items: len(items) > most,
}

"""Problems in words: what is wrong and what would be right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from fluxmark.flux.schema.did_you_mean import nearest

if TYPE_CHECKING:
    from collections.abc import Callable

    from fluxmark.flux.schema.data import Schema
    from fluxmark.flux.schema.validator import Problem

_NOUNS = {"object": "a mapping", "array": "a list", "string": "a string", "boolean": "true or false"}
_SHOWN = 60


def describe(problem: Problem) -> str:
    """Return the text for every keyword but `additionalProperties`, which `unknown.describe` describes."""
    return _TEXTS[problem.keyword](problem.schema, problem.value)


def show(value: object) -> str:
    """Return a value as it is shown in a message: on one line, and short."""
    text = repr(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _type(schema: Schema, value: object) -> str:
    wanted = schema["type"]
    if isinstance(value, Mapping | list):
        return f"must be {_NOUNS[wanted]}, not {_NOUNS['array' if isinstance(value, list) else 'object']}"
    text = f"must be {_NOUNS[wanted]}, not {'null' if value is None else show(value)}"
    if wanted == "string" and value is not None:
        return f"{text}: put it in quotes"
    if not isinstance(value, str) or not value.isprintable() or len(value) > _SHOWN:
        return text
    if wanted == "array":
        return f"{text}: write [{value}]"
    if wanted == "object" and (field := _main_field(schema)):
        return f"{text}: write {{{field}: {value}}}"
    return text


def _main_field(schema: Schema) -> str | None:
    """Return the field that someone means who writes a text instead of a mapping."""
    fields = list(schema.get("properties", ()))
    if schema.get("required"):
        return str(schema["required"][0])
    return "name" if "name" in fields else fields[0] if len(fields) == 1 else None


def _enum(schema: Schema, value: Any) -> str:
    names = schema["enum"]
    text = f"must be {'one of ' if len(names) > 1 else ''}{', '.join(names)}, not {show(value)}"
    close = nearest(value, names)
    return f"{text}: did you mean {' or '.join(close)}?" if close else text


def _pattern(schema: Schema, value: object) -> str:
    says = schema.get("patternErrorMessage", f"must match {schema['pattern']}")
    return f"{says}, not {show(value)}"


def _required(schema: Schema, _: object) -> str:
    for example in schema.get("examples", ()):
        return f"is required, for example {show(example)}"
    return "is required"


_TEXTS: dict[str, Callable[[Schema, Any], str]] = {
    "type": _type,
    "enum": _enum,
    "pattern": _pattern,
    "maxLength": lambda schema, value: f"must have at most {schema['maxLength']} characters, not {len(value)}",
    "maxItems": lambda schema, value: f"must have at most {schema['maxItems']} items, not {len(value)}",
    "required": _required,
}

"""JSON as Go's `encoding/json` reads it, since Flux reads registries and Secrets with it.

Names of members match in any case, of two members with one name the last counts, and a decoder stops after the
first value. A byte order mark, `NaN` and a value of another type are errors. Source: https://pkg.go.dev/encoding/json
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple, NoReturn

if TYPE_CHECKING:
    from json import JSONDecoder

BOM: Final = b"\xef\xbb\xbf"
"""A byte order mark in UTF-8."""

_SPACE: Final = " \t\r\n"


class GoJSONError(ValueError):
    """What Go would say of a text; nothing of the text is in it."""


class Number(str):
    """A number as it is written."""

    __slots__ = ()


class Object(NamedTuple):
    """A JSON object."""

    members: list[tuple[str, Any]]

    def get(self, name: str) -> Any:
        """Return the member that Go would store in a field of this name; None if there is none."""
        found = None
        for key, value in self.members:
            if value is not None and key.casefold() == name.casefold():
                found = value
        return found

    def last(self, name: str) -> Any:
        """Return the last member of a name; null counts, as Go clears a list with it."""
        return next((value for key, value in reversed(self.members) if key.casefold() == name.casefold()), None)

    def text(self, name: str, field: str) -> str:
        """Return a member that must be a string; '' if it is missing or null. Raises GoJSONError."""
        value = self.get(name)
        if value is None:
            return ""
        if not is_text(value):
            raise mismatch(value, field, "string")
        return _scalar_values(value)


def is_text(value: object) -> bool:
    """Say whether a value was a string in the JSON."""
    return isinstance(value, str) and not isinstance(value, Number)


def texts(value: Any, field: str) -> list[str]:
    """Return an array of strings, null as ''. Raises GoJSONError for anything else."""
    if not isinstance(value, list):
        raise mismatch(value, field, "[]string")
    if set(map(type, value)) == {str} and "".join(value).isascii():  # as nearly always, and ten times as fast
        return value
    for item in value:
        if item is not None and not is_text(item):
            raise mismatch(item, field, "string")
    return [_scalar_values(item) if item else "" for item in value]


def mismatch(value: object, field: str, wanted: str) -> GoJSONError:
    """Return Go's error for a value of another type."""
    kind = next(name for one, name in _KINDS if isinstance(value, one))
    return GoJSONError(f"json: cannot unmarshal {kind} into Go struct field {field} of type {wanted}")


def first(body: bytes) -> Any:
    """Read the first value, as a `Decoder` does; what follows it does not count. Raises GoJSONError."""
    return _read(body)[0]


def whole(body: bytes) -> Any:
    """Read a text that is one value, as `Unmarshal` does. Raises GoJSONError."""
    value, rest = _read(body)
    if rest.strip(_SPACE):
        raise GoJSONError("invalid character after top-level value")
    return value


def _read(body: bytes) -> tuple[Any, str]:
    if body.startswith(BOM):
        raise GoJSONError("invalid character 'ï' looking for beginning of value")
    text = body.decode(errors="replace").lstrip(_SPACE)
    if not text:
        raise GoJSONError("EOF")
    try:
        value, end = _decoder().raw_decode(text)
    except (ValueError, RecursionError) as error:
        raise GoJSONError(f"the text is not JSON ({getattr(error, 'msg', 'it is nested too deeply')})") from None
    return value, text[end:]


@cache
def _decoder() -> JSONDecoder:
    from json import JSONDecoder  # not before there is something to read

    return JSONDecoder(object_pairs_hook=Object, parse_int=Number, parse_float=Number, parse_constant=_no_constant)


def _no_constant(name: str) -> NoReturn:
    raise GoJSONError(f"{name} is not JSON")


def _scalar_values(text: str) -> str:
    """Replace lone surrogates, as Go does: no output could hold them."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


_KINDS: Final[tuple[tuple[type, str], ...]] = (
    (bool, "bool"),
    (Number, "number"),
    (str, "string"),
    (list, "array"),
    (object, "object"),
)

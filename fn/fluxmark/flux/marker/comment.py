"""Reading and writing one comment as Flux would.

Flux reads markers with kyaml (`kyaml/fieldmeta/fieldmeta.go`): it strips the leading '#'s of the comment, and all
that is left must be one JSON object. Observed with kyaml 0.21.1, as image-automation-controller 1.2 uses it:

- Every member must be a string or null. The last of duplicate keys counts, and escapes are resolved
  (`\\u0024imagepolicy` is the key too), for that is how Go reads a `map[string]string`.
- The value ends up in a URL's fragment, so `%3A` in it is a colon.
- An object without a marker in it may be a schema, so the long form works:
  `{"$ref": "#/definitions/io.k8s.cli.setters.flux-system:app:tag"}`. In it other members may be of any type, and
  text may follow the object.
- Flux looks only into files that hold the text `"$imagepolicy"`, with its quotes, in any place.

One more form is left out on purpose: in `{"x-k8s-cli": {"setter": {"name": "N", "value": "V"}}}` the value is
in the comment, and Flux writes it whatever a policy selects. No setter is named, so `read` returns None, and
`diagnose` tells of it.
"""

from __future__ import annotations

import re
from typing import Any, Final

from fluxmark.flux.api_groups import KEY
from fluxmark.flux.marker.setter import SETTER, MarkerError, Setter

REF: Final = "$ref"
JSON_SPACE: Final = " \t\n\r"

_POINTER = "/definitions/io.k8s.cli.setters."
# The form that nearly all markers have; what it does not match is read with care, and with json.
_USUAL = re.compile(rf'#*[ \t]*\{{[ \t]*"\$imagepolicy"[ \t]*:[ \t]*"{SETTER}"[ \t]*\}}[ \t\r]*')
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


def render(setter: Setter) -> str:
    """Write the comment that names a setter, from its '#' to its last brace."""
    return f'# {{"{KEY}": "{setter}"}}'


def read(comment: str) -> Setter | None:
    """Return the setter that Flux reads from a comment (its text from '#', line breaks included), or None.

    None also for a setter that no policy can match, because its names cannot be those of Kubernetes objects.
    """
    if match := _USUAL.fullmatch(comment):
        return Setter(match["namespace"], match["policy"], match["suffix"] or "")
    text = comment.lstrip("#")
    pairs = json_object(text)
    if pairs is not None and all(value is None or isinstance(value, str) for _, value in pairs):
        setter = _setter(dict(pairs).get(KEY) or "")
        if setter is not None:
            return setter
    return _read_reference(text) if REF in text else None


def json_object(text: str, *, and_more: bool = False) -> list[tuple[str, Any]] | None:
    """Return the members of the JSON object that `text` consists of, in order and with duplicates, or None.

    and_more: anything may follow the object.
    """
    text = text.strip(JSON_SPACE)
    if not (text.startswith("{") and (and_more or text.endswith("}"))):
        return None  # nearly every comment: no need for json
    import json

    members: list[tuple[str, Any]] = []

    def keep(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members[:] = pairs  # objects are handed over inside out, so the outermost is the last
        return dict(pairs)

    decoder = json.JSONDecoder(
        object_pairs_hook=keep, parse_constant=_refuse, parse_int=_number, parse_float=_number
    )
    try:
        _, end = decoder.raw_decode(text)
    except (ValueError, RecursionError):
        return None
    return members if and_more or end == len(text) else None


def _read_reference(text: str) -> Setter | None:
    """Read the long form, in which text may follow the object, but no key may be twice."""
    pairs = json_object(text, and_more=True) or []
    members = dict(pairs)
    reference = members.get(REF)
    if len(members) < len(pairs) or not isinstance(reference, str):
        return None
    pointer = reference.partition("#")[2]
    return _setter(pointer.removeprefix(_POINTER)) if pointer.startswith(_POINTER) else None


def _setter(text: str) -> Setter | None:
    """Read a setter as the fragment of a URL, which kyaml makes of it."""
    if "%" in text:
        from urllib.parse import unquote

        if _BAD_ESCAPE.search(text):
            return None
        text = unquote(text)
    try:
        return Setter.parse(text)
    except MarkerError:
        return None


def _number(_digits: str) -> int:
    """Stand for any number: what counts is that it is not a string, and digits without end cost time to read."""
    return 0


def _refuse(constant: str) -> None:
    """Refuse NaN and Infinity, which Python reads and Go does not."""
    raise ValueError(constant)

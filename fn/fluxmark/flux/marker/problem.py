"""Comments that look like markers, and that Flux ignores without a word.

A comment looks like a marker if it holds the key in any spelling (`$imagepolicy`, `$imagePolicy`, …)
and a value after it: in braces, or without braces a value of a setter's form. A field that is commented out
together with its marker is not a problem.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from fluxmark.flux.api_groups import KEY
from fluxmark.flux.marker.comment import JSON_SPACE, json_object, read
from fluxmark.flux.marker.setter import LABEL, NAME, MarkerError, Setter
from fluxmark.flux.marker.value import mend

CODES: Final = (
    "inline-setter",
    "templating",
    "two-markers",
    "text-before",
    "text-after",
    "missing-brace",
    "single-quotes",
    "typographic-quotes",
    "unquoted",
    "not-json",
    "wrong-key",
    "not-a-string",
    "other-member",
    "spaces",
    "slash",
    "empty-part",
    "missing-namespace",
    "unknown-suffix",
    "bad-name",
)
"""What can be wrong with a comment. Of several faults the first in this order is told; all are fixed at once."""

LONGEST: Final = 4096
"""Characters of a comment that is looked at: several times what two names of 253 characters need."""

_TYPOGRAPHIC = "\u201c\u201d\u201e\u201f\u2018\u2019`\u00b4"  # what word processors make of quotes
_QUOTES = "\"'" + _TYPOGRAPHIC
_QUOTE = rf"[{_QUOTES}]?"
_WORD = r"\$?image[-_ ]?policy"
_INLINE = "x-k8s-cli"

_KEY = re.compile(rf"(?P<open>{_QUOTE})(?P<word>{_WORD})(?P<close>{_QUOTE})\s*(?P<sign>[:=]*)\s*", re.IGNORECASE)
_VALUE = re.compile(
    rf"(?P<open>[{_QUOTES}])(?P<quoted>[^{_QUOTES}\n}}]*)(?P<close>{_QUOTE})|(?P<bare>[^\s}},{_QUOTES}]*)"
)
_MENTION = re.compile(rf"{_WORD}|{_INLINE}", re.IGNORECASE)
_ONE_WORD = re.compile(_WORD, re.IGNORECASE)
_SETTER_LIKE = re.compile(rf"{LABEL}[:/]+{NAME}(?::\w+)?")
# `image: app:1 # {…}` or `- app:1 # {…}` after the first '#': a field that is commented out, marker and all
_COMMENTED_OUT = re.compile(r"""[#\s]*(?:-\s++|["']?[\w./$-]+["']?:\s)(?:[^\n]*\s|(?<=\s))#+\s*""")


@dataclass(frozen=True, slots=True)
class Problem:
    """Why Flux ignores a comment that looks like a marker.

    code: one of CODES. offset, length: the piece at fault, in code points of the comment.
    message: what Flux does, and why. proposed: the whole comment as it should be, or None if that is unknown.
    lost: text of the comment that `proposed` no longer has, and that belongs on a line of its own.
    """

    code: str
    offset: int
    length: int
    message: str
    proposed: str | None = None
    lost: str = ""


@dataclass(frozen=True, slots=True)
class _Fault:
    """One thing that is wrong with a comment, and where."""

    code: str
    start: int
    end: int
    why: str


@dataclass(slots=True)
class _Diagnosis:
    """What is known of a comment so far: its faults, what it was meant to name, and what else it holds."""

    comment: str
    namespace: str
    faults: list[_Fault]
    setter: Setter | None = None
    members: dict[str, str | None] | None = None
    lost: str = ""

    def blame(self, code: str, start: int, end: int, why: str) -> None:
        self.faults.append(_Fault(code, start, end, why))

    def blame_piece(self, code: str, piece: str, why: str) -> None:
        """Blame a piece by its text; the whole comment where escapes hide it."""
        start = self.comment.find(piece) if piece else -1
        self.blame(code, *((start, start + len(piece)) if start >= 0 else (0, len(self.comment))), why)


def diagnose(comment: str, *, namespace: str = "") -> Problem | None:
    """Return what keeps Flux from honouring a comment that looks like a marker; None if it honours it or is none.

    comment: its text from '#'. namespace: where the policies are, if that is known, to fix a marker without one.
    """
    if len(comment) > LONGEST or not _MENTION.search(comment) or read(comment) is not None:
        return None  # nearly every comment
    found = _Diagnosis(comment, namespace, [])
    start = len(comment) - len(comment.lstrip("#"))
    pairs = json_object(comment[start:])
    if pairs is None:
        _judge_text(found, start)
    elif _INLINE in dict(pairs):
        _judge_inline(found, dict(pairs))
    else:
        _judge_object(found, pairs)
    if not found.faults:
        return None
    fault = min(found.faults, key=lambda fault: CODES.index(fault.code))
    verdict = "" if fault.code == "inline-setter" else "Flux ignores this marker: "
    proposed = None if found.setter is None else _write(found.setter, found.members or {})
    lost = found.lost if proposed else ""
    return Problem(fault.code, fault.start, fault.end - fault.start, verdict + fault.why, proposed, lost)


def _judge_inline(found: _Diagnosis, members: dict[str, Any]) -> None:
    """Judge an object that carries the value to set, kpt's setters of old (`comment.py` says more)."""
    extension = members[_INLINE]
    inline = extension.get("setter") if isinstance(extension, dict) else None
    if not isinstance(inline, dict):
        return
    value, name = inline.get("value"), inline.get("name")
    why = f"Flux writes {value!r} here at every run, whatever a policy selects: the value is in the comment"
    found.blame_piece("inline-setter", f'"{_INLINE}"', why)
    for text in (members.get(KEY), name):
        try:
            found.setter = found.setter or Setter.parse(str(text))
        except MarkerError:
            continue


def _judge_object(found: _Diagnosis, pairs: list[tuple[str, Any]]) -> None:
    """Judge one JSON object that Flux reads no setter from."""
    members = dict(pairs)
    key = next((key for key in (KEY, *members) if key in members and _ONE_WORD.fullmatch(key)), None)
    if key is None:
        return
    if key != KEY:
        found.blame_piece("wrong-key", key, f"the key is '{KEY}', exactly, not {key!r}")
    others = [(name, value) for name, value in pairs if name != key]
    strange = [name for name, value in others if not (value is None or isinstance(value, str))]
    for name in strange:
        found.blame_piece("other-member", f'"{name}"', f"every member must be a string, and {name!r} is none")
    value = members[key]
    if isinstance(value, str):
        start = found.comment.find(value, found.comment.find(key) + len(key))
        _judge_value(found, value, start if value else -1)
    else:
        found.blame_piece("not-a-string", f'"{key}"', f"the value of '{KEY}' must be a string, 'namespace:policy'")
    if strange:
        found.setter = None  # what is to become of the other member is for its author to say
    found.members = dict(others)


def _judge_text(found: _Diagnosis, body: int) -> None:
    """Judge a comment that is not one JSON object; `body` is where its leading '#'s end."""
    comment = found.comment
    key = _KEY.search(comment, body)
    if key is None:
        return
    value = _VALUE.match(comment, key.end())
    assert value is not None  # it matches the empty text
    brace = comment.rfind("{", body, key.start())
    if brace >= 0 and "}" in comment[brace : key.start()]:
        brace = -1  # that of another object
    start = key.start() if brace < 0 else brace
    close = comment.find("}", value.end())
    end = value.end() if close < 0 else close + 1
    text = value["quoted"] or value["bare"] or ""
    if _COMMENTED_OUT.fullmatch(comment, 0, start) or (
        (brace < 0 or not key["sign"]) and not _SETTER_LIKE.fullmatch(text.strip())
    ):
        return
    before, after = _trim(comment, body, start), _trim(comment, end, len(comment))
    if piece := comment[slice(*before)]:
        found.blame("text-before", *before, f"a marker must be the whole comment, and {piece!r} is before it")
    if piece := comment[slice(*after)]:
        code = "two-markers" if _KEY.search(piece) else "text-after"
        why = "a comment can hold one marker" if code == "two-markers" else "a marker must be the whole comment"
        found.blame(code, *after, f"{why}, and {piece!r} is after it")
    found.lost = " ".join(comment[slice(*span)].strip("{}#,; \t\n") for span in (before, after)).strip()
    pairs = json_object(comment[start:end])
    if pairs is not None:
        _judge_object(found, pairs)
    else:
        _judge_syntax(found, key, value, (brace, close), (start, end))
        _judge_value(found, text, value.start("bare" if value["quoted"] is None else "quoted") if text else -1)
        if close >= 0 and comment[value.end() : close].strip(f", \t{_QUOTES}"):
            found.setter = None  # there are more members, in no form that could be kept
    if any(fault.code == "two-markers" for fault in found.faults):
        found.setter = None  # which one was intended?


def _judge_syntax(
    found: _Diagnosis, key: re.Match[str], value: re.Match[str], braces: tuple[int, int], span: tuple[int, int]
) -> None:
    """Judge a marker that is not JSON: its braces, quotes and key."""
    for brace, at in zip("{}", braces, strict=True):
        if at < 0:
            found.blame("missing-brace", *span, f"it is not JSON object without its '{brace}'")
    quotes = (key["open"], key["close"], value["open"] or "", value["close"] or "")
    piece = (key.start(), value.end())
    if "'" in quotes:
        found.blame("single-quotes", *piece, "JSON has double quotes, not single ones")
    elif any(quote in _TYPOGRAPHIC for quote in quotes if quote):
        found.blame("typographic-quotes", *piece, 'JSON has plain double quotes (")')
    elif "" in quotes:
        found.blame("unquoted", *piece, "JSON has double quotes around both the key and the value")
    elif min(braces) >= 0:
        found.blame("not-json", *span, "a marker must be one JSON object")
    if key["word"] != KEY:
        found.blame("wrong-key", *key.span("word"), f"the key is '{KEY}', exactly, not {key['word']!r}")


def _judge_value(found: _Diagnosis, text: str, start: int) -> None:
    """Judge what a marker names; `start` is where it is, -1 if that cannot be said."""
    span = (start, start + len(text)) if start >= 0 else (0, len(found.comment))
    found.setter, faults = mend(text, found.namespace)
    for code, why in faults:
        found.blame(code, *span, why)


def _write(setter: Setter, members: dict[str, str | None]) -> str:
    """Write the fixed comment, with the other members that it had."""
    import json

    return "# " + json.dumps({KEY: str(setter), **members}, ensure_ascii=False)


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    """Narrow a span of a comment to what is not white space to JSON: a no-break space is text, and does harm."""
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip(JSON_SPACE)), end - len(piece) + len(piece.rstrip(JSON_SPACE))

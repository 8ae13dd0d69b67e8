"""What a registry says in its answer, for a message."""

from __future__ import annotations

import json
from typing import Any

from fluxmark.registry.transport import clean


def said(body: bytes) -> str:
    """Return `: CODE: message` of a registry's error, on one line; '' if it says nothing."""
    found = errors(body)
    text = ": ".join(str(found[name]) for name in ("code", "message") if found.get(name))
    return f": {clean(text)}" if text else ""


def errors(body: bytes) -> dict[str, Any]:
    """Return the first error of an answer; empty if there is none."""
    try:
        error = json.loads(body)["errors"][0]
    except (ValueError, RecursionError, TypeError, KeyError, IndexError):
        return {}
    return error if isinstance(error, dict) else {}


def is_html(body: bytes) -> bool:
    """Say whether an answer is a web page."""
    return body.lstrip()[:1] == b"<"

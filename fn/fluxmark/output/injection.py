"""What `inject` did, for programs; `fluxmark schema inject` prints its JSON Schema."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmark.inject.reasons import MARKED, RIGHT
from fluxmark.output.json import VERSION, dumps, entry

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fluxmark.finding import Finding
    from fluxmark.inject.directory import Injection


def render(result: Injection, findings: Iterable[Finding], *, written: bool) -> str:
    """Return `{"version", "written", "changes": [{"file", "created"}], "summary", "findings"}`.

    written: whether the changes were written.
    """
    tally = result.tally
    data = {
        "version": VERSION,
        "written": written,
        "changes": [{"file": path, "created": not old} for path, (old, _) in sorted(result.changes.items())],
        "summary": {
            "files": tally.files,
            "fields": tally.fields,
            "marked": tally.rules[MARKED],
            "right": tally.rules[RIGHT],
            "notMarked": tally.skipped,
        },
        "findings": [entry(finding) for finding in findings],
    }
    return dumps(data)

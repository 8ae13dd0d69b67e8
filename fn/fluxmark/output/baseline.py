"""A baseline: the findings that a repository has today, so that only new ones are reported.

A finding is recognised by its rule, its file and the text of its line, so it is known when it moves.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Final

from krmfn.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fluxmark.finding import Finding

VERSION: Final = 1
_KEYS: Final = ("rule", "file", "fingerprint", "count")


def fingerprint(finding: Finding, line: str) -> str:
    """Return what stays the same when lines move: the rule, the file, the text of the line."""
    import hashlib

    text = "\0".join((finding.rule, finding.file, " ".join(line.split())))
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:16]


def render(findings: Sequence[Finding], line_of: Callable[[Finding], str]) -> str:
    """Return findings as a baseline."""
    counts = Counter(_key(one, line_of) for one in findings)
    entries = [dict(zip(_KEYS, (*key, count), strict=True)) for key, count in sorted(counts.items())]
    return json.dumps({"version": VERSION, "findings": entries}, indent=1, ensure_ascii=False) + "\n"


def compare(
    findings: Sequence[Finding], text: str, name: str, line_of: Callable[[Finding], str]
) -> tuple[list[Finding], int]:
    """Return the findings that are not in a baseline, and how many of its findings are gone.

    Raises InputError for a text that is not a baseline; name: of its file.
    """
    left = _read(text, name)
    new = []
    for one in findings:
        key = _key(one, line_of)
        if left[key] > 0:
            left[key] -= 1
        else:
            new.append(one)
    return new, sum(left.values())


def _key(finding: Finding, line_of: Callable[[Finding], str]) -> tuple[str, str, str]:
    return finding.rule, finding.file, fingerprint(finding, line_of(finding))


def _read(text: str, name: str) -> Counter[tuple[str, str, str]]:
    try:
        data = json.loads(text)
        if data["version"] != VERSION:
            raise InputError(f"{name}: is a baseline of version {data['version']}, and {VERSION} is expected")
        counts = {
            (str(one["rule"]), str(one["file"]), str(one["fingerprint"])): int(one["count"])
            for one in data["findings"]
        }
    except (ValueError, TypeError, KeyError, AttributeError):
        raise InputError(f"{name}: is not a baseline; write one with --update-baseline") from None
    return Counter(counts)

"""Packages for tests of rules: small trees of files, checked from memory or from a directory."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from fluxmark.output.documentation import CONTEXT
from fluxmark.rules.engine import Selection, run
from fluxmark.world import Source, World

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fluxmark.finding import Finding

_FILE = re.compile(r"^# file: (?P<path>\S+)\n", re.MULTILINE)
_KIND = re.compile(r"^kind: (\w+)$", re.MULTILINE)


def files(example: str) -> dict[str, str]:
    """Return an example's files by path, and the context of all examples without the kinds that it has itself."""
    pieces = _FILE.split(example)
    own = dict(zip(pieces[1::2], pieces[2::2], strict=True)) if len(pieces) > 1 else {"example.yaml": example}
    kinds = set(_KIND.findall(example))
    context = [document for document in CONTEXT.split("---\n") if not kinds & set(_KIND.findall(document))]
    return {**own, "context.yaml": "---\n".join(context)} if context else own


def world_of(texts: Mapping[str, str], flux_version: str | None = None) -> World:
    """Return the world of files that are the whole repository."""
    paths = {above for path in texts for above in (PurePosixPath(path), *PurePosixPath(path).parents)}
    return World(
        [Source(path, text) for path, text in texts.items()],
        flux_version=flux_version,
        inside=PurePosixPath(),
        exists=lambda path: path in paths,
    )


def check(texts: Mapping[str, str], *rules: str, flux_version: str | None = None) -> list[Finding]:
    """Return the findings of some rules, or of all, over files."""
    return run(world_of(texts, flux_version), Selection.of(rules))


def places(findings: list[Finding]) -> list[tuple[str, int, int]]:
    """Return rule, line and column of findings."""
    return [(finding.rule, finding.line, finding.column) for finding in findings]

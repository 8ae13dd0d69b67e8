"""Applies the safe fixes of findings, file by file, losslessly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from krmfn.errors import OverlapError
from krmfn.yaml.edit import Editor

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fluxmark.cluster import Repository, Source
    from fluxmark.finding import Finding


def fixed(world: Repository, findings: Iterable[Finding]) -> tuple[dict[str, str], list[Finding]]:
    """Return the new texts, by path, of the files in which something can be fixed, and the findings that are.

    Fixes that touch the same text wait for the next round: of them only the first is applied. Raises
    krmfn.yaml.verify.VerificationError where a fix would change what it must not.
    """
    by_path: dict[str, list[Finding]] = {}
    for finding in fixable(findings):
        by_path.setdefault(finding.file, []).append(finding)
    sources = {source.path: source for source in world.sources}
    texts: dict[str, str] = {}
    applied: list[Finding] = []
    for path, found in by_path.items():
        if path not in sources:
            continue
        text, done = _fix(sources[path], found)
        if text != sources[path].text:
            texts[path] = text
            applied += done
    return texts, applied


def fixable(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield the findings that have a fix, with those of the same cause in other places."""
    for finding in findings:
        yield from (one for one in (finding, *finding.also) if one.fix is not None)


def _fix(source: Source, findings: list[Finding]) -> tuple[str, list[Finding]]:
    try:
        return _apply(source, findings), findings
    except OverlapError:
        return _apply(source, findings[:1]), findings[:1]


def _apply(source: Source, findings: list[Finding]) -> str:
    editor = Editor(source.text, [document.root for document in source.documents], name=source.path)
    for finding in findings:
        assert finding.fix is not None
        finding.fix.apply(editor)
    return editor.apply()

"""The main job over a directory, or over single files below one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fluxmark.documents import LISTS
from fluxmark.fields.gather import gather
from fluxmark.finding import Finding
from fluxmark.flux_files import named
from fluxmark.flux_resources import AUTOMATION, FluxResources, in_text
from fluxmark.inject.files import Files
from fluxmark.inject.generate import generate
from fluxmark.inject.marking import with_package
from fluxmark.inject.nowhere import nowhere
from fluxmark.inject.store import FileStore
from fluxmark.words import GROUP
from krmfn.result import Severity
from krmfn.text import InputError, Lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fluxmark.config import ImageAutomation
    from fluxmark.inject.marking import Marking
    from fluxmark.inject.tally import Tally
    from krmfn.package import Package

LARGEST = 32 * 1024 * 1024
"""Bytes of the largest file that is parsed: nothing that is kept in Git for Flux comes near."""


@dataclass(frozen=True, slots=True)
class Injection:
    """What a run would change, old and new text by path; what there is to say; and what was counted.

    has_work: whether there was anything to mark, configured or in resources of Flux.
    """

    changes: dict[str, tuple[str, str]]
    findings: tuple[Finding, ...]
    tally: Tally
    has_work: bool = True


def inject(package: Package, config: ImageAutomation, below: Sequence[str] = (".",)) -> Injection:
    """Compute what the main job changes in a directory; nothing is written.

    below: the directories that are looked through, besides what the configuration's `files` name.
    Raises InputError for files that matter and cannot be read.
    """
    store = FileStore(package)
    files = Files.read(package, named(package, (*below, *config.files)))
    resources = FluxResources()
    for path, text in files.texts.items():
        if GROUP in text and _open(store, package, path, text) is None:
            for resource in in_text(text, package.show(path)):
                resources.add(resource)
    findings = list(generate(config, store))
    marking = with_package(config, resources)
    files.require_readable(lambda path, text: GROUP in text or marking.concerns(path, text))
    if marking.targets:
        marking = replace(marking, clues=gather(files.texts, config.fields))
    findings += _mark_texts(store, package, files, marking)
    findings += nowhere(config, marking, files.texts)
    if config.images and config.automation is None and not resources.all(AUTOMATION):
        findings.append(_no_automation())
    return Injection(store.changed(), tuple(findings), marking.tally, bool(config.images or resources.by_kind))


def mark_files(package: Package, paths: Iterable[str], marking: Marking) -> Injection:
    """Compute the markers in single files, which an orchestrator does not hand over as items; nothing is written.

    Raises InputError for files that cannot be read.
    """
    store = FileStore(package)
    files = Files.read(package, paths)
    files.require_readable(marking.concerns)
    findings = _mark_texts(store, package, files, marking)
    return Injection(store.changed(), tuple(findings), marking.tally)


def _no_automation() -> Finding:
    return Finding(
        "no-automation",
        Severity.WARNING,
        "there is no ImageUpdateAutomation in this tree, and the configuration has none, so nothing updates the "
        "marked fields; add `automation` to the configuration",
    )


def _mark_texts(store: FileStore, package: Package, files: Files, marking: Marking) -> list[Finding]:
    marking.tally.files += len(files.texts)
    return [
        finding
        for path, text in files.texts.items()
        if marking.concerns(path, text)
        for finding in _mark(store, package, path, text, marking)
    ]


def _open(store: FileStore, package: Package, path: str, text: str) -> Finding | None:
    """Parse a file; one that is a template for another tool is left alone, and the finding says so."""
    if len(text) > LARGEST:
        size = len(text) // (1024 * 1024)
        raise InputError(
            f"{package.show(path)}: the file has {size} MB; files above {LARGEST // (1024 * 1024)} MB are not read"
        )
    try:
        store.open(path, text)
    except InputError as error:
        if "{{" not in text:
            raise
        where = str(error).split("\n", 1)[0]
        return Finding(
            "template",
            Severity.WARNING,
            f"left: this is a template and no YAML, so Flux skips the file, too ({where})",
            path,
        )
    return None


def _mark(store: FileStore, package: Package, path: str, text: str, marking: Marking) -> Iterator[Finding]:
    skipped = _open(store, package, path, text)
    if skipped is not None:
        yield skipped
        return
    lines = Lines(text)
    resources = store.open(path).resources
    for resource in resources:
        alone = len(resources) == 1 and resource.kind in LISTS
        yield from marking.mark(resource, lambda _: path, lines, is_list=alone)

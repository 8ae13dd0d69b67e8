"""The main job over a directory, or over single files below one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fluxmark.cluster import Repository, Source
from fluxmark.cluster.directory import checkout_of, directory_tree
from fluxmark.cluster.read import belongs_to_model
from fluxmark.fields.gather import gather
from fluxmark.finding import Finding
from fluxmark.flux.files import named
from fluxmark.flux.yaml_file import LISTS
from fluxmark.inject import leftovers
from fluxmark.inject.adopt import repository_names
from fluxmark.inject.apply import Markings
from fluxmark.inject.files import Files
from fluxmark.inject.generate import generate
from fluxmark.inject.ownership import cluster_of
from fluxmark.inject.reach import Reach
from fluxmark.inject.resource_store import FileStore
from fluxmark.inject.unmatched_images import nowhere
from krmfn.errors import InputError
from krmfn.resources.result import Severity
from krmfn.yaml.text import Lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from fluxmark.cluster.follow import Model
    from fluxmark.config import ImageAutomation
    from fluxmark.inject.apply import Marking
    from fluxmark.inject.counts import Tally
    from krmfn.packages.package import Package


@dataclass(frozen=True, slots=True)
class Injection:
    """What a run would change, old and new text by path; the findings; and what was counted.

    has_work: whether there was anything to mark, configured or in resources of Flux. model: the clusters as they
    were before; None if single files are marked.
    """

    changes: dict[str, tuple[str, str]]
    findings: tuple[Finding, ...]
    tally: Tally
    has_work: bool = True
    model: Model | None = None


def inject(
    package: Package, config: ImageAutomation, below: Sequence[str] = (".",), *, prune: bool = False
) -> Injection:
    """Compute what the main job changes in a directory; nothing is written.

    below: the directories that are searched, in addition to the configuration's `files`. prune: whether
    resources that the configuration does not have any more are removed with their markers.
    Raises InputError for files that matter and cannot be read.
    """
    store = FileStore(package)
    files = Files.read(package, named(package, (*below, *config.files)))
    sources = []
    for path, text in files.texts.items():
        name = path.rpartition("/")[2]
        if belongs_to_model(text, name) and _open(store, path, text) is None:
            sources.append(Source(path, text, show=package.show(path)))
    members = [source.path for source in sources]
    repository = Repository(directory_tree(package, sources), members, checkout=checkout_of(package))
    cluster = cluster_of(config, repository.clusters)
    findings = list(generate(config, store, cluster))
    markings = Markings(config, repository)
    files.require_readable(
        lambda path, text: (
            belongs_to_model(text, path.rpartition("/")[2]) or markings.of(path).concerns(path, text)
        )
    )
    if markings.all.targets:
        markings = Markings(config, repository, gather(files.texts, config.fields))
    findings += _mark_texts(store, files, markings.of)
    found = leftovers.leftovers(config, cluster, repository_names(config, cluster))
    if prune:
        findings += leftovers.prune(found, store, files.texts)
    elif found:
        findings += leftovers.report(found, files.texts)
    findings += Reach(package, repository, files.texts).check(config, store)
    findings += nowhere(config, markings.all, files.texts)
    automations = any(one.automations for one in repository.clusters)
    if config.images and config.automation is None and not config.automations and not automations:
        findings.append(_no_automation())
    holds_something = bool(config.images or any(one.image_resources for one in repository.clusters))
    return Injection(store.changed(), tuple(findings), markings.all.tally, holds_something, repository.model)


def mark_files(package: Package, paths: Iterable[str], marking: Marking) -> Injection:
    """Compute the markers in single files, which an orchestrator does not hand over as items; nothing is written.

    Raises InputError for files that cannot be read.
    """
    store = FileStore(package)
    files = Files.read(package, paths)
    files.require_readable(marking.concerns)
    findings = _mark_texts(store, files, lambda _: marking)
    return Injection(store.changed(), tuple(findings), marking.tally)


def _no_automation() -> Finding:
    return Finding(
        "no-automation",
        Severity.WARNING,
        "there is no ImageUpdateAutomation in this tree, and the configuration has none, so nothing updates the "
        "marked fields; add `automation` to the configuration",
    )


def _mark_texts(store: FileStore, files: Files, marking_of: Callable[[str], Marking]) -> list[Finding]:
    findings: list[Finding] = []
    for path, text in files.texts.items():
        marking = marking_of(path)
        marking.tally.files += 1
        if marking.concerns(path, text):
            findings += _mark(store, path, text, marking)
    return findings


def _open(store: FileStore, path: str, text: str) -> Finding | None:
    """Parse a file; one that is a template for another tool is left alone, and the finding says so."""
    try:
        store.open(path, text)
    except InputError as error:
        if "{{" not in text:
            raise
        where = str(error).split("\n", 1)[0]
        return Finding(
            "template",
            Severity.WARNING,
            f"skipped: this is a template, not YAML, and Flux skips the file too ({where})",
            path,
        )
    return None


def _mark(store: FileStore, path: str, text: str, marking: Marking) -> Iterator[Finding]:
    skipped = _open(store, path, text)
    if skipped is not None:
        yield skipped
        return
    lines = Lines(text)
    resources = store.open(path).resources
    yield from marking.in_lists(text, path, lines)
    for resource in resources:
        alone = len(resources) == 1 and resource.kind in LISTS
        if len(resources) > 1 and not marking.concerns(path, resource.text):
            continue
        yield from marking.mark(resource, lambda _: path, lines, is_list=alone)

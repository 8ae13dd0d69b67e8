"""What is to be marked in a run, and marking one resource with it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from fluxmark import image
from fluxmark.cluster.automation import is_below, normal_path
from fluxmark.cluster.manifest import is_templated
from fluxmark.fields import NO_CLUES, Clues, Finder
from fluxmark.finding import Finding
from fluxmark.inject import marker_targets as targeting
from fluxmark.inject.counts import OUTSIDE, Tally
from fluxmark.inject.decide import Context, Mark, mark
from fluxmark.inject.reasons import LIST, NOT_MARKED
from fluxmark.inject.resources import image_policies, image_update_automation
from krmfn.resources.result import Severity
from krmfn.yaml.parser import SeqNode, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from fluxmark.cluster import Cluster, Repository
    from fluxmark.config import ImageAutomation
    from fluxmark.inject.marker_targets import Targets
    from krmfn.resources.resource import Resource
    from krmfn.yaml.text import Lines

_LIST = re.compile(r"^[-[]", re.MULTILINE)


@dataclass(frozen=True)
class Marking:
    """What is to be marked, and which files an automation would update.

    update_path: normalised, '' for the whole repository; None if it is not known: then every file counts.
    names: whether names get markers of their own. clues: what other documents tell. tally: counts what is done.
    """

    targets: Targets
    update_path: str | None
    force: bool = False
    names: bool = False
    clues: Clues = NO_CLUES
    tally: Tally = field(default_factory=Tally)
    overridden: Callable[[str, str], bool] | None = None

    @cached_property
    def finder(self) -> Finder:
        """What finds the image fields of these policies."""
        return Finder(self.targets.selects, self.clues)

    @cached_property
    def _mention(self) -> re.Pattern[str]:
        return self.targets.mention

    def concerns(self, path: str, text: str) -> bool:
        """Tell whether a text can hold a field of these policies: only then it must be parsed."""
        return self._mention.search(text) is not None or self.clues.concern(path, text)

    def covers(self, path: str) -> bool:
        """Tell whether the automation updates a file; one whose path is unknown is taken to be covered."""
        return self.update_path is None or not path or is_below(path, self.update_path)

    def mark(
        self,
        resource: Resource,
        path_of: Callable[[Resource], str],
        lines: Lines | None = None,
        *,
        is_list: bool = False,
    ) -> Iterator[Finding]:
        """Mark a resource's image fields, and yield the findings.

        path_of: gives its file, '' if that is unknown. lines: of the file, where the resource's text is its.
        is_list: whether Flux would take the resource apart.
        """
        update_path = f"./{self.update_path or ''}"
        context = Context(
            resource,
            path_of,
            self.covers,
            update_path,
            force=self.force,
            names=self.names,
            is_list=is_list,
            overridden=self.overridden,
        )
        editor = resource.editor()
        for said in mark(editor, resource, self.targets, self.finder, context):
            self.tally.add(said, resource.kind)
            if said.message and said.rule != OUTSIDE:
                yield _finding(said, context, lines)
        resource.apply(editor)

    def in_lists(self, text: str, path: str, lines: Lines) -> Iterator[Finding]:
        """Yield the image fields in documents that are lists, such as JSON patches: Flux skips the whole file."""
        if not _LIST.search(text):
            return
        for document in parse(text, path):
            for one in self.finder.in_list(document.root) if isinstance(document.root, SeqNode) else ():
                ref = image.parse_templated(one.image)
                targets = self.targets.of_image(ref) if ref else ()
                self.tally.add(Mark(one, LIST, Severity.WARNING, NOT_MARKED[LIST], targets), "")
                at = lines.position(one.node.start)
                said = f"{one.node.value.strip()}: {NOT_MARKED[LIST]}"
                yield Finding(LIST, Severity.WARNING, said, path, at.line, at.column, path=one.path)


def _finding(said: Mark, context: Context, lines: Lines | None) -> Finding:
    node = said.field.node
    at = lines.position(node.start) if lines else None
    return Finding(
        said.rule,
        said.severity,
        f"{node.value.strip()}: {said.message}",
        context.file,
        at.line if at else 0,
        at.column if at else 0,
        resource=context.ref,
        path=said.field.path,
        current=node.value,
    )


def configured(config: ImageAutomation) -> Marking | None:
    """Return what a configuration says to mark; None if the repository has a say in it, too."""
    automations = image_update_automation.build(config)
    if not config.images or not automations:
        return None
    paths = {_path(spec.get("update", {}).get("path")) for _, spec in automations}
    # of several automations each has its own files: then coverage is for `check` to judge
    path = paths.pop() if len(paths) == 1 else None
    return Marking(_targets(config), path, config.force, config.mark_names)


class Markings:
    """What is to be marked in each file of a repository: what the configuration says, or the clusters that read
    it.

    clues: what the documents of the repository tell of each other. start: what was marked with before they were
    known.
    """

    def __init__(
        self,
        config: ImageAutomation,
        repository: Repository,
        clues: Clues = NO_CLUES,
        start: Marking | None = None,
    ) -> None:
        self._config = config
        self._repository = repository
        self._known: dict[tuple[str, ...], Marking] = {}
        self.all = replace(
            start or _of_clusters(config, repository.clusters),
            clues=clues,
            overridden=repository.overrides_image,
        )
        """What is marked anywhere; its tally counts for all files."""

    def of(self, path: str) -> Marking:
        """Return what is to be marked in a file."""
        if len(self._repository.clusters) < 2 or configured(self._config) is not None:
            return self.all
        clusters = self._repository.readers(path)
        key = tuple(cluster.name for cluster in clusters)
        if key not in self._known:
            found = _of_clusters(self._config, clusters)
            self._known[key] = replace(self.all, targets=found.targets, update_path=found.update_path)
        return self._known[key]


def _of_clusters(config: ImageAutomation, clusters: Sequence[Cluster]) -> Marking:
    complete = configured(config)
    if complete is not None:
        return complete
    targets = _targets(config) if config.images else targeting.found(clusters)
    paths = {scope.path for cluster in clusters for scope in cluster.scopes}
    # of several automations each has its own files: then coverage is for `check` to judge
    return Marking(targets, paths.pop() if len(paths) == 1 else None, config.force, config.mark_names)


def _targets(config: ImageAutomation) -> Targets:
    specs = dict(image_policies.build(config))
    return targeting.configured(config, [specs[entry.name] for entry in config.images])


def _path(path: Any) -> str | None:
    """Return an update path relative to the repository's root, '' for all of it; None if Flux fills it in."""
    if not isinstance(path, str):
        return ""
    return None if is_templated(path) else normal_path(path)

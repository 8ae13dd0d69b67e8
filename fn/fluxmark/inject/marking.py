"""What is to be marked in a run, and marking one resource with it."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from fluxmark.fields import NO_CLUES, Clues, Finder
from fluxmark.finding import Finding
from fluxmark.flux_resources import AUTOMATION
from fluxmark.inject import targets as targeting
from fluxmark.inject.mark import Context, mark
from fluxmark.inject.tally import OUTSIDE, Tally
from fluxmark.resources import image_policies, image_update_automation

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Iterator

    from fluxmark.config import ImageAutomation
    from fluxmark.flux_resources import FluxResources
    from fluxmark.inject.mark import Mark
    from fluxmark.inject.targets import Targets
    from krmfn.resource import Resource
    from krmfn.text import Lines


@dataclass(frozen=True)
class Marking:
    """What is to be marked, and which files an automation would update.

    update_path: normalised; None where nobody says, and then every file counts. names: whether names get markers
    of their own. clues: what other documents tell. tally: counts what is done.
    """

    targets: Targets
    update_path: str | None
    force: bool = False
    names: bool = False
    clues: Clues = NO_CLUES
    tally: Tally = field(default_factory=Tally)

    @cached_property
    def finder(self) -> Finder:
        """What finds the image fields of these policies."""
        return Finder(self.targets.selects, self.clues)

    @cached_property
    def _mention(self) -> re.Pattern[str]:
        return self.targets.mention

    def concerns(self, path: str, text: str) -> bool:
        """Tell whether a text can hold a field of these policies: only then it has to be parsed."""
        return self._mention.search(text) is not None or self.clues.concern(path, text)

    def covers(self, path: str) -> bool:
        """Tell whether the automation updates a file; one whose path is unknown is taken to be covered."""
        root = self.update_path
        return root is None or not path or root == "." or path == root or path.startswith(f"{root}/")

    def mark(
        self,
        resource: Resource,
        path_of: Callable[[Resource], str],
        lines: Lines | None = None,
        *,
        is_list: bool = False,
    ) -> Iterator[Finding]:
        """Mark a resource's image fields, and yield what there is to say.

        path_of: gives its file, '' where that is unknown. lines: of the file, where the resource's text is its.
        is_list: whether Flux would take the resource apart.
        """
        update_path = f"./{self.update_path}".removesuffix("/.")
        context = Context(
            resource, path_of, self.covers, update_path, force=self.force, names=self.names, is_list=is_list
        )
        editor = resource.editor()
        for said in mark(editor, resource, self.targets, self.finder, context):
            self.tally.add(said, resource.kind)
            if said.message and said.rule != OUTSIDE:
                yield _finding(said, context, lines)
        resource.apply(editor)


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
    """Return what a configuration says to mark; None where the package has a say in it, too."""
    if not config.images or config.automation is None:
        return None
    ((_, automation),) = image_update_automation.build(config)
    path = _normal(automation.get("update", {}).get("path"))
    return Marking(_targets(config), path, config.force, config.mark_names)


def with_package(config: ImageAutomation, resources: FluxResources) -> Marking:
    """Return what there is to mark once the package's own resources are known."""
    complete = configured(config)
    if complete is not None:
        return complete
    targets = _targets(config) if config.images else targeting.found(resources)
    paths = {_normal(item.get("spec", "update", "path")) for item in resources.all(AUTOMATION)}
    # of several automations each has its own files: then coverage is for `check` to judge
    return Marking(targets, paths.pop() if len(paths) == 1 else None, config.force, config.mark_names)


def _targets(config: ImageAutomation) -> Targets:
    specs = dict(image_policies.build(config))
    return targeting.configured(config, [specs[entry.name] for entry in config.images])


def _normal(path: Any) -> str:
    """Return an update path relative to the root, `.` for the root itself; none at all means everything."""
    return posixpath.normpath(f"/{path}").lstrip("/") or "." if isinstance(path, str) else "."

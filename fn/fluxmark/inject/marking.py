"""What is to be marked in a run, and marking one resource with it."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fluxmark.finding import Finding
from fluxmark.flux_resources import AUTOMATION
from fluxmark.inject import targets as targeting
from fluxmark.inject.mark import Context, mark
from fluxmark.resources import image_policies, image_update_automation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fluxmark.config import ImageAutomation
    from fluxmark.flux_resources import FluxResources
    from fluxmark.inject.targets import Targets
    from krmfn.resource import Resource
    from krmfn.text import Lines


@dataclass(frozen=True, slots=True)
class Marking:
    """What is to be marked, and which files an automation would update.

    update_path: normalised; None where nobody says, and then every file counts.
    """

    targets: Targets
    update_path: str | None
    force: bool = False

    def covers(self, path: str) -> bool:
        """Tell whether the automation updates a file; one whose path is unknown is taken to be covered."""
        root = self.update_path
        return root is None or not path or root == "." or path == root or path.startswith(f"{root}/")

    def mark(
        self, resource: Resource, path_of: Callable[[Resource], str], lines: Lines | None = None
    ) -> Iterator[Finding]:
        """Mark a resource's places, and yield what there is to say.

        path_of: gives its file, '' where that is unknown. lines: of the file, where the resource's text is its.
        """
        update_path = f"./{self.update_path}".removesuffix("/.")
        context = Context(resource, path_of, self.covers, update_path, force=self.force)
        editor = resource.editor()
        for said in mark(editor, resource, self.targets, context):
            at = lines.position(said.place.node.start) if lines else None
            yield Finding(
                said.rule,
                said.severity,
                f"{said.place.node.value.strip()}: {said.message}",
                context.file,
                at.line if at else 0,
                at.column if at else 0,
                resource=context.ref,
                path=said.place.path,
                current=said.place.node.value,
            )
        resource.apply(editor)


def configured(config: ImageAutomation) -> Marking | None:
    """Return what a configuration says to mark; None where the package has a say in it, too."""
    if not config.images or config.automation is None:
        return None
    ((_, automation),) = image_update_automation.build(config)
    return Marking(_targets(config), _normal(automation.get("update", {}).get("path")), config.force)


def with_package(config: ImageAutomation, resources: FluxResources) -> Marking:
    """Return what there is to mark once the package's own resources are known."""
    complete = configured(config)
    if complete is not None:
        return complete
    targets = _targets(config) if config.images else targeting.found(resources)
    paths = {_normal(item.get("spec", "update", "path")) for item in resources.all(AUTOMATION)}
    # of several automations each has its own files: then coverage is for `check` to judge
    return Marking(targets, paths.pop() if len(paths) == 1 else None, config.force)


def _targets(config: ImageAutomation) -> Targets:
    specs = dict(image_policies.build(config))
    return targeting.configured(config, [specs[entry.name] for entry in config.images])


def _normal(path: Any) -> str:
    """Return an update path relative to the root, `.` for the root itself; none at all means everything."""
    return posixpath.normpath(f"/{path}").lstrip("/") or "." if isinstance(path, str) else "."

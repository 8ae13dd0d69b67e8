"""The items of a ResourceList, as the ImageUpdateAutomations among them would update them.

Nothing else is read but the `files` of the configuration: the latest images are those in the status of the
ImagePolicies among them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmark.cluster.read import read_items
from fluxmark.finding import Finding, of_notes, results
from fluxmark.flux.api_groups import TOKEN
from fluxmark.flux.files import named
from fluxmark.flux.latest_image import refused
from fluxmark.flux.setters.marked_fields import marked
from fluxmark.flux.setters.update_text import Run, update
from fluxmark.update.latest_sources import from_status
from fluxmark.update.plan import Work, work_of
from krmfn.functions.function import Function
from krmfn.functions.host import Host
from krmfn.packages.package import Package
from krmfn.resources.result import Result, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fluxmark.config import ImageAutomation
    from fluxmark.flux.value_change import Change
    from krmfn.resources.resource import Resource
    from krmfn.resources.resource_list import ResourceList


class UpdateItems(Function):
    """Updates items, and the files that were not handed over as items.

    host: what runs the function; None: the items tell. A build of kustomize hands over no comments, and so no
    markers. root: the directory that `files` are relative to.
    """

    def __init__(self, config: ImageAutomation, *, host: Host | None, root: str) -> None:
        self._config = config
        self._host = host
        self._root = root

    def wanted(self, api_version: str, kind: str) -> bool:
        """Look at nothing yet: the latest images may be in the last item."""
        del api_version, kind
        return False

    def process(self, resource_list: ResourceList) -> None:
        """Write the latest images at the markers. Raises InputError for a file that cannot be read."""
        if (self._host or Host.of(resource_list)) is Host.BUILD:
            resource_list.results.append(_no_comments())
            return
        texts: dict[str, str] = {}
        package = Package(self._root) if self._config.files else None
        if package is not None:
            paths = named(package, self._config.files, {item.path for item in resource_list.items})
            texts = {path: package.read(path) for path in paths}
        changed, findings = update_items(resource_list.items, texts)
        if package is not None:
            findings += of_notes(package.write(changed))
        resource_list.results += results(findings)


def update_items(items: Sequence[Resource], texts: Mapping[str, str]) -> tuple[dict[str, str], list[Finding]]:
    """Update items in place; return the new texts of files that changed, and the findings.

    texts: files next to the items, by path. Raises InputError for one that is not YAML.
    """
    clusters = read_items(items, texts).clusters
    latest = {}
    findings = []
    for cluster in clusters:
        images, said = from_status(cluster)
        findings += said
        for policy, why in refused(images).items():
            del images[policy]
            findings.append(Finding("invalid-image", Severity.WARNING, f"{policy}: skipped: {why}"))
        latest[cluster.name] = images
    found, said = work_of(clusters, latest)
    findings += said
    changed = dict(texts)
    for work in found:
        for item in items:
            if item.mentions(TOKEN) and work.covers(item.path):
                findings += _item(item, work)
        for path, text in changed.items():
            if work.covers(path):
                done = update(text, work.latest, file=path)
                changed[path] = done.text
                findings += [*map(_said, done.changes), *done.findings]
    return {path: text for path, text in changed.items() if text != texts[path]}, findings


def _item(item: Resource, work: Work) -> list[Finding]:
    """Update one item."""
    item.release()  # it was read as a part of the list; its own text is what markers are looked for in
    editor = item.editor()
    run = Run(editor, work.latest, item.path)
    (marks,) = marked(editor.text, [item.node])
    run.resource(item.ref, marks)
    item.apply(editor)
    item.release()
    return [*map(_said, run.changes), *run.findings]


def _said(change: Change) -> Finding:
    return Finding(
        "updated",
        Severity.INFO,
        f"{change.old} -> {change.new} ({change.setter})",
        change.file,
        change.line,
        1 if change.line else 0,
        resource=change.resource,
        current=change.old,
        proposed=change.new,
    )


def _no_comments() -> Result:
    return Result(
        "kustomize hands a function no comments and keeps none, so there are no markers to update at; "
        "use `fluxmark update` or `kpt fn eval` [no-comments]",
        Severity.INFO,
        tags={"rule": "no-comments"},
    )

"""The items of a ResourceList, as the ImageUpdateAutomations among them would update them.

Nothing else is read: the latest images are those in the status of the ImagePolicies among the items.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmark.finding import Finding
from fluxmark.flux_resources import in_items
from fluxmark.latest import refused
from fluxmark.update.automations import Scope, scopes
from fluxmark.update.sources import from_status
from fluxmark.update.text import MENTION, Run, update
from krmfn.result import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fluxmark.change import Change
    from krmfn.resource import Resource


def update_items(items: Sequence[Resource], texts: Mapping[str, str]) -> tuple[dict[str, str], list[Finding]]:
    """Update items in place; return the new texts of files that changed, and what there is to say.

    texts: files beside the items, by path. Raises InputError for one that is no YAML.
    """
    resources = in_items(items)
    latest, findings = from_status(resources)
    for policy, why in refused(latest).items():
        del latest[policy]
        findings.append(Finding("invalid-image", Severity.WARNING, f"{policy}: left: {why}"))
    found, said = scopes(resources, latest)
    findings += said
    changed = dict(texts)
    for scope in found:
        for item in items:
            if item.mentions(MENTION) and scope.covers(item.path):
                findings += _item(item, scope)
        for path, text in changed.items():
            if scope.covers(path):
                done = update(text, scope.latest, file=path)
                changed[path] = done.text
                findings += [*map(_said, done.changes), *done.findings]
    return {path: text for path, text in changed.items() if text != texts[path]}, findings


def _item(item: Resource, scope: Scope) -> list[Finding]:
    """Update one item."""
    item.release()  # it was read as a part of the list; its own text is what markers are looked for in
    editor = item.editor()
    run = Run(editor, scope.latest, item.path)
    run.resource(item.node, item.ref)
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

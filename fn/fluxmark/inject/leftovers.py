"""Images that were taken out of the configuration, and whose resources and markers are still there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmark.finding import Finding
from fluxmark.flux import marker
from fluxmark.flux.api_groups import KEY, POLICY
from fluxmark.inject import resources
from fluxmark.inject.wanted import in_output
from krmfn.resources.result import Severity
from krmfn.yaml import comment
from krmfn.yaml.nodes import ScalarNode, walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fluxmark.cluster import Cluster, Manifest
    from fluxmark.config import ImageAutomation
    from fluxmark.inject.resource_store import FileStore

RULE, REMOVED = "not-configured", "removed"


def leftovers(config: ImageAutomation, cluster: Cluster | None, names: Mapping[str, str]) -> list[Manifest]:
    """Return the resources in the files that inject writes and that the configuration does not have.

    names: of the repositories of the configured images.
    """
    if cluster is None or not config.images:
        return []
    found = []
    for module in resources.KINDS:
        built = {name for name, _ in module.build(config)}
        if not built:
            continue
        wanted = built | set(names.values())
        path = in_output(config, module.FILE)
        found += [one for one in cluster.all(module.KIND) if one.source.path == path and one.name not in wanted]
    return found


def report(found: list[Manifest], texts: Mapping[str, str]) -> Iterator[Finding]:
    """Yield what is left over; texts: of all files, by path."""
    for one in found:
        named = [f'{KEY}": "{one.id}{end}' for end in ('"', ":")] if one.kind == POLICY else []
        count = sum(text.count(name) for text in texts.values() for name in named)
        still = f", and {count} marker{'s name' if count != 1 else ' names'} it" if count else ""
        yield Finding(
            RULE,
            Severity.WARNING,
            f"{one.described} is no longer in the configuration{still}; `fluxmark inject --prune` removes it",
            one.source.path,
            resource=one.ref,
        )


def prune(found: list[Manifest], store: FileStore, texts: Mapping[str, str]) -> Iterator[Finding]:
    """Remove what is left over, and the markers of its policies; texts: of all files, by path."""
    policies = {one.id for one in found if one.kind == POLICY}
    for path, text in texts.items():
        if any(policy in text for policy in policies):
            count = _unmark(store, path, policies)
            if count:
                said = f"{count} marker{'' if count == 1 else 's'} removed"
                yield Finding(REMOVED, Severity.INFO, said, path)
    for one in found:
        resource = store.find(one)
        if resource is not None:
            store.open(one.source.path).remove(resource)
            yield Finding(REMOVED, Severity.INFO, f"{one.described} removed", one.source.path, resource=one.ref)


def _unmark(store: FileStore, path: str, policies: set[str]) -> int:
    """Remove the markers in a file that name one of some policies; return how many there were."""
    count = 0
    for resource in store.at(path):
        editor = resource.editor()
        for node in walk(resource.node):
            beside = comment.line_comment(editor.text, node) if isinstance(node, ScalarNode) else None
            setter = marker.read(beside.text) if beside is not None else None
            if setter is not None and setter.key in policies:
                editor.remove_line_comment(node)
                count += 1
        resource.apply(editor)
    return count

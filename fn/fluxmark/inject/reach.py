"""What inject does to the clusters of a repository: what was applied stays applied, and what is new must be."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fluxmark.cluster import Repository, Source
from fluxmark.cluster.directory import checkout_of, directory_tree
from fluxmark.cluster.read import belongs_to_model
from fluxmark.errors import FluxmarkError
from fluxmark.finding import Finding
from fluxmark.inject.resources import kustomization
from krmfn.resources.result import Severity
from krmfn.yaml.parser import MapNode, SeqNode

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fluxmark.config import ImageAutomation
    from fluxmark.inject.resource_store import FileStore
    from krmfn.packages.package import Package

RULE = "not-applied"


@dataclass(frozen=True, slots=True)
class Reach:
    """A repository before a run. texts: of all its files, by path."""

    package: Package
    before: Repository
    texts: Mapping[str, str]

    def check(self, config: ImageAutomation, store: FileStore) -> Iterator[Finding]:
        """Yield what no cluster would apply of the new resources, after linking them where that is configured.

        Raises FluxmarkError if a cluster would lose something that it applies.
        """
        created = frozenset(path for path in store.created() if _name(path) not in kustomization.NAMES)
        if not created or not any(one.is_root for one in self.before.clusters):
            return
        missing = self._missing(created, store)
        parent = self._parent(config.output) if missing else None
        if parent is not None and config.link:
            entries = _link(config, store, parent, created)
            yield Finding("updated", Severity.INFO, f"lists {', '.join(entries)} as well", parent)
            missing = self._missing(created, store)
        if missing:
            yield Finding(RULE, Severity.WARNING, f"{config.output}: {_unapplied(config, self.before, parent)}")

    def _missing(self, created: frozenset[str], store: FileStore) -> frozenset[str]:
        """Return the new files that no cluster applies; raise FluxmarkError for files that one would lose."""
        texts = {**self.texts, **{path: new for path, (_, new) in store.changed().items()}}
        sources = [Source(path, text) for path, text in texts.items() if belongs_to_model(text, _name(path))]
        members = [source.path for source in sources]
        tree = directory_tree(self.package, sources, texts)
        after = Repository(tree, members, checkout=checkout_of(self.package))
        roots = [one.files for one in after.clusters if one.is_root]
        for one in self.before.clusters if roots else ():
            # by what it applies: its name may depend on what else the repository holds
            same = max(roots, key=lambda files: len(files & one.files))
            lost = sorted(one.files - same) if one.is_root else []
            if lost:
                raise FluxmarkError(
                    f"nothing was written: the cluster {one.shown} would no longer apply {', '.join(lost[:5])}; "
                    "choose another `output`"
                )
        applied = {path for one in after.clusters if one.is_root for path in one.files}
        return created - applied

    def _parent(self, output: str) -> str | None:
        """Return the nearest kustomization above a directory that a cluster builds."""
        built = {path for one in self.before.clusters if one.is_root for path in one.directories}
        directory = output
        while directory:
            directory = posixpath.dirname(directory)
            for name in kustomization.NAMES:
                path = posixpath.join(directory, name)
                if path in self.texts:
                    return path if directory in built else None
        return None


def _link(config: ImageAutomation, store: FileStore, parent: str, created: frozenset[str]) -> list[str]:
    """List the output, or its files where it has no kustomization, in the kustomization above it."""
    directory = posixpath.dirname(parent)
    output = posixpath.relpath(config.output, directory or ".")
    whole = any(store.holds(f"{config.output}/{name}") for name in kustomization.NAMES)
    entries = [output] if whole else [f"{output}/{posixpath.basename(path)}" for path in sorted(created)]
    (item,) = store.at(parent)[:1]
    with item.editing() as editor:
        listed = item.find("resources")
        if isinstance(listed, SeqNode) and listed.items:
            for entry in entries:
                editor.append(listed, entry)
        else:
            assert isinstance(item.node, MapNode)
            editor.put(item.node, "resources", entries)
    return entries


def _unapplied(config: ImageAutomation, before: Repository, parent: str | None) -> str:
    known = "" if before.is_complete else ", as far as this repository shows"
    said = f"no cluster applies what is written here{known}, so Flux scans and updates nothing"
    if parent is not None:
        below = posixpath.relpath(config.output, posixpath.dirname(parent) or ".")
        return f"{said}; add {below} to the resources of {parent}, or set `link: true`"
    paths = ", ".join(one.shown for one in before.clusters if one.is_root)
    return f"{said}; set `output` to a directory below {paths}, or add a Flux Kustomization with its path"


def _name(path: str) -> str:
    return posixpath.basename(path)

"""The main job over the items of a ResourceList, and over the files that were not handed over as items."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from fluxmark.errors import FluxmarkError
from fluxmark.fields import holds_whole_images
from fluxmark.fields.gather import gather
from fluxmark.finding import Finding, of_notes, results
from fluxmark.inject.apply import Markings, configured
from fluxmark.inject.generate import generate
from fluxmark.inject.ownership import cluster_of
from fluxmark.inject.resource_store import ListStore
from fluxmark.inject.unmatched_images import nowhere
from krmfn.functions.function import Function
from krmfn.functions.host import Host
from krmfn.resources.resource import PATH
from krmfn.resources.result import Result, Severity
from krmfn.yaml.parser import ScalarNode

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fluxmark.cluster import Repository
    from fluxmark.config import ImageAutomation
    from fluxmark.inject.apply import Marking
    from fluxmark.inject.directory import Injection
    from krmfn.packages.package import Package
    from krmfn.resources.resource import Resource
    from krmfn.resources.resource_list import ResourceList

NO_MOUNT = "no-mount"


class InjectItems(Function):
    """Marks items while they are read, and adds the resources.

    host: what runs the function; None: the items tell. A build of kustomize hands over no comments and keeps none:
    markers are not set. It takes no Kustomization from a function. root: the directory that `files` are in.
    """

    def __init__(self, config: ImageAutomation, *, host: Host | None, root: str) -> None:
        self._config = config
        self._host = host
        self._root = root
        self._marking: Marking | None = configured(config) if host is Host.FILES else None
        self._findings: list[Finding] = []

    @cached_property
    def _package(self) -> Package:
        from krmfn.packages.package import Package  # most runs edit items only

        return Package(self._root)

    def wanted(self, api_version: str, kind: str) -> bool:
        """Look at kinds whose fields the table names, where the configuration alone says what to mark."""
        return self._marking is not None and holds_whole_images(api_version, kind)

    def visit(self, resource: Resource) -> None:
        """Mark an item."""
        assert self._marking is not None
        self._findings += self._marking.mark(resource, _path)

    def process(self, resource_list: ResourceList) -> None:
        """Write the resources, and the markers that had to wait for the package's own policies."""
        is_build = (self._host or Host.of(resource_list)) is Host.BUILD
        if not is_build and not resource_list.items and self._names_directory():
            # nothing was handed over, but a tree is there: it is edited in place, byte for byte
            from fluxmark.inject.directory import inject

            below = [path for path in [self._config.output] if self._package.is_directory(path)]
            resource_list.results += results(self._write(inject(self._package, self._config, below)))
            return
        repository = self._read(resource_list)
        cluster = cluster_of(self._config, repository.clusters)
        store = ListStore(resource_list)
        found = list(generate(self._config, store, cluster, with_kustomization=not is_build))
        if is_build:
            resource_list.results += results(found)
            resource_list.results.append(_no_comments())
            return
        self._mark_others(resource_list, repository)
        assert self._marking is not None
        in_files = [*self._mark_files(resource_list, self._marking)]
        if not any(one.rule == NO_MOUNT for one in in_files):
            texts = {str(number): item.text for number, item in enumerate(resource_list.items)}
            in_files += nowhere(self._config, self._marking, texts)
        resource_list.results += results([*self._findings, *found, *in_files])

    def _mark_others(self, resource_list: ResourceList, repository: Repository) -> None:
        """Mark the items that were not visited, now that the whole list tells what they hold."""
        texts = {str(number): item.text for number, item in enumerate(resource_list.items)}
        visited = self._marking is not None
        markings = Markings(self._config, repository, start=self._marking)
        if markings.all.targets:
            markings = Markings(self._config, repository, gather(texts, self._config.fields), self._marking)
            for number, item in enumerate(resource_list.items):
                seen = visited and holds_whole_images(item.api_version, item.kind)
                marking = markings.of(item.path)
                if not seen and marking.concerns(str(number), texts[str(number)]):
                    self._findings += marking.mark(item, _path)
                    item.release()
        self._marking = markings.all

    def _read(self, resource_list: ResourceList) -> Repository:
        """Return what the items are to Flux; only those that the model needs are read."""
        from fluxmark.cluster.read import is_member, read_items

        return read_items([item for item in resource_list.items if is_member(item)])

    def _mark_files(self, resource_list: ResourceList, marking: Marking) -> Iterable[Finding]:
        """Mark the files that were not handed over as items."""
        if not self._config.files:
            return ()
        from fluxmark.flux.files import matches, named

        items = {item.path for item in resource_list.items}
        elsewhere = [entry for entry in self._config.files if not any(matches(path, entry) for path in items)]
        root = self._package.root
        if elsewhere and next(root.iterdir(), None) is None:
            return [_nothing_mounted(str(root.resolve()), elsewhere)]
        from fluxmark.inject.directory import mark_files

        return self._write(mark_files(self._package, named(self._package, self._config.files, items), marking))

    def _names_directory(self) -> bool:
        return any(self._package.is_directory(path) for path in self._config.files)

    def _write(self, injection: Injection) -> Sequence[Finding]:
        notes = self._package.write({path: new for path, (_, new) in injection.changes.items()})
        return (*injection.findings, *of_notes(notes))


def _nothing_mounted(root: str, files: Sequence[str]) -> Finding:
    return Finding(
        NO_MOUNT,
        Severity.WARNING,
        f"{', '.join(files)}: not edited, because {root} is empty; mount the package there with "
        f"--mount type=bind,src=DIR,dst={root},rw=true --as-current-user, or use `fluxmark inject`",
    )


def _path(item: Resource) -> str:
    """Return an item's file. Raises FluxmarkError if its annotation cannot be a file of the package."""
    path = item.path
    found = None if path else item.find(("metadata", "annotations", PATH))
    if (found is not None and type(found) is not ScalarNode) or path.startswith("/") or ".." in path.split("/"):
        said = repr(path) if path else "no text"
        raise FluxmarkError(f"{item.describe()}: {PATH} is {said}, but must be a path below the repository's root")
    return path


def _no_comments() -> Result:
    return Result(
        "kustomize hands a function no comments and keeps none, so markers were not set; "
        "set them with `fluxmark inject` or `kpt fn eval` [no-comments]",
        Severity.INFO,
        tags={"rule": "no-comments"},
    )

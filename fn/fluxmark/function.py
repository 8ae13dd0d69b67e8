"""fluxmark as a KRM function: a ResourceList in, a ResourceList out."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from fluxmark import config as configuration, places
from fluxmark.config import ImageAutomation
from fluxmark.errors import FluxmarkError
from fluxmark.finding import Finding
from fluxmark.flux_resources import in_items
from fluxmark.inject.directory import inject, mark_files, named
from fluxmark.inject.generate import generate
from fluxmark.inject.marking import Marking, configured, with_package
from fluxmark.inject.store import ListStore
from krmfn.data import to_data
from krmfn.function import Function
from krmfn.node import ScalarNode
from krmfn.package import Package
from krmfn.path import show
from krmfn.resource import PATH
from krmfn.result import Result, Severity
from krmfn.run import LOG_TO_STDERR

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from fluxmark.inject.directory import Injection
    from krmfn.resource import Resource
    from krmfn.resource_list import ResourceList

SEVERITIES = list(Severity)


class Fluxmark(Function):
    """Injects or updates (later also checks), as the functionConfig says.

    kustomize: whether kustomize runs the function: it hands over no comments and keeps none, so markers are not
    set, and it takes no Kustomization from a function. root: the directory that `files` are relative to.
    """

    def __init__(self, *, kustomize: bool | None = None, root: str = ".") -> None:
        self._kustomize = bool(os.environ.get(LOG_TO_STDERR)) if kustomize is None else kustomize
        self._package = Package(root)
        self._config = ImageAutomation()
        self._marking: Marking | None = None
        self._findings: list[Finding] = []

    def configure(self, config: Resource | None) -> None:
        """Read the configuration. Raises ConfigError."""
        self._config = configuration.load(to_data(config.node) if config else None, _where)
        if not self._kustomize and self._config.mode == "Inject":
            self._marking = configured(self._config)

    def wanted(self, api_version: str, kind: str) -> bool:
        """Look at what may have places, where the configuration alone says what to mark."""
        return self._marking is not None and places.matches(api_version, kind)

    def visit(self, resource: Resource) -> None:
        """Mark an item."""
        assert self._marking is not None
        self._findings += self._marking.mark(resource, _path(resource))

    def process(self, resource_list: ResourceList) -> None:
        """Write the resources, and the markers that had to wait for the package's own policies."""
        if self._config.mode == "Update":
            self._update(resource_list)
            return
        if not self._kustomize and not resource_list.items and self._names_directory():
            # nothing was handed over, but a tree is there: it is edited in place, byte for byte
            below = [path for path in [self._config.output] if self._package.is_directory(path)]
            resource_list.results += _results(self._write(inject(self._package, self._config, below)))
            return
        store = ListStore(resource_list)
        found = list(generate(self._config, store, with_kustomization=not self._kustomize))
        if self._kustomize:
            resource_list.results += _results(found)
            resource_list.results.append(_no_comments())
            return
        marking = self._marking
        if marking is None:
            marking = with_package(self._config, in_items(resource_list.items))
            for item in resource_list.items if marking.targets else ():
                if places.matches(item.api_version, item.kind):
                    self._findings += marking.mark(item, _path(item))
                    item.release()
        resource_list.results += _results([*self._findings, *found, *self._mark_files(resource_list, marking)])

    def _update(self, resource_list: ResourceList) -> None:
        """Write the latest images at the markers, which the policies among the items hold in their status."""
        from fluxmark.update.items import update_items

        if self._kustomize:
            resource_list.results.append(_no_comments())
            return
        paths = named(self._package, self._config.files) if self._config.files else []
        texts = {path: self._package.read(path) for path in paths if not any(resource_list.at(path))}
        changed, findings = update_items(resource_list.items, texts)
        self._package.write(changed)
        resource_list.results += _results(findings)

    def _mark_files(self, resource_list: ResourceList, marking: Marking) -> Iterable[Finding]:
        """Mark the files that were not handed over as items."""
        if not self._config.files:
            return ()
        if next(self._package.root.iterdir(), None) is None:
            return [_nothing_mounted(self._package.root.resolve(), self._config.files)]
        paths = named(self._package, self._config.files)
        return self._write(
            mark_files(self._package, [path for path in paths if not any(resource_list.at(path))], marking)
        )

    def _names_directory(self) -> bool:
        return any(self._package.is_directory(path) for path in self._config.files)

    def _write(self, injection: Injection) -> Sequence[Finding]:
        self._package.write({path: new for path, (_, new) in injection.changes.items()})
        return injection.findings


def _nothing_mounted(root: Path, files: Sequence[str]) -> Finding:
    return Finding(
        "no-mount",
        Severity.WARNING,
        f"{', '.join(files)}: not edited, because {root} is empty; mount the package there with "
        f"--mount type=bind,src=DIR,dst={root},rw=true --as-current-user, or use `fluxmark inject`",
    )


def _path(item: Resource) -> str:
    """Return an item's file. Raises FluxmarkError where its annotation cannot be a file of the package."""
    found = item.find(("metadata", "annotations", PATH))
    path = item.path
    if (found is not None and type(found) is not ScalarNode) or path.startswith("/") or ".." in path.split("/"):
        said = repr(path) if path else "no text"
        raise FluxmarkError(f"{item.describe()}: {PATH} is {said}, but has to be a path below the package's root")
    return path


def _results(findings: Iterable[Finding]) -> list[Result]:
    """Return findings as results, the worst first: kpt shows four."""
    return [finding.to_result() for finding in sorted(findings, key=lambda one: SEVERITIES.index(one.severity))]


def _no_comments() -> Result:
    return Result(
        "kustomize hands a function no comments and keeps none, so markers were not set; "
        "set them with `fluxmark inject` or `kpt fn eval` [no-comments]",
        Severity.INFO,
        tags={"rule": "no-comments"},
    )


def _where(path: tuple[Any, ...]) -> str:
    return "functionConfig" + (f".{show(path)}" if path else "")

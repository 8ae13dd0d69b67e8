"""`mode: Check`: the rules over the items of a ResourceList; the findings are its results."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmark.finding import results
from fluxmark.flux_files import named
from fluxmark.rules.engine import run
from fluxmark.schema import FLUX_VERSIONS
from fluxmark.world.read import read_items
from krmfn.function import Function
from krmfn.result import Result, Severity

if TYPE_CHECKING:
    from fluxmark.config import ImageAutomation
    from krmfn.resource_list import ResourceList


class CheckItems(Function):
    """Checks the items, and the files beside them, and changes none; an error fails the function.

    kustomize: whether kustomize runs the function, which hands over no comments: then rules about markers have
    nothing to look at, and one result says so. root: the directory that `files` are relative to.
    """

    def __init__(self, config: ImageAutomation, *, kustomize: bool, root: str) -> None:
        self._config = config
        self._kustomize = kustomize
        self._root = root

    def wanted(self, api_version: str, kind: str) -> bool:
        """Look at nothing while the list is read: rules need all of it."""
        del api_version, kind
        return False

    def _files(self, resource_list: ResourceList) -> dict[str, str]:
        """Return the texts of the files that were not handed over as items."""
        if self._kustomize or not self._config.files:
            return {}
        from krmfn.package import Package

        package = Package(self._root)
        if next(package.root.iterdir(), None) is None:
            return {}  # nothing is mounted, as in `kpt fn render`
        paths = named(package, self._config.files)
        return {path: package.read(path) for path in paths if not any(resource_list.at(path))}

    def process(self, resource_list: ResourceList) -> None:
        """Add the findings as results."""
        flux = self._config.flux_version
        world = read_items(
            resource_list.items,
            self._files(resource_list),
            # the configuration's default is no statement about the Flux that runs
            flux_version=None if flux == FLUX_VERSIONS[-1] else flux,
            has_comments=not self._kustomize,
        )
        resource_list.results += results(run(world))
        if self._kustomize:
            resource_list.results.append(
                Result(
                    "kustomize hands a function no comments, so markers were not checked; "
                    "check them with `fluxmark check` or `kpt fn eval` [no-comments]",
                    Severity.INFO,
                    tags={"rule": "no-comments"},
                )
            )

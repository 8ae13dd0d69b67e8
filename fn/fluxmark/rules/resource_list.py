"""`mode: Check`: the rules over the items of a ResourceList; the findings are its results."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmark.cluster.read import read_items
from fluxmark.finding import results
from fluxmark.flux.files import named
from fluxmark.rules.engine import run
from krmfn.functions.function import Function
from krmfn.functions.host import Host
from krmfn.resources.result import Result, Severity

if TYPE_CHECKING:
    from fluxmark.config import ImageAutomation
    from krmfn.resources.resource_list import ResourceList


class CheckItems(Function):
    """Checks the items, and the files next to them, and changes none; an error fails the function.

    host: what runs the function; None: the items tell. A build of kustomize hands over no comments: then rules
    about markers have nothing to look at, and one result says so. root: the directory that `files` are in.
    """

    def __init__(self, config: ImageAutomation, *, host: Host | None, root: str) -> None:
        self._config = config
        self._host = host
        self._root = root

    def wanted(self, api_version: str, kind: str) -> bool:
        """Look at nothing while the list is read: rules need all of it."""
        del api_version, kind
        return False

    def _files(self, resource_list: ResourceList) -> dict[str, str]:
        """Return the texts of the files that were not handed over as items."""
        if not self._config.files:
            return {}
        from krmfn.packages.package import Package

        package = Package(self._root)
        if next(package.root.iterdir(), None) is None:
            return {}  # nothing is mounted, as in `kpt fn render`
        paths = named(package, self._config.files, {item.path for item in resource_list.items})
        return {path: package.read(path) for path in paths}

    def process(self, resource_list: ResourceList) -> None:
        """Add the findings as results."""
        is_build = (self._host or Host.of(resource_list)) is Host.BUILD
        world = read_items(
            resource_list.items,
            {} if is_build else self._files(resource_list),
            flux_version=self._config.flux_version,
            has_comments=not is_build,
        )
        resource_list.results += results(run(world))
        if is_build:
            resource_list.results.append(
                Result(
                    "kustomize removes comments, so markers were not checked; "
                    "check them with `fluxmark check` or `kpt fn eval` [no-comments]",
                    Severity.INFO,
                    tags={"rule": "no-comments"},
                )
            )

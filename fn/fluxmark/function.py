"""fluxmark as a KRM function: a ResourceList in, a ResourceList out. The configuration says what is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fluxmark.flux.api_groups import GROUP
from fluxmark.modes import MODES
from krmfn.functions.function import Function
from krmfn.functions.host import Host
from krmfn.functions.program import main as run_program
from krmfn.resources.result import Result, Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fluxmark.config import ImageAutomation
    from krmfn.resources.resource import Resource
    from krmfn.resources.resource_list import ResourceList

WRITTEN = {"created", "updated"}
"""The rules under which `inject` says that it wrote a resource."""


class Fluxmark(Function):
    """Injects, checks or updates, as the functionConfig says; without one, marks what the items' policies select.

    host: what runs the function; without it, what hands over the list tells. root: the directory that `files` are
    relative to.
    """

    def __init__(self, *, host: Host | None = None, root: str = ".") -> None:
        self._host = host
        self._root = root
        self._job: Function | None = None
        self._note = ""

    def configure(self, config: Resource | None) -> None:
        """Read the configuration. Raises ConfigError."""
        if config is not None:
            from fluxmark.config import ConfigError, load
            from fluxmark.flux.releases import note
            from fluxmark.mapping_file import duplicate_key
            from krmfn.yaml.data import to_data

            self._host = self._host or Host.of_config(config)
            if (again := duplicate_key(config.node)) is not None:
                raise ConfigError([f"functionConfig: the key {again.value!r} is in a mapping twice; remove one"])
            found = load(to_data(config.node), _where)
            self._note = note(found.flux_version)
            self._job = self._start(found)

    def wanted(self, api_version: str, kind: str) -> bool:
        """Look at what the job looks at."""
        return self._job is not None and self._job.wanted(api_version, kind)

    def visit(self, resource: Resource) -> None:
        """Do the job on an item."""
        assert self._job is not None
        self._job.visit(resource)

    def process(self, resource_list: ResourceList) -> None:
        """Do the rest of the job; without a configuration there is one only where items hold policies."""
        if self._job is None and any(item.api_version.startswith(f"{GROUP}/") for item in resource_list.items):
            from fluxmark.config import ImageAutomation

            self._job = self._start(ImageAutomation())
        if self._job is not None:
            self._job.process(resource_list)
            if self._note:
                resource_list.results.append(Result(f"{self._note} [flux-version]", Severity.INFO))
            host = self._host or Host.of(resource_list)
            if host is Host.FILES and WRITTEN & {result.tags.get("rule") for result in resource_list.results}:
                resource_list.results += _checked(resource_list)

    def _start(self, config: ImageAutomation) -> Function:
        """Return the function of a configuration's mode, and import no other."""
        from importlib import import_module

        module, _, name = MODES[config.mode].partition(":")
        mode = getattr(import_module(module), name)
        job: Function = mode(config, host=self._host, root=self._root)
        return job


def main(arguments: Sequence[str] = ()) -> int:
    """Run the function: on standard input and output, or as its arguments say; return the exit status."""
    docs = None
    if arguments:
        from pathlib import Path

        docs = Path(__file__).parent
    return run_program(Fluxmark(), docs=docs, argv=arguments, prog="fluxmark fn" if arguments else "fluxmark")


def _checked(resource_list: ResourceList) -> list[Result]:
    """Return what `check` finds wrong with Flux's resources, as they are written now.

    Markers are what was just set, so the workloads, of which there may be thousands, are not read again.
    """
    from dataclasses import replace

    from fluxmark.cluster.read import read_items
    from fluxmark.finding import results
    from fluxmark.rules.engine import run as run_rules

    flux = [item for item in resource_list.items if item.api_version.startswith(f"{GROUP}/")]
    found = [one for one in run_rules(read_items(flux)) if one.severity is not Severity.INFO]
    # an error would fail the function, and a resource that was wrong before is no reason to write nothing
    return results([replace(one, severity=Severity.WARNING) for one in found])


def _where(path: tuple[Any, ...]) -> str:
    from krmfn.yaml.path import show

    return "functionConfig" + (f".{show(path)}" if path else "")

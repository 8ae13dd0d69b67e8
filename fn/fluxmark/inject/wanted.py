"""The custom resources that a configuration asks for, as data."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fluxmark.flux import schema
from fluxmark.flux.api_groups import POLICY, REPOSITORY
from fluxmark.flux.schema.order import in_order
from fluxmark.inject import resources
from fluxmark.inject.adopt import repository_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.cluster import Cluster
    from fluxmark.config import ImageAutomation


@dataclass(frozen=True, slots=True)
class Wanted:
    """A resource. data: all of it, with defaults. configured: what of it the configuration says.

    file: the path of the file that it goes to if it is new, header: the comment at the start of that file.
    """

    data: dict[str, Any]
    configured: dict[str, Any]
    file: str
    header: str

    @property
    def kind(self) -> str:
        """Its kind."""
        return str(self.data["kind"])

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.data["metadata"]["name"])


def wanted(config: ImageAutomation, cluster: Cluster | None) -> Iterator[Wanted]:
    """Yield the resources by file; an image that is scanned already gets no repository of its own."""
    names = repository_names(config, cluster)
    for module in resources.KINDS:
        configured = dict(module.build(config, defaults=False))
        for name, spec in module.build(config):
            if module.KIND == REPOSITORY and names[name] != name:
                continue
            both = [spec, configured[name]]
            if module.KIND == POLICY:
                ref = {**spec["imageRepositoryRef"], "name": names[name]}
                both = [{**one, "imageRepositoryRef": ref} for one in both]
            data = {
                "apiVersion": schema.api_version(module.KIND, config.flux),
                "kind": module.KIND,
                "metadata": {"name": name, "namespace": config.namespace},
                "spec": in_order(module.KIND, both[0]),
            }
            yield Wanted(data, {**data, "spec": both[1]}, in_output(config, module.FILE), module.HEADER)


def in_output(config: ImageAutomation, file: str) -> str:
    """Return the path of a file in the output directory."""
    return posixpath.normpath(posixpath.join(config.output, file))

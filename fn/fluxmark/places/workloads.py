"""Workloads: the `image` of every container and init container of what Kubernetes runs.

Ephemeral containers are not among them: they are no part of a manifest.
Source: the PodSpec of Kubernetes' API, https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmark.places.place import Place, place
from krmfn.node import MapNode, SeqNode, find as find_node, follow

if TYPE_CHECKING:
    from collections.abc import Iterator

_TEMPLATE = ("spec", "template", "spec")
# where the PodSpec of a kind stands, and which API groups the kind belongs to
POD_SPECS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "Pod": (("spec",), ("",)),
    "PodTemplate": (("template", "spec"), ("",)),
    "ReplicationController": (_TEMPLATE, ("",)),
    "Deployment": (_TEMPLATE, ("apps", "extensions")),
    "StatefulSet": (_TEMPLATE, ("apps",)),
    "DaemonSet": (_TEMPLATE, ("apps", "extensions")),
    "ReplicaSet": (_TEMPLATE, ("apps", "extensions")),
    "Job": (_TEMPLATE, ("batch",)),
    "CronJob": (("spec", "jobTemplate", *_TEMPLATE), ("batch",)),
}
CONTAINERS = ("initContainers", "containers")


def matches(api_version: str, kind: str) -> bool:
    """Tell whether this is a workload."""
    found = POD_SPECS.get(kind)
    return found is not None and api_version.rpartition("/")[0] in found[1]


def find(root: MapNode, api_version: str, kind: str) -> Iterator[Place]:
    """Yield the images of a workload."""
    del api_version
    path = POD_SPECS[kind][0]
    pod = find_node(root, path)
    if not isinstance(pod, MapNode):
        return
    for name in CONTAINERS:
        containers = pod.get(name)
        if not isinstance(containers, SeqNode):
            continue
        for index, item in enumerate(containers.items):
            container = follow(item)
            if not isinstance(container, MapNode):
                continue
            if found := place(container, "image", (*path, name, index, "image")):
                yield found

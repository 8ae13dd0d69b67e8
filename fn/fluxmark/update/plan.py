"""What each ImageUpdateAutomation writes: the latest images of its policies, in the files below its path."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fluxmark.cluster.automation import Origin, Scope, is_below
from fluxmark.cluster.obstacles import of_automation
from fluxmark.finding import Finding
from krmfn.resources.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from fluxmark.cluster.cluster import Cluster
    from fluxmark.flux.latest_image import LatestImage

Latest = dict[str, dict[str, "LatestImage"]]
"""The latest images by the name of the cluster, and by policy (`namespace:name`)."""


@dataclass(frozen=True, slots=True)
class Work:
    """One automation's work.

    cluster: its name. name: namespace and name of the automation, both empty if the cluster holds none. path:
    below which files are updated, relative to the repository's root and normalised, '' for everything; latest: the
    latest images that it may write; template, values: of its commit message. obstacle: what keeps Flux
    from running it at all, '' if nothing does.
    """

    cluster: str = ""
    name: tuple[str, str] = ("", "")
    path: str = ""
    latest: Mapping[str, LatestImage] = field(default_factory=dict)
    template: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    obstacle: str = ""

    def covers(self, path: str) -> bool:
        """Tell whether a file is updated."""
        return is_below(path, self.path)

    def relative(self, path: str) -> str:
        """Return a covered file's path as this automation's commit message knows it."""
        if not self.path:
            return path
        return posixpath.basename(path) if path == self.path else path.removeprefix(f"{self.path}/")


def work_of(
    clusters: Sequence[Cluster], latest: Latest, *, any_namespace: bool = False
) -> tuple[list[Work], list[Finding]]:
    """Return what the automations of all clusters write, and why some write nothing.

    Without any automation, all policies count: everywhere, or below the directory of each of several clusters.
    any_namespace: whether the policies of all namespaces count, which Flux does not do.
    """
    clusters = [cluster for cluster in clusters if cluster.image_resources]
    if not any(cluster.automations for cluster in clusters):
        return list(_without_automation(clusters, latest)), [
            Finding(
                "no-automation",
                Severity.INFO,
                "no ImageUpdateAutomation found: updating from every policy, in every file"
                if len(clusters) < 2
                else "no ImageUpdateAutomation found: updating the files of each cluster from its policies",
            )
        ]
    found = []
    findings = []
    for cluster in clusters:
        if not cluster.automations and cluster.policies:
            message = (
                f"cluster {cluster.shown}: skipped: it has no ImageUpdateAutomation, so Flux writes nothing there"
            )
            findings.append(Finding("no-automation", Severity.INFO, message))
        for scope in cluster.scopes:
            reason = _skipped(scope)
            if reason is not None:
                findings.append(reason)
            else:
                found.append(_work(scope, latest.get(cluster.name, {}), any_namespace=any_namespace))
    return found, findings


def _without_automation(clusters: Sequence[Cluster], latest: Latest) -> Iterator[Work]:
    if len(clusters) < 2:
        yield Work(latest=next(iter(latest.values()), {}))
        return
    for cluster in clusters:
        yield Work(cluster.name, path=cluster.name, latest=latest.get(cluster.name, {}))


def _skipped(scope: Scope) -> Finding | None:
    """Return why an automation writes nothing in this repository; None if it may write."""
    if scope.is_suspended:
        return _said(scope, "suspended", "skipped: it is suspended, so Flux writes nothing for it", Severity.INFO)
    if scope.origin is Origin.OTHER:
        url = scope.source.get("spec", "url") if scope.source else ""
        return _said(scope, "other-repository", f"skipped: it updates another repository, {url}", Severity.INFO)
    if scope.selects is None:
        return _said(scope, "policy-selector", scope.selector_error, Severity.WARNING)
    if scope.path is None:
        path = scope.automation.get("spec", "update", "path")
        message = f"skipped: its update.path is {path}, and Flux fills in the rest in the cluster"
        return _said(scope, "update-path", message, Severity.WARNING)
    return None


def _work(scope: Scope, latest: Mapping[str, LatestImage], *, any_namespace: bool) -> Work:
    taken = {policy.id for policy in scope.policies}
    known = {policy.id for policy in scope.cluster.policies}
    everything = scope.selects is not None and not scope.selects.requirements
    allowed = {
        policy: image
        for policy, image in latest.items()
        if policy in taken
        # the latest image of a policy that the repository does not hold may be named on the command line
        or (everything and policy not in known and (any_namespace or policy.partition(":")[0] == scope.namespace))
        or (any_namespace and everything)
    }
    git = scope.automation.get("spec", "git", "commit", "messageTemplate")
    return Work(
        scope.cluster.name,
        (scope.namespace, scope.automation.name),
        scope.path or "",
        allowed,
        git if isinstance(git, str) else "",
        _strings(scope.automation.get("spec", "git", "commit", "messageTemplateValues")),
        of_automation(scope),
    )


def _strings(data: Any) -> dict[str, str]:
    return {str(key): str(value) for key, value in data.items()} if isinstance(data, dict) else {}


def _said(scope: Scope, rule: str, message: str, severity: Severity) -> Finding:
    automation = scope.automation
    return Finding(rule, severity, f"{automation.where}: {automation.kind} {automation.id}: {message}")

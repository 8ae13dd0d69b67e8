"""What each ImageUpdateAutomation updates: which policies' images, in which files.

Source: image-automation-controller 1.2, `internal/controller/imageupdateautomation_controller.go` (getPolicies):
the policies of its own namespace that `policySelector` selects; `update.path` is joined to the repository's root
and cannot leave it.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fluxmark.finding import Finding
from fluxmark.flux_resources import AUTOMATION, POLICY, FluxResource, FluxResources
from fluxmark.update.selector import SelectorError, selector
from krmfn.result import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fluxmark.latest import LatestImage

DEFAULT_NAMESPACE = "flux-system"
"""Taken for the namespace of a resource that names none: where Flux puts its own."""


@dataclass(frozen=True, slots=True)
class Scope:
    """One automation's work. name: namespace and name, both empty where the package holds no automation.

    path: below which files are updated, relative to the root and normalised, '' for everything; latest: the latest
    images that it may write; template, values: of its commit message.
    """

    name: tuple[str, str] = ("", "")
    path: str = ""
    latest: Mapping[str, LatestImage] = field(default_factory=dict)
    template: str = ""
    values: Mapping[str, str] = field(default_factory=dict)

    def covers(self, path: str) -> bool:
        """Tell whether a file is updated."""
        return not self.path or path == self.path or path.startswith(f"{self.path}/")

    def relative(self, path: str) -> str:
        """Return a covered file's path as this automation's commit message knows it."""
        if not self.path:
            return path
        return posixpath.basename(path) if path == self.path else path.removeprefix(f"{self.path}/")


def scopes(
    resources: FluxResources, latest: Mapping[str, LatestImage], *, any_namespace: bool = False
) -> tuple[list[Scope], list[Finding]]:
    """Return what every automation of a package updates; without any, one scope of everything.

    any_namespace: whether the policies of all namespaces count, which Flux does not do.
    """
    automations = resources.all(AUTOMATION)
    if not automations:
        said = Finding(
            "no-automation",
            Severity.INFO,
            "there is no ImageUpdateAutomation here: every policy counts, and every file",
        )
        return [Scope(latest=latest)], [said]
    found = []
    findings = []
    for automation in automations:
        scope = _scope(automation, resources, latest, any_namespace=any_namespace)
        if isinstance(scope, Scope):
            found.append(scope)
        else:
            findings.append(scope)
    return found, findings


def namespaced(policy: FluxResource) -> str:
    """Return a policy as markers name it."""
    return f"{policy.namespace or DEFAULT_NAMESPACE}:{policy.name}"


def _scope(
    automation: FluxResource,
    resources: FluxResources,
    latest: Mapping[str, LatestImage],
    *,
    any_namespace: bool,
) -> Scope | Finding:
    if automation.get("spec", "suspend") is True:
        return _left(automation, "suspended", "suspended, so Flux updates nothing for it", Severity.INFO)
    namespace = automation.namespace or DEFAULT_NAMESPACE
    path = automation.get("spec", "update", "path")
    try:
        selects = selector(automation.get("spec", "policySelector"))
    except SelectorError as error:
        return _left(automation, "policy-selector", f"failed to parse policy selector: {error}", Severity.WARNING)
    labels = {namespaced(policy): _texts(policy.get("metadata", "labels")) for policy in resources.all(POLICY)}
    allowed = {
        policy: image
        for policy, image in latest.items()
        if (any_namespace or policy.partition(":")[0] == namespace)
        and (not selects.requirements or (policy in labels and selects.selects(labels[policy])))
    }
    template = automation.get("spec", "git", "commit", "messageTemplate")
    return Scope(
        (namespace, automation.name),
        _normal(path) if isinstance(path, str) else "",
        allowed,
        template if isinstance(template, str) else "",
        _texts(automation.get("spec", "git", "commit", "messageTemplateValues")),
    )


def _normal(path: str) -> str:
    """Return a path relative to the root; `..` stops there."""
    return posixpath.normpath(f"/{path}").lstrip("/")


def _texts(data: Any) -> dict[str, str]:
    return {str(key): str(value) for key, value in data.items()} if isinstance(data, dict) else {}


def _left(automation: FluxResource, rule: str, message: str, severity: Severity) -> Finding:
    return Finding(rule, severity, f"{automation.where}: {automation.kind} {automation.id}: {message}")

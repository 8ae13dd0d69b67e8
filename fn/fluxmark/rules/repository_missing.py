"""A policy refers to an ImageRepository that does not exist.

The policy then waits (`DependencyNotReady`) and selects nothing. The rule speaks only where the package has other
repositories of that namespace.

Fails:
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImagePolicy
    metadata: {name: app, namespace: flux-system}
    spec:
      imageRepositoryRef: {name: apps}
      policy: {semver: {range: '>=1.0.0'}}

Passes:
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImagePolicy
    metadata: {name: app, namespace: flux-system}
    spec:
      imageRepositoryRef: {name: app}
      policy: {semver: {range: '>=1.0.0'}}

Fix: correct the name, or write the ImageRepository.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmark.rules.policies import final_policies
from fluxmark.schema.nearest import nearest
from fluxmark.world.manifest import is_templated
from krmfn.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.finding import Finding
    from fluxmark.world import World

ID: Final = "repository-missing"
SEVERITY: Final = Severity.ERROR


def check(world: World) -> Iterator[Finding]:
    """Yield the policies whose repository is missing."""
    if world.has_templates:
        return
    for policy in final_policies(world):
        name = policy.text("spec", "imageRepositoryRef", "name")
        namespace = policy.text("spec", "imageRepositoryRef", "namespace") or world.namespace(policy)
        if not name or is_templated(name + namespace):
            continue
        if any(world.may_be(one, namespace, name) for one in world.repositories):
            continue
        names = [one.name for one in world.repositories if world.namespace(one) in (namespace, "")]
        elsewhere = [world.namespace(one) for one in world.repositories if one.name == name]
        if not names and not elsewhere:
            continue
        close = nearest(name, names)
        hint = (
            f"one of that name is in the namespace {elsewhere[0]}: write namespace: {elsewhere[0]} beside the name"
            if elsewhere
            else f"did you mean {close[0]}?"
            if close
            else "write the ImageRepository"
        )
        yield policy.report(
            ID,
            SEVERITY,
            ("spec", "imageRepositoryRef", "name"),
            f"this policy selects nothing: there is no ImageRepository {namespace}/{name}; {hint}",
        )

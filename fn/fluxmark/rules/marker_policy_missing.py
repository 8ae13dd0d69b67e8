"""A marker names a policy that does not exist.

Flux loads the policies of the automation's namespace and looks the marker's name up among them. A name that is not
there is skipped without a word. The rule reports only where the repository has other policies of that namespace,
and, where something that a cluster applies is not in the repository, only names that are likely to be meant. Where
a program in the repository writes ImagePolicies (Jsonnet, CUE, Terraform), it reports all such markers once, as an
info.

Fails:
    image: example.com/app:1.0.0 # {"$imagepolicy": "flux-system:ap"}
    ---
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImagePolicy
    metadata: {name: app, namespace: flux-system}
    spec:
      imageRepositoryRef: {name: app}
      policy: {semver: {range: '>=1.0.0'}}

Passes:
    image: example.com/app:1.0.0 # {"$imagepolicy": "flux-system:app"}
    ---
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImagePolicy
    metadata: {name: app, namespace: flux-system}
    spec:
      imageRepositoryRef: {name: app}
      policy: {semver: {range: '>=1.0.0'}}

Fix: correct the name or the namespace in the marker, or write the policy (`fluxmark inject`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmark.flux.schema.did_you_mean import nearest
from fluxmark.rules.policies import may_be
from krmfn.resources.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fluxmark.cluster import Repository
    from fluxmark.finding import Finding
    from fluxmark.flux.marker import Setter

ID: Final = "marker-policy-missing"
SEVERITY: Final = Severity.ERROR


def check(world: Repository) -> Iterator[Finding]:
    """Yield the markers whose policy is missing."""
    if world.has_templates:
        return
    for marker in world.markers:
        setter = marker.setter
        if setter is None or not marker.works or _is_known(world, setter):
            continue
        names = [policy.name for policy in world.policies if policy.namespace == setter.namespace]
        elsewhere = [policy.namespace for policy in world.policies if policy.name == setter.policy]
        if not names and not elsewhere:
            continue  # its policies are kept somewhere else
        close = nearest(setter.policy, names, few=max(1, len(setter.policy) // 5))
        if not (world.is_complete or close or elsewhere):
            continue
        generated = world.generators[0] if world.generators else ""
        what = f"there is no ImagePolicy {setter.namespace}/{setter.policy}"
        yield marker.source.finding(
            ID,
            Severity.INFO if generated else SEVERITY,
            marker.setter_span,
            f"{what} here; {generated} may generate it, in which case ignore this rule for the file"
            if generated
            else f"Flux ignores this marker: {what}; {_advice(setter, close, elsewhere)}",
            tags={"policy": "" if generated else setter.key},
            resource=marker.manifest.ref if marker.manifest else None,
            path=marker.path,
            current=marker.comment.text,
        )


def _is_known(world: Repository, setter: Setter) -> bool:
    """Tell whether the policy exists in some cluster, or may come from what is not known here."""
    return any(may_be(policy, setter.namespace, setter.policy) for policy in world.policies)


def _advice(setter: Setter, close: Sequence[str], elsewhere: list[str]) -> str:
    if elsewhere:
        return f"one of that name is in the namespace {elsewhere[0]}: write {elsewhere[0]}:{setter.policy}"
    return f"did you mean {close[0]}?" if close else "write the policy, or remove the marker"

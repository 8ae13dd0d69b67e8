"""kustomize refuses to build a kustomization, or Flux a Kustomization's path.

Nothing that the kustomization lists is then applied; the cluster keeps what it has, without a sign in Git.
Reported are resources that are missing or given twice, paths that leave the repository, circles of kustomizations,
patches without a target, and `spec.path` of a Flux Kustomization where this repository has no such directory. For
a kustomization without image resources and markers that no known cluster applies it is information only.

Fails:
    # file: flux/kustomization.yaml
    apiVersion: kustomize.config.k8s.io/v1beta1
    kind: Kustomization
    resources: [policy.yml]
    # file: flux/policy.yaml
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImagePolicy
    metadata: {name: app, namespace: flux-system}
    spec:
      imageRepositoryRef: {name: app}
      policy: {semver: {range: '>=1.0.0'}}

Passes:
    # file: flux/kustomization.yaml
    apiVersion: kustomize.config.k8s.io/v1beta1
    kind: Kustomization
    resources: [policy.yaml]
    # file: flux/policy.yaml
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImagePolicy
    metadata: {name: app, namespace: flux-system}
    spec:
      imageRepositoryRef: {name: app}
      policy: {semver: {range: '>=1.0.0'}}

Fix: correct the path, or remove the entry.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from krmfn.resources.result import Severity
from krmfn.yaml.scalar import is_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.cluster import Repository
    from fluxmark.finding import Finding

ID: Final = "kustomize-build"
SEVERITY: Final = Severity.ERROR


def check(world: Repository) -> Iterator[Finding]:
    """Yield what keeps a kustomization from being built."""
    # marker-value reports the numbers that kustomize refuses until Flux writes them in quotes
    numbers = {
        (id(marker.source), marker.node.start)
        for marker in world.markers
        if marker.node is not None and marker.works and not marker.node.style and not is_text(marker.node.value)
    }
    severities = ((SEVERITY, world.model.problems), (Severity.INFO, world.model.asides))
    for severity, problem in ((severity, problem) for severity, problems in severities for problem in problems):
        source, start = world.tree.locate(problem.file, problem.start)
        if source is None or (id(source), start) in numbers:
            continue
        other = ""
        if problem.other is not None and problem.other.start >= 0:
            second, offset = world.tree.locate(problem.other.file, problem.other.start)
            if second is not None:
                other = f"; the other one is in {second.path}:{second.lines.position(offset).line}"
        yield source.finding(
            ID,
            severity,
            (start, start + max(problem.end - problem.start, 0)),
            f"nothing of this is applied: {problem.message}{other}",
        )

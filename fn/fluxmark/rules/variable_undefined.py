"""Flux substitutes a `${…}` that is meant for the image controllers.

Below a Flux Kustomization with `postBuild` variables, Flux replaces every `${name}` in `extract`, `pattern` and
`messageTemplate` before it applies the resource. A variable that the Kustomization does not define fails all of it
since Flux 2.9 (`variable not set`), and becomes an empty text before.

Fails:
    # file: sync.yaml
    apiVersion: kustomize.toolkit.fluxcd.io/v1
    kind: Kustomization
    metadata: {name: flux-system, namespace: flux-system}
    spec:
      interval: 10m0s
      path: ./
      prune: true
      sourceRef: {kind: GitRepository, name: flux-system}
      postBuild: {substitute: {domain: example.com}}
    # file: policy.yaml
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImagePolicy
    metadata: {name: app, namespace: flux-system}
    spec:
      imageRepositoryRef: {name: app}
      filterTags: {pattern: '^main-(?P<ts>[0-9]+)$', extract: '${ts}'}
      policy: {numerical: {order: asc}}

Passes:
    # file: sync.yaml
    apiVersion: kustomize.toolkit.fluxcd.io/v1
    kind: Kustomization
    metadata: {name: flux-system, namespace: flux-system}
    spec:
      interval: 10m0s
      path: ./
      prune: true
      sourceRef: {kind: GitRepository, name: flux-system}
      postBuild: {substitute: {domain: example.com}}
    # file: policy.yaml
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImagePolicy
    metadata: {name: app, namespace: flux-system}
    spec:
      imageRepositoryRef: {name: app}
      filterTags: {pattern: '^main-(?P<ts>[0-9]+)$', extract: '$ts'}
      policy: {numerical: {order: asc}}

Fix: write `$name` in `extract`, or `$${name}` anywhere, which Flux makes `${name}` of.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Final

from fluxmark.finding import Fix
from fluxmark.flux.releases import at_least
from krmfn.resources.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fluxmark.cluster import Repository
    from fluxmark.finding import Finding
    from krmfn.yaml.edit import Editor
    from krmfn.yaml.parser import ScalarNode

ID: Final = "variable-undefined"
SEVERITY: Final = Severity.ERROR

_EXTRACT: Final = ("spec", "filterTags", "extract")
_FIELDS: Final = {
    "ImagePolicy": (_EXTRACT, ("spec", "filterTags", "pattern")),
    "ImageUpdateAutomation": (("spec", "git", "commit", "messageTemplate"),),
}
_VARIABLE: Final = re.compile(r"(?<!\$)\$\{(?P<name>[A-Za-z0-9_]+)\}(?=(?P<next>[A-Za-z0-9_]?))")
_STRICT: Final = "2.9"
"""The first Flux with kustomize-controller 1.9, where StrictPostBuildSubstitutions is on by default."""


def check(world: Repository) -> Iterator[Finding]:
    """Yield the fields in which Flux replaces a variable that nothing defines."""
    flux = world.flux_version
    is_strict = flux is None or at_least(flux, _STRICT)
    then = "the whole Kustomization fails" if is_strict else "nothing is put in its place"
    for one in world.image_resources:
        for path in _FIELDS.get(one.kind, ()):
            node = one.scalar(*path)
            if node is None:
                continue
            found = [match for match in _VARIABLE.finditer(node.value) if match["name"] in one.undefined]
            if not found:
                continue
            escaped = partial(_escaped, undefined=one.undefined, is_extract=path == _EXTRACT)
            first = found[0]
            variable = f"${{{first['name']}}}"
            right = _VARIABLE.sub(escaped, node.value)
            yield one.report(
                ID,
                SEVERITY if is_strict else Severity.WARNING,
                path,
                f"Flux substitutes {variable} before it applies this resource, and its Kustomization's postBuild "
                f"defines no {first['name']}, so {then}; write {escaped(first)}",
                piece=(first.start(), len(variable)),
                proposed=right,
                fix=_fix(node, right),
            )


def _escaped(match: re.Match[str], undefined: Sequence[str], *, is_extract: bool) -> str:
    """Return a variable as Flux leaves it to the image controllers."""
    if match["name"] not in undefined:
        return match[0]
    # to a policy `$ts` is the same, unless a letter, digit or underscore follows
    if is_extract and not match["next"]:
        return f"${match['name']}"
    return f"${match[0]}"


def _fix(node: ScalarNode, right: str) -> Fix:
    def apply(editor: Editor) -> None:
        editor.set_value(node, right)

    return Fix(f"write {right}", apply)

"""A resource looks like one of Flux's image resources, but has another group, kind or apiVersion.

The API server has no such kind (`no matches for kind`), so the whole Kustomization fails; nothing that refers to
the resource finds it. The usual cases are the group of sources (`source.toolkit.fluxcd.io`), a plural
(`ImagePolicies`), and a missing `apiVersion`.

Fails:
    apiVersion: source.toolkit.fluxcd.io/v1
    kind: ImageRepository
    metadata: {name: app, namespace: flux-system}
    spec: {image: example.com/app, interval: 5m0s}

Passes:
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImageRepository
    metadata: {name: app, namespace: flux-system}
    spec: {image: example.com/app, interval: 5m0s}

Fix: write the apiVersion and the kind that the message names.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from fluxmark.flux import schema
from fluxmark.flux.api_groups import GROUP
from fluxmark.flux.releases import NEWEST_FLUX
from fluxmark.flux.schema.did_you_mean import nearest
from fluxmark.flux.schema.versions import KINDS
from krmfn.resources.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.cluster import Manifest, Repository
    from fluxmark.finding import Finding

ID: Final = "resource-kind"
SEVERITY: Final = Severity.ERROR

_WORDS: Final = ("ImageRepos", "ImagePolic", "ImageUpdate")
_KIND: Final = re.compile(rf"""^["']?kind["']?:[ \t]*["']?(?:{"|".join(_WORDS)})""", re.MULTILINE)
_PLURALS: Final = {
    "ImageRepositories": "ImageRepository",
    "ImagePolicies": "ImagePolicy",
    "ImageUpdateAutomations": "ImageUpdateAutomation",
}
_FLUX: Final = ".toolkit.fluxcd.io"


def check(world: Repository) -> Iterator[Finding]:
    """Yield the resources that no Flux serves, and that are meant as image resources."""
    for source in world.sources_with(_concerns):
        for one in world.manifests_in(source):
            if not one.is_template and (wrong := _wrong(one)):
                yield _finding(one, *wrong, flux=world.flux_version or NEWEST_FLUX)


def _concerns(_path: str, text: str) -> bool:
    # searching for a word takes a tenth of the time that the expression takes
    return GROUP in text or (any(word in text for word in _WORDS) and _KIND.search(text) is not None)


def _wrong(one: Manifest) -> tuple[str, str] | None:
    """Return the field at fault, and the kind that is meant; None for a resource that is right, or another's."""
    if one.group == GROUP:
        if one.kind in KINDS or not one.kind:
            return None
        return "kind", _meant(one.kind)
    meant = one.kind if one.kind in KINDS else _PLURALS.get(one.kind, "")
    # others have kinds of these names, too: config.openshift.io, policy.sigstore.dev
    if meant and (one.group == "" or one.group.endswith(_FLUX) or nearest(one.group, [GROUP])):
        return "apiVersion", meant
    return None


def _meant(kind: str) -> str:
    return _PLURALS.get(kind) or next(iter(nearest(kind, KINDS)), "")


def _finding(one: Manifest, field: str, meant: str, *, flux: str) -> Finding:
    if field == "kind":
        write = f"write kind: {meant}" if meant else f"its kinds are {', '.join(KINDS)}"
        return one.report(
            ID, SEVERITY, ("kind",), f"{GROUP} has no kind {one.kind}; {write}", proposed=meant or None
        )
    right = schema.api_version(meant, flux)
    also = f", kind: {meant}" if meant != one.kind else ""
    if not one.api_version:
        return one.report(
            ID, SEVERITY, ("kind",), f"this {one.kind} has no apiVersion; write apiVersion: {right}{also}"
        )
    message = f"{one.api_version} has no kind {one.kind}; write apiVersion: {right}{also}"
    return one.report(ID, SEVERITY, ("apiVersion",), message, proposed=right)

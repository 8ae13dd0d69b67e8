"""A marker's suffix does not match its field.

Flux replaces the whole value by what the marker names: without a suffix by `name:tag[@digest]`, with `:tag`,
`:name` or `:digest` by that part. It does not look at the field. A full image in `newTag` breaks the build of the
kustomization, a bare tag in `image` breaks the pod, and the commit that does it looks like any other.

Fails:
    apiVersion: kustomize.config.k8s.io/v1beta1
    kind: Kustomization
    images:
      - name: example.com/app
        newTag: 1.0.0 # {"$imagepolicy": "flux-system:app"}

Passes:
    apiVersion: kustomize.config.k8s.io/v1beta1
    kind: Kustomization
    images:
      - name: example.com/app
        newTag: 1.0.0 # {"$imagepolicy": "flux-system:app:tag"}

Fix: write the suffix that the message names; `--fix` adds one that is missing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmark import image
from fluxmark.cluster import Spot
from fluxmark.fields.names import DIGEST_KEYS, OTHER_TAG_KEYS, TAG_KEYS, plain
from fluxmark.finding import Fix
from fluxmark.flux import marker as markers
from fluxmark.flux.marker import Setter
from fluxmark.flux.marker.surroundings import holds_more
from krmfn.resources.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.cluster import Marker, Repository
    from fluxmark.finding import Finding
    from krmfn.yaml.edit import Editor

ID: Final = "marker-suffix"
SEVERITY: Final = Severity.ERROR

_TAGS = (*TAG_KEYS, *OTHER_TAG_KEYS)
_NAMES = ("newname", "repository", "imagerepository")
_WRITES = {
    "": "the whole image",
    "tag": "the tag alone",
    "name": "the name without a tag",
    "digest": "the digest alone",
}


def check(world: Repository) -> Iterator[Finding]:
    """Yield the markers whose suffix contradicts the field's name and its value."""
    for marker in world.markers:
        setter, node = marker.setter, marker.node
        if setter is None or node is None or not marker.works:
            continue
        if image.templating(node.value) or holds_more(node.value):
            continue  # marker-whole-value reports the latter
        wanted = wanted_suffix(marker.key, node.value, setter.suffix)
        if wanted is None or wanted == setter.suffix:
            continue
        right = Setter(setter.namespace, setter.policy, wanted)
        yield marker.source.finding(
            ID,
            SEVERITY,
            marker.setter_span,
            f"Flux would write {_WRITES[setter.suffix]} to {marker.key or 'this item'}, which holds "
            f"{node.value!r}; write {right}",
            resource=marker.manifest.ref if marker.manifest else None,
            path=marker.path,
            current=str(setter),
            proposed=str(right),
            fix=_fix(marker, right) if not setter.suffix else None,
        )


def wanted_suffix(key: str, value: str, suffix: str) -> str | None:
    """Return the suffix that a field asks for; None if neither its name nor its value says."""
    name = plain(key)
    is_path = "/" in value
    has_tag = ":" in value.rpartition("/")[2] and not value.startswith("sha256:")
    if suffix == "":
        if is_path and has_tag:
            return ""
        if name in DIGEST_KEYS or value.startswith("sha256:"):
            return "digest"
        if name in _NAMES:
            return "name"
        is_tag = name in _TAGS or name.endswith("tag")
        return "tag" if is_tag and not is_path and not has_tag else None
    if name == "image" and (is_path or has_tag):
        return "name" if suffix == "name" and not has_tag else ""
    if is_path and has_tag:
        return ""
    if suffix == "tag" and is_path:
        return "name"
    if suffix == "name" and name in _TAGS and not is_path:
        return "tag"
    if suffix == "digest" and name in (*_TAGS, *_NAMES):
        return "tag" if name in _TAGS else "name"
    return None


def _fix(marker: Marker, right: Setter) -> Fix | None:
    node = marker.node
    if node is None or marker.spot is not Spot.VALUE:
        return None

    def apply(editor: Editor) -> None:
        editor.set_line_comment(node, markers.render(right))

    return Fix(f"write {markers.render(right)}", apply)

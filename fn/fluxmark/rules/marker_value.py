"""A marked value is not text, and Flux writes a broken one in its place.

Flux keeps the YAML type of the old value. Where that is an unquoted number, date, boolean or null and the new tag
is none, it writes `newTag: !!float 1.2.0`, which kustomize and the API server refuse (`cannot decode !!str as a
!!float`); the sync of the whole directory stops. A null becomes `!!null v`.

Fails:
    images:
      - name: example.com/app
        newTag: 1.10 # {"$imagepolicy": "flux-system:app:tag"}

Passes:
    images:
      - name: example.com/app
        newTag: "1.10.0" # {"$imagepolicy": "flux-system:app:tag"}

Fix: put the value in quotes, as `--fix` does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmark.finding import Fix
from krmfn import layout, scalar
from krmfn.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.cluster import Marker, Repository
    from fluxmark.finding import Finding
    from krmfn.edit import Editor

ID: Final = "marker-value"
SEVERITY: Final = Severity.ERROR


def check(world: Repository) -> Iterator[Finding]:
    """Yield the marked values that are not text."""
    for marker in world.markers:
        node = marker.node
        if node is None or not marker.works or node.style or node.tag is not None or scalar.is_text(node.value):
            continue
        what = type(scalar.resolve(node.value)).__name__
        kind = {"NoneType": "null", "bool": "a boolean", "str": "a date or the like"}.get(what, "a number")
        instead = f'write "{node.value}"' if kind != "null" else "write the image, in quotes"
        yield marker.source.finding(
            ID,
            SEVERITY,
            marker.source.span(node),
            f"unquoted, {node.value} is {kind} and Flux would keep it one, writing a value that nobody can read: "
            + instead,
            resource=marker.manifest.ref if marker.manifest else None,
            path=marker.path,
            current=node.value,
            proposed=f'"{node.value}"' if kind != "null" else None,
            fix=_fix(marker) if kind != "null" else None,
        )


def _fix(marker: Marker) -> Fix | None:
    node = marker.node
    if node is None or layout.content_start(marker.source.text, node) != node.start:
        return None  # an anchor or a tag in front

    def apply(editor: Editor) -> None:
        editor.set_value(node, node.value)

    return Fix("put the value in quotes", apply)

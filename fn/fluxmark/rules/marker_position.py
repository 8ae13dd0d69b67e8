"""A marker is in a position that Flux ignores.

Flux looks at scalar values only, and there at the comment that ends the value's line, or at a single comment line
above an item of a list. A marker above a key, after a key whose value follows on the next line or is missing,
behind `{…}` or `[…]`, after an alias (`*x`) or next to nothing is a comment like any other, and the value is
never updated.

Fails:
    spec:
      # {"$imagepolicy": "flux-system:app"}
      image: example.com/app:1.0.0

Passes:
    spec:
      image: example.com/app:1.0.0 # {"$imagepolicy": "flux-system:app"}

Fix: put the marker at the end of the line on which the value is; `--fix` does so with one that is above.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmark.cluster import Spot
from fluxmark.finding import Fix
from krmfn.resources.result import Severity
from krmfn.yaml.comment import head_comments

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.cluster import Marker, Repository
    from fluxmark.finding import Finding
    from krmfn.yaml.edit import Editor

ID: Final = "marker-position"
SEVERITY: Final = Severity.ERROR

_WHY = {
    Spot.ABOVE_KEY: "it is above a key, where Flux does not look: put it at the end of the value's line",
    Spot.BEHIND_KEY: "it is after a key whose value follows below: put it at the end of the value's line",
    Spot.EMPTY: "there is no value here for Flux to replace: write the image, then the marker after it",
    Spot.FLOW: "it is after a bracket, and Flux looks only at values: write one key on each line",
    Spot.ALIAS: "it is after an alias: put it at the anchor, where the value is",
    Spot.LOOSE: "it is not next to a value: put it at the end of the line of the value to update",
}
_UNANNOUNCED: Final = 'it reads this form only in files that hold "$imagepolicy" as well: write the short form'


def check(world: Repository) -> Iterator[Finding]:
    """Yield every well-formed marker in a place where Flux does not look."""
    for marker in world.markers:
        if (
            marker.setter is None
            or marker.works
            or not marker.is_in_flux_file
            or marker.spot is Spot.TEXT
            or marker.source.error
        ):
            continue
        yield marker.source.finding(
            ID,
            SEVERITY,
            marker.span,
            f"Flux ignores this marker: {_WHY.get(marker.spot, _UNANNOUNCED)}",
            resource=marker.manifest.ref if marker.manifest else None,
            path=marker.path,
            tags={"position": str(marker.spot)},
            fix=_fix(marker),
        )


def _fix(marker: Marker) -> Fix | None:
    node, comment, text = marker.node, marker.comment, marker.source.text
    if marker.spot is not Spot.ABOVE_KEY or node is None or not node.value or node.style in ("|", ">"):
        return None

    def apply(editor: Editor) -> None:
        kept = [one.text for one in head_comments(text, node.start) if one.start != comment.start]
        editor.remove_head_comments(node)
        if kept:
            editor.add_head_comment(node, "\n".join(kept))
        editor.set_line_comment(node, comment.text)

    return Fix("move the marker to the end of the value's line", apply)

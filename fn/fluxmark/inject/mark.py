"""Marks places: decides for each whether it gets a marker, and says why not where it gets none.

What Flux honours: image-automation-controller 1.2, `internal/update/filter.go` and kyaml's `fieldmeta`; what it
does to the text around a marker is measured.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from fluxmark import image, marker, places
from krmfn import comment, layout, scalar
from krmfn.result import Severity
from krmfn.text import BREAKS, line_end

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fluxmark.inject.targets import Target, Targets
    from fluxmark.places import Place
    from krmfn.edit import Editor
    from krmfn.resource import Resource
    from krmfn.result import ResourceRef

MARKED = "marked"
LEFT = {
    "several-policies": "{policies} select from this repository; say `where` each applies",
    "outside-update-path": "not marked: Flux would never see it, because the automation updates {path} and "
    "nothing else; move the file, or widen update.path",
    "other-policy": "left: its marker names {other}, not {policy}; remove it, or set `force: true`",
    "block-scalar": "not marked: Flux would rewrite the whole block; write the image on the key's line",
    "flow-collection": "not marked: Flux ignores a marker behind `{{…}}` or `[…]`; write one key a line",
    "several-lines": "not marked: the value goes over several lines; write it on one",
    "value-below-key": "not marked: Flux ignores a marker there; write the value on its key's line",
    "unusual-line-break": "not marked: only some readers know the break that ends this line; use a line feed",
    "not-text": "not marked: unquoted, this is no text, and Flux would write a broken value; quote it",
    "digest-without-reflection": "not marked: Flux would drop the digest; set the policy's "
    "digestReflectionPolicy, or remove it here",
    "no-room": "not marked: another value follows on its line; put each value on its own line",
    "templated-image": "not marked: Flux would write over {piece}; write the image in full, or mark the place "
    "where it is set",
}
"""Why a place is left, by rule; docs/inject.md says more."""
_BREAK = re.compile(f"[{BREAKS}]")
UNUSUAL_BREAKS = ("\x85", "\u2028", "\u2029")


class Context:
    """What marking needs to know of a document beside its text, found out when it is asked for.

    Most places are marked already, and then nothing of it is. path_of: gives the document's file, '' where that is
    unknown. covers: tells whether the automation updates a file. force: whether another policy's marker goes.
    """

    def __init__(
        self,
        resource: Resource,
        path_of: Callable[[Resource], str],
        covers: Callable[[str], bool],
        update_path: str,
        *,
        force: bool,
    ) -> None:
        self._resource = resource
        self._path_of = path_of
        self._covers = covers
        self.update_path = update_path
        self.force = force

    @cached_property
    def file(self) -> str:
        """The document's file, relative to the root."""
        return self._path_of(self._resource)

    @cached_property
    def ref(self) -> ResourceRef:
        """The document's identity."""
        return self._resource.ref

    @property
    def covered(self) -> bool:
        """Whether the automation updates the file."""
        return self._covers(self.file)

    def applies(self, target: Target) -> bool:
        """Tell whether a policy's images are to be marked here."""
        return target.where is None or target.applies(self.file, self.ref)


@dataclass(frozen=True, slots=True)
class Mark:
    """What there is to say of one place: a marker that was set, or why none was."""

    place: Place
    rule: str
    severity: Severity
    message: str


def mark(editor: Editor, resource: Resource, targets: Targets, context: Context) -> Iterator[Mark]:
    """Mark the places of a document through an editor of it; yield what there is to say of them."""
    for place in places.find(resource.node, resource.api_version, resource.kind):
        said = _mark_place(editor, place, targets, context)
        if said is not None:
            yield said


def _mark_place(editor: Editor, place: Place, targets: Targets, context: Context) -> Mark | None:
    node = place.node
    try:
        ref = image.parse(place.image)
    except image.ImageError:
        return _templated(place, targets)
    fits = [target for target in targets.of_image(ref) if context.applies(target)]
    if not fits:
        return None
    beside = comment.line_comment(editor.text, node)
    setter = marker.read(beside.text) if beside else None
    if setter is not None and any(target.named(place.suffix) == setter for target in fits):
        return None
    if len(fits) > 1:
        return _left(place, "several-policies", policies=" and ".join(str(target.setter) for target in fits))
    target = fits[0]
    if not context.covered:
        return _left(place, "outside-update-path", path=context.update_path)
    if rule := _harm(editor, place, ref, target):
        return _left(place, rule)
    if setter is not None and not target.is_named_by(setter) and not context.force:
        return _left(place, "other-policy", other=setter, policy=target.setter)
    return _set(editor, place, target, beside, setter)


def _set(
    editor: Editor, place: Place, target: Target, beside: comment.Comment | None, setter: marker.Setter | None
) -> Mark:
    named = target.named(place.suffix)
    new = marker.render(named)
    above = ""
    if beside is not None and setter is None:
        # Flux ignores a marker that shares its comment, so other text goes to a line above
        problem = marker.diagnose(beside.text)
        above = beside.text if problem is None else problem.lost
    try:
        editor.set_line_comment(place.node, new)
    except comment.NoRoomError:
        return _left(place, "no-room")
    said = f"marked for {named}"
    if above:
        editor.add_head_comment(place.node, above)
        said += "; the comment moved above"
    elif beside is not None:
        said += f" in place of {beside.text}"
    return Mark(place, MARKED, Severity.INFO, said)


def _harm(editor: Editor, place: Place, ref: image.ImageRef, target: Target) -> str:
    """Return the rule that says why a marker would be ignored, or do harm, on this scalar; '' where it is fine."""
    node, text = place.node, editor.text
    if node.style in ("|", ">"):
        return "block-scalar"
    # within a flow collection there are flow collections only, so the parent tells
    if editor.in_flow(node) if place.parent is None else place.parent.flow:
        return "flow-collection"
    if _BREAK.search(text, layout.content_start(text, node), node.end):
        return "several-lines"
    if _BREAK.search(text, place.key.end, node.start):
        return "value-below-key"
    end = line_end(text, node.end)
    if text[end : end + 1] in UNUSUAL_BREAKS:
        return "unusual-line-break"
    if not node.style and node.tag is None and not scalar.is_text(node.value):
        return "not-text"
    if not target.reflects_digest and (ref.digest or place.suffix == "digest"):
        return "digest-without-reflection"
    return ""


def _templated(place: Place, targets: Targets) -> Mark | None:
    """Say that Flux would overwrite a template, where one of the repositories is meant."""
    piece = image.templating(place.node.value)
    if not piece or not targets.mention.search(place.node.value):
        return None
    return _left(place, "templated-image", piece=piece)


def _left(place: Place, rule: str, **parts: object) -> Mark:
    return Mark(place, rule, Severity.WARNING, LEFT[rule].format(**parts))

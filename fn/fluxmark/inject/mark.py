"""Marks places: decides for each whether it gets a marker, and says why not where it gets none.

What Flux honours: image-automation-controller 1.2, `internal/update/filter.go` and kyaml's `fieldmeta`; what it
does to the text around a marker is measured.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fluxmark import image, marker, places
from krmfn import comment, layout, scalar
from krmfn.result import ResourceRef, Severity
from krmfn.text import BREAKS, line_end

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.inject.targets import Target, Targets
    from fluxmark.places import Place
    from krmfn.edit import Editor
    from krmfn.node import MapNode

UNUSUAL_BREAKS = ("\x85", "\u2028", "\u2029")


@dataclass(frozen=True, slots=True)
class Context:
    """What marking needs to know of a document beside its text.

    file: its path relative to the root, '' where that is unknown. covered: whether the automation's update path
    covers the file. ref: of the resource. force: whether another policy's marker is replaced.
    """

    file: str
    ref: ResourceRef
    covered: bool = True
    update_path: str = ""
    force: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """What there is to say of one place: a marker that was set, or why none was. proposed: the marker."""

    place: Place
    rule: str
    severity: Severity
    message: str
    proposed: str = ""


def mark(editor: Editor, root: MapNode, targets: Targets, context: Context) -> Iterator[Mark]:
    """Mark the places of a document through an editor; yield what there is to say of them."""
    for place in places.find(root, context.ref.api_version, context.ref.kind):
        said = _mark_place(editor, place, targets, context)
        if said is not None:
            yield said


def _mark_place(editor: Editor, place: Place, targets: Targets, context: Context) -> Mark | None:
    node = place.node
    try:
        ref = image.parse(node.value.strip())  # a block scalar ends with a line feed
    except image.ImageError:
        return _templated(place, targets)
    fits = [target for target in targets.of_image(ref) if target.applies(context.file, context.ref)]
    if not fits:
        return None
    beside = comment.line_comment(editor.text, node)
    setter = marker.read(beside.text) if beside else None
    if setter is not None and any(target.setter == setter for target in fits):
        return None
    if len(fits) > 1:
        names = " and ".join(str(target.setter) for target in fits)
        return _left(place, "several-policies", f"{names} select from this repository; say `where` each applies")
    target = fits[0]
    if not context.covered:
        return _left(
            place,
            "outside-update-path",
            f"not marked: Flux would never see it, because the automation updates {context.update_path} and "
            "nothing else; move the file, or widen update.path",
        )
    if reason := _harmful(editor, place, ref, target):
        return _left(place, *reason)
    same_policy = setter is not None and (setter.namespace, setter.policy) == (
        target.setter.namespace,
        target.setter.policy,
    )
    if setter is not None and not same_policy and not context.force:
        return _left(
            place,
            "other-policy",
            f"left: its marker names {setter}, not {target.setter}; remove it, or set `force: true`",
        )
    return _set(editor, place, target, beside, setter)


def _set(
    editor: Editor, place: Place, target: Target, beside: comment.Comment | None, setter: marker.Setter | None
) -> Mark:
    new = marker.render(target.setter)
    kept = ""
    if beside is not None and setter is None:
        problem = marker.diagnose(beside.text)
        kept = beside.text if problem is None else problem.lost
    try:
        editor.set_line_comment(place.node, new)
    except comment.NoRoomError:
        return _left(
            place, "no-room", "not marked: another value follows on its line; put each value on its own line"
        )
    if kept:
        # Flux ignores a marker that shares its comment, so the other text goes above
        editor.add_head_comment(place.node, kept)
        return Mark(place, "marked", Severity.INFO, f"marked for {target.setter}; the comment moved above", new)
    if beside is not None:
        return Mark(place, "marked", Severity.INFO, f"marked for {target.setter} in place of {beside.text}", new)
    return Mark(place, "marked", Severity.INFO, f"marked for {target.setter}", new)


def _harmful(editor: Editor, place: Place, ref: image.ImageRef, target: Target) -> tuple[str, str] | None:
    """Say why a marker would be ignored, or do harm, on this scalar; rule and message, None where it is fine."""
    node, text = place.node, editor.text
    if node.style in ("|", ">"):
        return "block-scalar", "not marked: Flux would rewrite the whole block; write the image on the key's line"
    if editor.in_flow(node):
        return "flow-collection", "not marked: Flux ignores a marker behind `{…}` or `[…]`; write one key a line"
    if any(char in text[layout.content_start(text, node) : node.end] for char in BREAKS):
        return "several-lines", "not marked: the value goes over several lines; write it on one"
    if any(char in text[place.key.end : node.start] for char in BREAKS):
        return (
            "value-below-key",
            "not marked: Flux ignores a marker below its key; write the value on the key's line",
        )
    if text[(end := line_end(text, node.end)) : end + 1] in UNUSUAL_BREAKS:
        return (
            "unusual-line-break",
            "not marked: only some readers know the break that ends this line; use a line feed",
        )
    if not node.style and node.tag is None and not scalar.is_text(node.value):
        return "not-text", "not marked: unquoted, this is no text, and Flux would write a broken value; quote it"
    if ref.digest and not target.reflects_digest:
        return (
            "digest-without-reflection",
            "not marked: Flux would drop the digest; set the policy's digestReflectionPolicy, or remove it here",
        )
    return None


def _templated(place: Place, targets: Targets) -> Mark | None:
    """Say that Flux would overwrite a template, where one of the repositories is meant."""
    piece = image.templating(place.node.value)
    if not piece or not targets.mention.search(place.node.value):
        return None
    return _left(
        place,
        "templated-image",
        f"not marked: Flux would write over {piece}; write the image in full, or mark the place where it is set",
    )


def _left(place: Place, rule: str, message: str) -> Mark:
    return Mark(place, rule, Severity.WARNING, message)

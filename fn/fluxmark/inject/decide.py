"""Marks image fields: decides for each whether it gets a marker, and gives the reason where it gets none.

What Flux honours: image-automation-controller 1.2, `internal/update/filter.go` and kyaml's `fieldmeta`; what it
does to the text around a marker is measured.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from fluxmark import image
from fluxmark.flux import marker
from fluxmark.flux.yaml_file import braces, signed_by_sops
from fluxmark.inject.reasons import MARKED, NOT_MARKED, RIGHT
from krmfn.errors import NoRoomError
from krmfn.resources.result import Severity
from krmfn.yaml import comment, layout, scalar
from krmfn.yaml.text import BREAKS, line_end

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from fluxmark.fields import Finder, ImageField
    from fluxmark.inject.marker_targets import Target, Targets
    from krmfn.resources.resource import Resource
    from krmfn.resources.result import ResourceRef
    from krmfn.yaml.edit import Editor

_BREAK = re.compile(f"[{BREAKS}]")
UNUSUAL_BREAKS = ("\x85", "\u2028", "\u2029")
_TOOLS = {
    "kpt": re.compile(r"kpt-set|\$openapi"),
    "release-please": re.compile(r"x-release-please-"),
    "Renovate": re.compile(r"renovate:"),
}
"""Tools whose comments are read by position, and how to tell them."""


class Context:
    """What marking needs to know of a document next to its text, found out when it is asked for.

    Most fields are marked already, and then nothing of it is. path_of: gives the document's file, '' if that is
    unknown. covers: tells whether the automation updates a file. force: whether another policy's marker goes.
    names: whether names get markers of their own. is_list: whether Flux would take the document apart.
    overridden: tells of a file and a name whether kustomizations set that image.
    """

    def __init__(
        self,
        resource: Resource,
        path_of: Callable[[Resource], str],
        covers: Callable[[str], bool],
        update_path: str,
        *,
        force: bool,
        names: bool = False,
        is_list: bool = False,
        overridden: Callable[[str, str], bool] | None = None,
    ) -> None:
        self._resource = resource
        self._path_of = path_of
        self._covers = covers
        self.update_path = update_path
        self.force = force
        self.names = names
        self.is_list = is_list
        self._overridden = overridden

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

    def is_overridden(self, name: str) -> bool:
        """Tell whether kustomizations set the image of this name in all builds of the document."""
        return self._overridden is not None and self._overridden(self.file, name)

    @cached_property
    def forbidden(self) -> str:
        """The rule that says why nothing in the document may be marked; '' if nothing is against it."""
        if self.is_list:
            return "kind-list"
        if "{{" in self._resource.text and braces(self._resource.node):
            return "template"
        return "sops-mac" if signed_by_sops(self._resource.node) else ""

    def applies(self, target: Target) -> bool:
        """Tell whether a policy's images are to be marked here."""
        return target.where is None or target.applies(self.file, self.ref)


@dataclass(frozen=True, slots=True)
class Mark:
    """The result for one field: a marker that was set, one that was already right, or why none was set.

    targets: the policies that select from the field's repository.
    """

    field: ImageField
    rule: str
    severity: Severity
    message: str
    targets: tuple[Target, ...] = ()


def mark(editor: Editor, resource: Resource, targets: Targets, finder: Finder, context: Context) -> Iterator[Mark]:
    """Mark the image fields of a document through an editor of it; yield the findings of them."""
    fields = finder.find(resource.node, resource.api_version, resource.kind, context.file)
    digests = {id(field.node): field for field in fields if field.part == "digest"}
    beside = {id(field.digest) for field in fields if field.digest is not None}
    for field in fields:
        ref = image.parse_templated(field.image)
        if ref is None:
            if piece := _filled_in_name(field, targets):
                yield _left(field, (), "templated-image", piece=piece)
            continue
        selecting = targets.of_image(ref)
        fits = [target for target in selecting if context.applies(target)]
        if not selecting:
            continue
        if not fits:
            yield Mark(field, "where", Severity.INFO, NOT_MARKED["where"], selecting)
            continue
        said = _mark_field(editor, field, ref, fits, context, digests.get(id(field.digest)), finder)
        if said is not None and not (said.rule == "digest-without-reflection" and id(field.node) in beside):
            yield said


def _mark_field(
    editor: Editor,
    field: ImageField,
    ref: image.ImageRef,
    fits: list[Target],
    context: Context,
    digest: ImageField | None,
    finder: Finder,
) -> Mark | None:
    node = field.node
    beside = comment.line_comment(editor.text, node)
    setter = marker.read(beside.text) if beside else None
    if setter is not None and any(target.named(field.part) == setter for target in fits):
        rule = context.forbidden
        return _left(field, fits, rule) if rule else Mark(field, RIGHT, Severity.INFO, "", tuple(fits))
    if field.part == "name" and not (context.names and not field.alone and _is_full_name(field, ref)):
        return _left(field, fits, "no-tag") if field.alone else None
    if piece := image.templating(node.value):
        if finder.clues.fills_in(piece):
            return None
        return _left(field, fits, "templated-image", piece=piece)
    target = _choose(fits, field, ref)
    if target is None:
        return _left(field, fits, "several-policies", policies=" and ".join(str(one.setter) for one in fits))
    if not target.setter.namespace:
        return _left(field, fits, "policy-namespace", policy=target.setter.policy)
    if not context.covered:
        return _left(field, fits, "outside-update-path", path=context.update_path)
    if setter is None and not field.part and context.is_overridden(ref.name):
        return Mark(field, "overridden", Severity.INFO, "", tuple(fits))
    if rule := context.forbidden or _harm(editor, field, ref, target, digest):
        return _left(field, fits, rule)
    if setter is not None and not target.is_named_by(setter) and not context.force:
        return _left(field, fits, "other-policy", other=setter, policy=target.setter)
    if tool := _other_tool(editor, field, beside):
        return _left(field, fits, "other-tool", tool=tool)
    return _set(editor, field, target, beside, setter)


def _filled_in_name(field: ImageField, targets: Targets) -> str:
    """Return the templating in a name that may be that of a policy's repository; '' if it is another one."""
    text = field.node.value
    return image.templating(text) if targets.mention.search(text) else ""


def _choose(fits: Sequence[Target], field: ImageField, ref: image.ImageRef) -> Target | None:
    """Return the policy that a field gets: of several the one that takes the tag that is there now."""
    if len(fits) == 1:
        return fits[0]
    tag = field.node.value if field.part == "tag" else ref.tag
    taking = [target for target in fits if tag and target.takes(tag)]
    return taking[0] if len(taking) == 1 else None


def _is_full_name(field: ImageField, ref: image.ImageRef) -> bool:
    """Tell whether a name is written with its registry: Flux would write both."""
    try:
        return image.same_repository(image.parse(field.node.value), ref)
    except image.ImageError:
        return False


def _set(
    editor: Editor, field: ImageField, target: Target, beside: comment.Comment | None, setter: marker.Setter | None
) -> Mark:
    named = target.named(field.part)
    new = marker.render(named)
    above = ""
    if beside is not None and setter is None:
        # Flux ignores a marker that shares its comment, so other text goes to a line above
        problem = marker.diagnose(beside.text)
        above = beside.text if problem is None else problem.lost
    try:
        editor.set_line_comment(field.node, new)
    except NoRoomError:
        return _left(field, [target], "no-room")
    said = f"marked for {named}"
    if above:
        editor.add_head_comment(field.node, above)
        said += "; the comment moved above"
    elif beside is not None:
        said += f" in place of {beside.text}"
    return Mark(field, MARKED, Severity.INFO, said, (target,))


def _harm(
    editor: Editor, field: ImageField, ref: image.ImageRef, target: Target, digest: ImageField | None
) -> str:
    """Return the rule that says why a marker would be ignored, or do harm, on this scalar; '' if it is fine."""
    node, text = field.node, editor.text
    if node.style in ("|", ">"):
        return "block-scalar"
    # within a flow collection there are flow collections only, so the parent tells
    if editor.in_flow(node) if field.parent is None else getattr(field.parent, "flow", False):
        return "flow-collection"
    if _BREAK.search(text, layout.content_start(text, node), node.end):
        return "several-lines"
    if _BREAK.search(text, field.key.end, node.start):
        return "value-below-key"
    end = line_end(text, node.end)
    if text[end : end + 1] in UNUSUAL_BREAKS:
        return "unusual-line-break"
    if not node.style and node.tag is None and not scalar.is_text(node.value):
        return "not-text"
    if field.part == "tag":
        return _tag_harm(editor, field, ref, target, digest)
    if not target.reflects_digest and (ref.digest or field.part == "digest"):
        return "digest-without-reflection"
    return ""


def _tag_harm(
    editor: Editor, field: ImageField, ref: image.ImageRef, target: Target, digest: ImageField | None
) -> str:
    """Return why a new tag alone would be of no use: a digest pins the image, or the value is not a tag."""
    if "@" in field.node.value:
        return "digest-within-tag"
    if "/" in field.node.value or ":" in field.node.value:
        return "not-a-tag"
    if field.digest is None:
        return ""
    if not target.reflects_digest or digest is None:
        return "digest-beside-tag"
    return _harm(editor, digest, ref, target, None)


def _other_tool(editor: Editor, field: ImageField, beside: comment.Comment | None) -> str:
    """Return the tool whose comment a marker would move or part from its value; '' if there is none."""
    if beside is None:
        return ""
    above = comment.head_comments(editor.text, field.key.start)
    for text in (beside.text, *(one.text for one in above)):
        for tool, pattern in _TOOLS.items():
            if pattern.search(text):
                return tool
    return ""


def _left(field: ImageField, targets: Sequence[Target], rule: str, **parts: object) -> Mark:
    return Mark(field, rule, Severity.WARNING, NOT_MARKED[rule].format(**parts), tuple(targets))

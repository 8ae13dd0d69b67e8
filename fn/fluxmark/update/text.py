"""The latest images in one text: the values at its markers change, and not a byte beside them.

What Flux writes at a marker: image-automation-controller 1.2, `internal/update/setters.go` and `filter.go`. Where
that is broken, what was meant is written, or nothing, and a finding says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fluxmark.change import NO_RESOURCE, Change
from fluxmark.finding import Finding
from fluxmark.update.documents import SkippedError, field, pieces, resources, unwrapped
from fluxmark.update.markers import marked
from krmfn.edit import Editor
from krmfn.node import MapNode, Node, ScalarNode
from krmfn.result import ResourceRef, Severity
from krmfn.text import Lines, Position

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fluxmark.latest import LatestImage
    from fluxmark.update.documents import Piece
    from fluxmark.update.markers import Marked

MENTION = '"$imagepolicy"'
"""Flux looks into no file without this text (`setters.go`, `filereader.go`)."""

_CORE = "tag:yaml.org,2002:"
_STR = "tag:yaml.org,2002:str"


@dataclass(frozen=True, slots=True)
class Updated:
    """A text with the latest images, what changed in it, and what there is to say."""

    text: str
    changes: tuple[Change, ...] = ()
    findings: tuple[Finding, ...] = ()


def update_text(text: str, latest: Mapping[str, LatestImage]) -> tuple[str, list[Change]]:
    """Set the value at every marker that Flux would honour; return the new text and what changed.

    latest: by what markers name, `namespace:policy`. A text that Flux would skip is returned as it is.
    Raises InputError for a text that is no YAML.
    """
    if MENTION not in text:
        return text, []
    done = update(text, latest)
    return done.text, list(done.changes)


def update(text: str, latest: Mapping[str, LatestImage], *, file: str = "", lists: bool = False) -> Updated:
    """Do the same and say what there is to say.

    file: the path for changes and findings. lists: update lists at the top, which Flux skips, as well.
    Raises InputError for a text that is no YAML.
    """
    if MENTION not in text:
        return Updated(text)
    try:
        found = pieces(text, file, lists=lists)
    except SkippedError as error:
        return Updated(text, (), (_finding(error.rule, str(error), file, Lines(text).position(error.offset)),))
    run = _Run(text, latest, file)
    for piece, root in resources(found):
        run.resource(piece, root)
    findings = list(run.findings)
    if run.changes and unwrapped(found):
        findings.append(
            _finding(
                "unwrapped-list",
                "updated in place; Flux takes a List apart and writes its items to new files",
                file,
                Position(1, 1),
                Severity.INFO,
            )
        )
    return Updated(run.text(), tuple(run.changes), tuple(findings))


class _Run:
    """One text, being updated piece by piece."""

    def __init__(self, text: str, latest: Mapping[str, LatestImage], file: str) -> None:
        self.changes: list[Change] = []
        self.findings: list[Finding] = []
        self._text = text
        self._latest = latest
        self._file = file
        self._lines = Lines(text)
        self._editors: dict[int, Editor] = {}

    def resource(self, piece: Piece, root: Node) -> None:
        """Update one resource of a piece."""
        ref: ResourceRef | None = None
        for one in marked(piece.text, [root]):
            image = self._latest.get(one.setter.key)
            if image is None:
                continue
            new = image.part(one.setter.suffix)
            if new == one.node.value:
                continue
            ref = identity(root) if ref is None else ref
            objection = _objection(one, image)
            if objection is not None:
                rule, message = objection
                self.findings.append(self._say(rule, message, piece, one, ref, new))
                continue
            editor = self._editors.get(piece.start)
            if editor is None:
                roots = [document.root for document in piece.documents]
                editor = self._editors[piece.start] = Editor(piece.text, roots, name=self._file)
            editor.set_value(one.node, new)
            line = self._lines.position(piece.start + one.node.start).line
            self.changes.append(Change(self._file, line, str(one.setter), one.node.value, new, ref))

    def text(self) -> str:
        """Return the new text, every changed piece parsed again and compared."""
        parts: list[str] = []
        done = 0
        for start, editor in sorted(self._editors.items()):
            parts += self._text[done:start], editor.apply()
            done = start + len(editor.text)
        return "".join([*parts, self._text[done:]])

    def _say(self, rule: str, message: str, piece: Piece, one: Marked, ref: ResourceRef, new: str) -> Finding:
        where = self._lines.position(piece.start + one.node.start)
        return Finding(
            rule,
            Severity.WARNING,
            message,
            self._file,
            where.line,
            where.column,
            resource=ref,
            current=one.node.value,
            proposed=new or None,
        )


def identity(root: Node) -> ResourceRef:
    """Return what Flux takes for the identity of a resource: the first fields of these names, as written."""
    if type(root) is not MapNode:
        return NO_RESOURCE
    metadata = field(root, "metadata")
    return ResourceRef(
        _value(field(root, "apiVersion")),
        _value(field(root, "kind")),
        _value(field(metadata, "name")),
        _value(field(metadata, "namespace")),
    )


def _value(node: Node | None) -> str:
    return node.value if type(node) is ScalarNode else ""


def _objection(one: Marked, image: LatestImage) -> tuple[str, str] | None:
    """Say why a value that differs is not written; rule and message."""
    if not image.part(one.setter.suffix):
        return (
            "no-digest",
            f"left: {one.setter.key} has no digest, and Flux would blank the field; "  # noqa: ISC004
            "set the policy's digestReflectionPolicy",
        )
    tag = one.node.tag
    if tag is not None and tag.startswith(_CORE) and tag != _STR:
        return (
            "tagged",
            f"left: the value is tagged !!{tag.removeprefix(_CORE)}, and an image is text; remove the tag",
        )
    return None


def _finding(
    rule: str, message: str, file: str, where: Position, severity: Severity = Severity.WARNING
) -> Finding:
    return Finding(rule, severity, message, file, where.line, where.column)

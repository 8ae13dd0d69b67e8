"""The latest images in one text: the values at its markers change, and not a byte next to them.

What Flux writes at a marker: image-automation-controller 1.2, `internal/update/setters.go` and `filter.go`. Where
that is broken, what was intended is written, or nothing, and a finding says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

from fluxmark import image as images
from fluxmark.finding import Finding
from fluxmark.flux.api_groups import TOKEN
from fluxmark.flux.marker.surroundings import holds_more
from fluxmark.flux.setters import fast_reader
from fluxmark.flux.setters.fast_reader import NotPlainError
from fluxmark.flux.setters.marked_fields import marked
from fluxmark.flux.value_change import Change
from fluxmark.flux.yaml_file import SkippedError, cut, field, pieces, replaced_by_flux, resources, unwrapped
from krmfn.resources.result import ResourceRef, Severity
from krmfn.yaml import comment, layout
from krmfn.yaml.data import is_null
from krmfn.yaml.parser import AliasNode, Node, ScalarNode
from krmfn.yaml.text import Lines, Position, line_end

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from fluxmark.flux.latest_image import LatestImage
    from fluxmark.flux.setters.marked_fields import Marked

_CORE = "tag:yaml.org,2002:"
_STR = "tag:yaml.org,2002:str"


class Updated(NamedTuple):
    """A text with the latest images, what changed in it, and the findings."""

    text: str
    changes: tuple[Change, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Options:
    """What of Flux's behaviour is left, all of it at a user's wish.

    lists: lists at the top are updated, which Flux skips. whole: values that hold more than an image are replaced,
    as Flux does. older: whether a tag (the second) is older than another
    (the first) under a policy (`namespace:policy`); where it is, the policy's values in that resource stay.
    """

    lists: bool = False
    whole: bool = True
    older: Callable[[str, str, str], bool] | None = None


AS_FLUX = Options()


def update_text(text: str, latest: Mapping[str, LatestImage]) -> tuple[str, list[Change]]:
    """Set the value at every marker that Flux would honour; return the new text and what changed.

    latest: by what markers name, `namespace:policy`. A text that Flux would skip is returned as it is.
    Raises InputError for a text that is not YAML.
    """
    done = update(text, latest)
    return done.text, list(done.changes)


def update(text: str, latest: Mapping[str, LatestImage], *, file: str = "", options: Options = AS_FLUX) -> Updated:
    """Do the same, and say the findings.

    file: the path for changes and findings, and for the error of a text that is not YAML, InputError.
    """
    if TOKEN not in text:
        return Updated(text)
    try:
        return _by_lines(text, latest, file, options)
    except NotPlainError:
        return _by_nodes(text, latest, file, options)


def _by_lines(text: str, latest: Mapping[str, LatestImage], file: str, options: Options) -> Updated:
    """Update a text line by line. Raises NotPlainError for one that must be read as all YAML is."""
    try:
        found = [(start, piece, fast_reader.read(piece)) for start, piece in cut(text)]
    except SkippedError:
        raise NotPlainError from None
    lines = Lines(text)
    runs = []
    for start, piece, read in found:
        run = Run(fast_reader.Editor(piece), latest, file, options, lines, start)
        run.resource(read.ref, read.marks)
        runs.append(run)
    return _updated(text, runs)


def _by_nodes(text: str, latest: Mapping[str, LatestImage], file: str, options: Options) -> Updated:
    """Update any text."""
    from krmfn.yaml.edit import Editor  # few texts need it

    lines = Lines(text)
    try:
        found = pieces(text, file, lists=options.lists)
    except SkippedError as error:
        return Updated(text, (), (_finding(error.rule, str(error), file, lines.position(error.offset)),))
    runs = []
    for piece, roots in resources(found):
        editor = Editor(piece.text, [document.root for document in piece.documents], name=file)
        run = Run(editor, latest, file, options, lines, piece.start)
        for root, marks in zip(roots, marked(piece.text, roots), strict=True):
            fields, replaced = _fields(root), replaced_by_flux(root)
            ref = ResourceRef(*map(_value, fields))
            run.resource(ref, [one for one in marks if one.node not in replaced], fields)
        runs.append(run)
    done = _updated(text, runs)
    if done.changes and unwrapped(found):
        message = "updated in place; Flux takes a List apart and writes its items to new files"
        note = _finding("unwrapped-list", message, file, Position(1, 1), Severity.INFO)
        return done._replace(findings=(*done.findings, note))
    return done


def _fields(root: Node) -> tuple[Node | None, ...]:
    """Return the nodes of what Flux takes for the identity of a resource, in the order of ResourceRef."""
    metadata = field(root, "metadata")
    of_root, of_metadata = ("apiVersion", "kind"), ("name", "namespace")
    return *(field(root, key) for key in of_root), *(field(metadata, key) for key in of_metadata)


class Values(Protocol):
    """What edits the scalars of a document."""

    text: str

    def __bool__(self) -> bool:
        """Tell whether there is anything to apply."""

    def set_value(self, node: ScalarNode, new: str, /) -> None:
        """Give a scalar a new value in its own style."""

    def apply(self) -> str:
        """Return the new text."""


class Run:
    """The resources of one document, being updated through an editor on it.

    lines, start: of the file, and where the document starts in it; no lines where the text is not the file's.
    """

    def __init__(
        self,
        editor: Values,
        latest: Mapping[str, LatestImage],
        file: str,
        options: Options = AS_FLUX,
        lines: Lines | None = None,
        start: int = 0,
    ) -> None:
        self.changes: list[Change] = []
        self.findings: list[Finding] = []
        self.editor = editor
        self._latest = latest
        self._file = file
        self._options = options
        self._lines = lines
        self.start = start

    def resource(self, ref: ResourceRef, marks: Sequence[Marked], fields: Sequence[Node | None] = ()) -> None:
        """Set the values at the markers of one resource.

        fields: the nodes of its identity, which may be marked: Flux says what it is after each change.
        """
        found = [one for one in marks if one.setter.key in self._latest]
        held = self._held(found)
        for one in found:
            key = one.setter.key
            image = self._latest[key]
            new = image.part(one.setter.suffix)
            if new == one.node.value:
                continue
            if key in held:
                why: tuple[str, str] | None = ("downgrade", f"skipped: {key} selects {image.tag}, which is older")
            else:
                why = _objection(one, image, self.editor.text) or self._more(one)
            if why is not None:
                self._say(why, one, ref, new)
                continue
            if templating := images.templating(one.node.value):
                lost = (
                    "templating-lost",
                    f"Flux writes over {templating} here, so that nothing fills it in any more",
                )
                self._say(lost, one, ref, new)
            self.editor.set_value(one.node, new)
            if one.node in fields:
                ref = ResourceRef(
                    *(new if node is one.node else old for node, old in zip(fields, ref, strict=True))
                )
            line = self._position(one.node).line
            self.changes.append(Change(self._file, line, str(one.setter), one.node.value, new, ref))

    def _more(self, one: Marked) -> tuple[str, str] | None:
        """Say that a value holds text around the image, which would be lost."""
        value = one.node.value
        if self._options.whole or images.templating(value) or not holds_more(value):
            return None
        why = "Flux would replace the whole value, and the text around the image would be lost"
        return "more-text", f"skipped: {why}; give the image a value of its own"

    def _held(self, found: Sequence[Marked]) -> set[str]:
        """Return the policies that would set a resource back."""
        older = self._options.older
        if older is None:
            return set()
        return {
            one.setter.key
            for one in found
            if one.setter.suffix in ("", "tag")
            and (tag := _tag(one))
            and older(one.setter.key, tag, self._latest[one.setter.key].tag)
        }

    def _position(self, node: ScalarNode) -> Position:
        return self._lines.position(self.start + node.start) if self._lines else Position(0, 0)

    def _say(self, what: tuple[str, str], one: Marked, ref: ResourceRef, new: str) -> None:
        where = self._position(one.node)
        finding = Finding(
            what[0],
            Severity.WARNING,
            what[1],
            self._file,
            where.line,
            where.column,
            resource=ref,
            current=one.node.value,
            proposed=new or None,
        )
        self.findings.append(finding)


def _updated(text: str, runs: Sequence[Run]) -> Updated:
    """Return the text with its edited documents, each held to what was intended."""
    parts: list[str] = []
    done = 0
    for run in runs:
        if run.editor:
            parts += text[done : run.start], run.editor.apply()
            done = run.start + len(run.editor.text)
    changes = [change for run in runs for change in run.changes]
    findings = [finding for run in runs for finding in run.findings]
    return Updated("".join([*parts, text[done:]]), tuple(changes), tuple(findings))


def _objection(one: Marked, image: LatestImage, text: str) -> tuple[str, str] | None:
    """Say why a value that differs is not written; rule and message."""
    node = one.node
    if not image.part(one.setter.suffix):
        why = "has no digest, and Flux would blank the field; set the policy's digestReflectionPolicy"
        return "no-digest", f"skipped: {one.setter.key} {why}"
    if node.tag is not None and node.tag.startswith(_CORE) and node.tag != _STR:
        kind = node.tag.removeprefix(_CORE)
        return "tagged", f"skipped: the value is tagged !!{kind}, and Flux would keep the tag; remove it"
    if node.style in ("|", ">") and comment.line_comment(text, node) is None and "#" in _header(text, node):
        return "no-room", "skipped: put a blank before the '#' after the indicator of the block"
    return None


def _header(text: str, node: ScalarNode) -> str:
    start = layout.content_start(text, node)
    return text[start : line_end(text, start)]


def _tag(one: Marked) -> str:
    """Return the tag that is in the file; '' if there is none."""
    if one.setter.suffix:
        return one.node.value
    try:
        return images.parse(one.node.value.strip()).tag
    except images.ImageError:
        return ""


def _value(node: Node | None) -> str:
    """Return a field as kyaml reads it: of an alias its name, of null and of collections nothing."""
    if type(node) is AliasNode:
        return node.anchor
    return node.value if type(node) is ScalarNode and not is_null(node) else ""


def _finding(
    rule: str, message: str, file: str, where: Position, severity: Severity = Severity.WARNING
) -> Finding:
    return Finding(rule, severity, message, file, where.line, where.column)

"""A resource: one mapping of a text, read through its node and changed through splices."""

from __future__ import annotations

import contextlib
import enum
from typing import TYPE_CHECKING, Any, TypeVar

from krmfn import comment, emit
from krmfn.data import same, to_data
from krmfn.edit import Editor
from krmfn.node import MapNode, Node, ScalarNode, SeqNode, find, parse
from krmfn.path import Path, show, steps
from krmfn.result import File, ResourceRef
from krmfn.text import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PATH = "internal.config.kubernetes.io/path"
INDEX = "internal.config.kubernetes.io/index"
SEQUENCES = "internal.config.kubernetes.io/seqindent"
"""How an orchestrator indents lists when it writes a document; `compact` where this is not said."""
LEGACY_PATH = "config.kubernetes.io/path"
LEGACY_INDEX = "config.kubernetes.io/index"
LOCAL_CONFIG = "config.kubernetes.io/local-config"


_T = TypeVar("_T")


class FieldError(ValueError):
    """A field is missing or of another type; the message names the resource and the path."""


class Shape(enum.Enum):
    """How the text of a resource stands in what it was read from."""

    DOCUMENT = "document"
    BLOCK_ITEM = "block item"  # `- apiVersion: …`, whole lines
    FLOW_ITEM = "flow item"  # `{"apiVersion": …}`


class Resource:
    """A mapping with its text: an item of a ResourceList, or a document of a file.

    api_version and kind are empty where it has none (a compose file). The tree is built on first use and
    again after an edit; it is a view, and every change goes through `editing`, `set` or `delete`.
    """

    __slots__ = (
        "_end",
        "_node",
        "_original",
        "_root",
        "_start",
        "_text",
        "api_version",
        "kind",
        "shape",
        "source",
    )

    def __init__(
        self,
        text: str,
        *,
        source: str = "",
        start: int = 0,
        end: int | None = None,
        api_version: str = "",
        kind: str = "",
        shape: Shape = Shape.DOCUMENT,
    ) -> None:
        self.shape = shape
        self.api_version = api_version
        self.kind = kind
        self.source = source
        self._text = text
        self._start = start
        self._end = len(text) if end is None else end
        self._original = (text, start, self._end)
        self._root: Node | None = None
        self._node: MapNode | None = None

    @classmethod
    def from_data(cls, data: Mapping[str, Any], *, header: str = "") -> Resource:
        """Make a resource from plain data, its keys in the order given; header: a comment for its head."""
        lines = [f"# {line}".rstrip() for line in header.splitlines()]
        lines += emit.mapping(data, 0, emit.Style())
        text = "".join(f"{line}\n" for line in lines)
        return cls(text, api_version=str(data.get("apiVersion", "")), kind=str(data.get("kind", "")))

    @property
    def text(self) -> str:
        """The text of this resource, as it will be written."""
        return self._text[self._start : self._end]

    @property
    def node(self) -> MapNode:
        """The mapping; parsed when first used.

        Raises InputError where the text is no YAML any more (it was when it was read).
        """
        if self._node is None:
            self._parse()
            assert self._node is not None
        return self._node

    @property
    def identity(self) -> tuple[str, str, str, str]:
        """Group, kind, namespace and name: what makes two resources the same one, whatever their version."""
        return self.group, self.kind, self.namespace, self.name

    def original(self) -> Resource:
        """Return this resource as it was read, without any change made since."""
        text, start, end = self._original
        return Resource(
            text,
            source=self.source,
            start=start,
            end=end,
            api_version=self.api_version,
            kind=self.kind,
            shape=self.shape,
        )

    def end_at(self, end: int) -> None:
        """Say where the resource's text ends, which a reader learns only from what follows it."""
        self._end = end
        self._original = (self._text, self._start, end)

    def keep(self, root: Node, node: MapNode) -> None:
        """Take a tree that a reader built from this resource's text: the piece's root, and the mapping in it."""
        self._root = root
        self._node = node

    def release(self) -> None:
        """Forget the tree, to save memory; it is built again when it is used."""
        self._root = self._node = None

    def mentions(self, text: str) -> bool:
        """Tell whether this text stands somewhere in the resource's, without building its tree."""
        return self._text.find(text, self._start, self._end) >= 0

    def editor(self) -> Editor:
        """Return an editor on this resource; hand it to `apply`."""
        node = self.node
        return Editor(self._text, [self._root or node], name=self.source, start=self._start, end=self._end)

    def apply(self, editor: Editor) -> None:
        """Take the edits of an editor that `editor` returned; without any, nothing happens."""
        if editor:
            self._text = editor.apply()
            self._start, self._end = 0, len(self._text)
            self.release()

    @contextlib.contextmanager
    def editing(self) -> Iterator[Editor]:
        """Edit: `with resource.editing() as edit: edit.put(resource.node, "kind", "Pod")`."""
        editor = self.editor()
        yield editor
        self.apply(editor)

    # identity

    @property
    def name(self) -> str:
        """metadata.name, or ''."""
        return self._metadata("name")

    @property
    def namespace(self) -> str:
        """metadata.namespace, or ''."""
        return self._metadata("namespace")

    @property
    def group(self) -> str:
        """The group in apiVersion; '' for the core group."""
        return self.api_version.rpartition("/")[0]

    @property
    def version(self) -> str:
        """The version in apiVersion."""
        return self.api_version.rpartition("/")[2]

    @property
    def ref(self) -> ResourceRef:
        """The identity, for results."""
        return ResourceRef(self.api_version, self.kind, self.name, self.namespace)

    @property
    def file(self) -> File | None:
        """Path and index, for results; None where the orchestrator says nothing of files."""
        return File(self.path, self.index) if self.path else None

    @property
    def path(self) -> str:
        """The file's path relative to the package (internal.config.kubernetes.io/path), or ''."""
        annotations = self.annotations
        return annotations.get(PATH) or annotations.get(LEGACY_PATH) or ""

    @property
    def index(self) -> int:
        """The document's index in its file, 0 where it is not said or no number."""
        annotations = self.annotations
        value = annotations.get(INDEX) or annotations.get(LEGACY_INDEX) or "0"
        return int(value) if value.isdigit() else 0

    @property
    def is_local_config(self) -> bool:
        """Whether the resource is not meant for a cluster. Source: config.kubernetes.io/local-config."""
        return self.annotations.get(LOCAL_CONFIG, "false") not in ("", "false")

    @property
    def annotations(self) -> dict[str, str]:
        """metadata.annotations as text; empty where there are none."""
        return self._strings("annotations")

    @property
    def labels(self) -> dict[str, str]:
        """metadata.labels as text; empty where there are none."""
        return self._strings("labels")

    # fields

    def find(self, path: Path) -> Node | None:
        """Return the node at a path; None where there is none."""
        return find(self.node, steps(path))

    def get(self, path: Path, default: Any = None) -> Any:
        """Return the plain data at a path, or the default where there is none."""
        node = self.find(path)
        return default if node is None else to_data(node)

    def get_string(self, path: Path, default: str = "") -> str:
        """Return text at a path. Raises FieldError where something else stands there."""
        return self._typed(path, str, "text", default)

    def get_int(self, path: Path, default: int = 0) -> int:
        """Return a whole number at a path. Raises FieldError where something else stands there."""
        return self._typed(path, int, "a whole number", default)

    def get_bool(self, path: Path, *, default: bool = False) -> bool:
        """Return true or false at a path. Raises FieldError where something else stands there."""
        return self._typed(path, bool, "true or false", default)

    def get_map(self, path: Path) -> dict[str, Any]:
        """Return a mapping at a path, empty where there is none. Raises FieldError for something else."""
        return self._typed(path, dict, "a mapping", {})

    def get_list(self, path: Path) -> list[Any]:
        """Return a list at a path, empty where there is none. Raises FieldError for something else."""
        return self._typed(path, list, "a list", [])

    def set(self, path: Path, data: Any) -> None:
        """Put data at a path; mappings on the way are added, an index may be one past the end of its list.

        Nothing is written where the same data stands there already.

        Raises FieldError where the path leads through something that is no mapping and no list.
        """
        with self.editing() as editor:
            put(editor, self.node, steps(path), data)

    def delete(self, path: Path) -> bool:
        """Delete what stands at a path, with the comments that belong to it; tell whether there was anything."""
        *above, last = steps(path)
        parent = find(self.node, above)
        with self.editing() as editor:
            if isinstance(parent, MapNode) and isinstance(last, str) and parent.pair(last):
                editor.delete(parent, last)
            elif (
                isinstance(parent, SeqNode)
                and isinstance(last, int)
                and -len(parent.items) <= last < len(parent.items)
            ):
                editor.remove(parent, last)
            return bool(editor)

    # comments

    def line_comment(self, path: Path) -> str:
        """Return the comment at the end of a field's line, with its `#`; '' where there is none."""
        found = comment.line_comment(self._text, self._field(path))
        return found.text if found else ""

    def head_comment(self, path: Path) -> str:
        """Return the comment lines above a field, without `# `, joined by line feeds; '' where there are none."""
        found = comment.head_comments(self._text, self._field(path).start)
        return "\n".join(line.text.removeprefix("#").removeprefix(" ") for line in found)

    def set_line_comment(self, path: Path, text: str) -> None:
        """Put a comment at the end of a field's line, in place of one that is there; '' removes it."""
        with self.editing() as editor:
            if text:
                editor.set_line_comment(self._field(path), text)
            else:
                editor.remove_line_comment(self._field(path))

    def set_head_comment(self, path: Path, text: str) -> None:
        """Put comment lines above a field, in place of those that are there; '' removes them."""
        with self.editing() as editor:
            editor.remove_head_comments(self._field(path))
            if text:
                editor.add_head_comment(self._field(path), text)

    def move_line_comment_up(self, path: Path) -> None:
        """Move the comment at the end of a field's line to a line of its own above it."""
        with self.editing() as editor:
            editor.move_line_comment_up(self._field(path))

    # how it is done

    def _parse(self) -> None:
        text = self.text
        documents = [document for document in parse(text, self.source) if document.root is not None]
        root = documents[0].root if documents else None
        # the piece of a block list holds `- …`, a list of one
        node = root.items[0] if isinstance(root, SeqNode) and len(root.items) == 1 else root
        if not isinstance(node, MapNode):
            raise InputError(f"{self.source or 'resource'}: this is no mapping")
        self._text, self._start, self._end = text, 0, len(text)
        self._root, self._node = root, node

    def _metadata(self, key: str) -> str:
        node = find(self.node, ("metadata", key))
        return node.value if isinstance(node, ScalarNode) else ""

    def _strings(self, key: str) -> dict[str, str]:
        node = find(self.node, ("metadata", key))
        if not isinstance(node, MapNode):
            return {}
        return {
            name.value: value.value
            for name, value in node.pairs
            if isinstance(name, ScalarNode) and isinstance(value, ScalarNode)
        }

    def _field(self, path: Path) -> Node:
        node = self.find(path)
        if node is None:
            raise FieldError(f"{self.describe()}: there is no {show(path)}")
        return node

    def _typed(self, path: Path, kind: type[_T], what: str, default: _T) -> _T:
        data = self.get(path, default)
        if not isinstance(data, kind) or (kind is int and isinstance(data, bool)):
            raise FieldError(f"{self.describe()}: {show(path)} is {data!r}, but has to be {what}")
        return data

    def describe(self) -> str:
        """Return `Kind namespace/name` for a message, or the file's name where there is no kind."""
        name = "/".join(filter(None, (self.namespace, self.name)))
        return " ".join(filter(None, (self.kind, name))) or self.source or "resource"


def put(editor: Editor, root: MapNode, path: tuple[str | int, ...], data: Any) -> None:
    """Put data at a path below a mapping, through an editor; what stands there already is not touched.

    Raises FieldError where the path leads through something that is no mapping and no list.
    """
    node: Node = root
    for number, step in enumerate(path):
        rest = path[number + 1 :]
        if isinstance(node, MapNode) and isinstance(step, str):
            found = node.get(step)
            if found is None or not rest or (isinstance(found, ScalarNode) and to_data(found) is None):
                if found is None or not same(to_data(found), _nest(rest, data)):
                    editor.put(node, step, _nest(rest, data))
                return
            node = found
        elif isinstance(node, SeqNode) and isinstance(step, int):
            if step == len(node.items):
                editor.append(node, _nest(rest, data))
                return
            if not -len(node.items) <= step < len(node.items):
                raise FieldError(f"{show(path)}: the list has {len(node.items)} items")
            if not rest:
                raise FieldError(f"{show(path)}: replace a field of the item, or remove and append it")
            node = node.items[step]
        else:
            raise FieldError(f"{show(path)}: {show(path[:number]) or 'the root'} is no {_container(step)}")


def _nest(path: tuple[str | int, ...], data: Any) -> Any:
    for step in reversed(path):
        data = {step: data} if isinstance(step, str) else [data]
    return data


def _container(step: str | int) -> str:
    return "mapping" if isinstance(step, str) else "list"

"""Fields of a resource by their path: read as plain data, changed by verified edits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from krmfn.data import to_data
from krmfn.path import Path, show, steps
from krmfn.text import EditError
from krmfn.tree import AliasNode, MapNode, Node, ScalarNode, SeqNode, find

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from krmfn.edit import Editor

_T = TypeVar("_T")


class FieldError(EditError):
    """A field is missing or of another type; the message names the resource and the path."""


class Fields:
    """What a resource's fields hold. A path is text, `spec.containers[0].image`, or a sequence of its steps."""

    __slots__ = ()

    if TYPE_CHECKING:

        @property
        def node(self) -> MapNode: ...
        def editing(self) -> AbstractContextManager[Editor]: ...
        def editor(self) -> Editor: ...
        def describe(self) -> str: ...

    def find(self, path: Path) -> Node | None:
        """Return the node at a path, to edit it; None where there is none. Merge keys are not looked through."""
        return find(self.node, steps(path))

    def get(self, path: Path, default: Any = None) -> Any:
        """Return the plain data at a path, or the default where there is none.

        Raises DataError for data that YAML can write and Python cannot hold: see `to_data`.
        """
        node = find(self.node, steps(path), merged=True)
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

    def get_float(self, path: Path, default: float = 0.0) -> float:
        """Return a number at a path, whole ones included. Raises FieldError where something else stands there."""
        data = self.get(path, default)
        return float(data) if type(data) is int else self._typed(path, float, "a number", default)

    def get_map(self, path: Path) -> dict[str, Any]:
        """Return a mapping at a path, empty where there is none. Raises FieldError for something else."""
        return self._typed(path, dict, "a mapping", {})

    def get_list(self, path: Path) -> list[Any]:
        """Return a list at a path, empty where there is none. Raises FieldError for something else."""
        return self._typed(path, list, "a list", [])

    def has(self, path: Path) -> bool:
        """Tell whether anything stands at a path, if only null."""
        return find(self.node, steps(path), merged=True) is not None

    def set(self, path: Path, data: Any) -> None:
        """Put data at a path; mappings on the way are added, an index may be one past the end of its list.

        Nothing is written where the same data stands there already.

        Raises FieldError where the path leads through an alias, or something that is no mapping and no list, and
        EditError for data that YAML cannot hold.
        """
        with self.editing() as editor:
            put(editor, self.node, steps(path), data)

    def delete(self, path: Path) -> bool:
        """Delete what stands at a path, with the comments that belong to it; tell whether there was anything.

        Raises FieldError where the path leads through an alias, EditError where an alias stands for what is to go.
        """
        *above, last = steps(path)
        parent = _own(self.node, above)
        with self.editing() as editor:
            if isinstance(parent, MapNode) and isinstance(last, str):
                editor.delete(parent, last)
            elif isinstance(parent, SeqNode) and isinstance(last, int) and _has(parent, last):
                editor.remove(parent, last)
            return bool(editor)

    # comments

    def line_comment(self, path: Path) -> str:
        """Return the comment at the end of a field's line, with its `#`; '' where there is none.

        Of a block collection it is the comment behind its key or dash.
        """
        found = self.editor().line_comment(self._field(path))
        return found.text if found else ""

    def head_comment(self, path: Path) -> str:
        """Return the comment lines above a field, without `# `, joined by line feeds; '' where there are none."""
        found = self.editor().head_comments(self._field(path))
        return "\n".join(line.text.removeprefix("#").removeprefix(" ") for line in found)

    def set_line_comment(self, path: Path, text: str) -> None:
        """Put a comment at the end of a field's line, in place of one that is there; '' removes it.

        Raises NoRoomError where something else follows on the line, EditError for a text no comment can hold.
        """
        with self.editing() as editor:
            if text:
                editor.set_line_comment(self._field(path), text)
            else:
                editor.remove_line_comment(self._field(path))

    def set_head_comment(self, path: Path, text: str) -> None:
        """Put comment lines above a field, in place of those that are there; '' removes them."""
        with self.editing() as editor:
            if text == self.head_comment(path):
                return
            editor.remove_head_comments(self._field(path))
            if text:
                editor.add_head_comment(self._field(path), text)

    def move_line_comment_up(self, path: Path) -> None:
        """Move the comment at the end of a field's line to a line of its own above it."""
        with self.editing() as editor:
            editor.move_line_comment_up(self._field(path))

    # how it is done

    def _field(self, path: Path) -> Node:
        node = self.find(path)
        if node is None:
            raise FieldError(f"{self.describe()}: there is no {show(path)}")
        return node

    def _typed(self, path: Path, kind: type[_T], what: str, default: _T) -> _T:
        data = self.get(path, default)
        if not isinstance(data, kind) or (kind is int and isinstance(data, bool)):
            raise FieldError(f"{self.describe()}: {show(path)} is {data!r:.100}, but has to be {what}")
        return data


def put(editor: Editor, root: MapNode, path: tuple[str | int, ...], data: Any) -> None:
    """Put data at a path below a mapping, through an editor; what stands there already is not touched.

    Raises FieldError where the path leads through an alias (what stands at its anchor belongs to others, too), or
    through something that is no mapping and no list.
    """
    node: Node = root
    for number, step in enumerate(path):
        rest = path[number + 1 :]
        if isinstance(node, MapNode) and isinstance(step, str):
            pair = node.pair(step)
            if pair is None or not rest or (isinstance(pair[1], ScalarNode) and to_data(pair[1]) is None):
                editor.put(node, step, _nest(rest, data))
                return
            node = pair[1]
        elif isinstance(node, SeqNode) and isinstance(step, int):
            if step == len(node.items):
                editor.append(node, _nest(rest, data))
                return
            if not _has(node, step):
                raise FieldError(f"{show(path)}: the list has {len(node.items)} items")
            node = node.items[step]
            if not rest:
                _set_item(editor, node, path, data)
        elif isinstance(node, AliasNode):
            raise FieldError(f"{show(path[:number])} is *{node.anchor}, which others use, too; edit its anchor")
        else:
            raise FieldError(f"{show(path)}: {show(path[:number]) or 'the root'} is no {_container(step)}")


def _set_item(editor: Editor, node: Node, path: tuple[str | int, ...], data: Any) -> None:
    """Replace an item of a list where one scalar takes the place of another."""
    from krmfn.edit import means

    if isinstance(node, ScalarNode) and not isinstance(data, dict | list | tuple):
        editor.set_value(node, data)
    elif not means(node, data):
        raise FieldError(f"{show(path)}: replace a field of the item, or remove and append it")


def _own(root: MapNode, path: list[str | int]) -> Node | None:
    """Return the node at a path that no alias leads to."""
    node: Node = root
    for number, step in enumerate(path):
        if isinstance(node, MapNode) and isinstance(step, str) and (pair := node.pair(step)):
            node = pair[1]
        elif isinstance(node, SeqNode) and isinstance(step, int) and _has(node, step):
            node = node.items[step]
        else:
            return None
        if isinstance(node, AliasNode):
            raise FieldError(
                f"{show(path[: number + 1])} is *{node.anchor}, which others use, too; edit its anchor"
            )
    return node


def _has(node: SeqNode, index: int) -> bool:
    return -len(node.items) <= index < len(node.items)


def _nest(path: tuple[str | int, ...], data: Any) -> Any:
    for step in reversed(path):
        if isinstance(step, int) and step != 0:
            raise FieldError(f"the list is new, so its first item has the index 0, not {step}")
        data = {step: data} if isinstance(step, str) else [data]
    return data


def _container(step: str | int) -> str:
    return "mapping" if isinstance(step, str) else "list"

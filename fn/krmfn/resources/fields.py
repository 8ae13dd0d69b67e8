"""Fields of a resource by their path: read as plain data, changed by verified edits."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload

from krmfn.errors import EditError, OverlapError
from krmfn.resources.function_error import FunctionError
from krmfn.yaml.data import to_data
from krmfn.yaml.nodes import MapNode, Node, SeqNode, find
from krmfn.yaml.path import Path, Step, show, steps

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from krmfn.resources.resource import Resource
    from krmfn.resources.sub_object import Part
    from krmfn.yaml.edit import Editor

_T = TypeVar("_T")


class FieldError(EditError, FunctionError):
    """A field is missing, of another type, or cannot be edited.

    The message names the file where it is known, the resource and the path; as a FunctionError it carries one
    result with all of that.
    """

    def __init__(self, resource: Resource, path: Path, problem: str) -> None:
        """Say what is wrong (`problem`, which follows the path in the message) with the field at a path."""
        from krmfn.resources.result import Result

        said = f"{show(path)} {problem}" if path else problem
        message = ": ".join(filter(None, (resource.locate(path), resource.describe(), said)))
        FunctionError.__init__(self, message, Result.error(message, resource, path=path))


class Fields:
    """What a resource's fields hold. A path is text, `spec.containers[0].image`, or a sequence of its steps.

    Every getter looks through aliases and merge keys; what belongs to others, too, is never edited.
    """

    __slots__ = ()

    if TYPE_CHECKING:

        @property
        def resource(self) -> Resource:
            """The resource that the fields belong to."""

    def find(self, path: Path) -> Node | None:
        """Return the node at a path, to edit it; None if there is none. Merge keys are not looked through."""
        return find(self.resource.node, self.full_path(path))

    def get(self, path: Path, default: Any = None) -> Any:
        """Return the plain data at a path, or the default if there is none; the path `""` stands for all of it.

        Raises DataError for data that YAML can write and Python cannot hold: see `to_data`.
        """
        node = self._lookup(path)
        return default if node is None else to_data(node)

    def get_string(self, path: Path, default: str = "") -> str:
        """Return text at a path, the default if there is none or null. Raises FieldError for something else."""
        return self._typed(path, str, "a string", default)

    def get_int(self, path: Path, default: int = 0) -> int:
        """Return a whole number at a path, the default if there is none or null.

        Raises FieldError for something else; `"3"` is text, and 3.0 no whole number.
        """
        return self._typed(path, int, "a whole number", default)

    def get_bool(self, path: Path, *, default: bool = False) -> bool:
        """Return true or false at a path, the default if there is none or null.

        Raises FieldError for something else. As for Kubernetes, `yes` and `on` are true.
        """
        return self._typed(path, bool, "true or false", default)

    def get_float(self, path: Path, default: float = 0.0) -> float:
        """Return a number at a path, whole ones included; the default if there is none or null.

        Raises FieldError for something else.
        """
        data = self.get(path, default)
        return float(data) if type(data) is int else self._typed(path, float, "a number", default)

    def get_map(self, path: Path) -> dict[str, Any]:
        """Return a mapping at a path, empty if there is none or null. Raises FieldError for something else."""
        return self._typed(path, dict, "a mapping", {})

    def get_list(self, path: Path) -> list[Any]:
        """Return a list at a path, empty if there is none or null. Raises FieldError for something else."""
        return self._typed(path, list, "a list", [])

    def get_string_map(self, path: Path) -> dict[str, str]:
        """Return a mapping of text to text at a path, empty if there is none or null.

        Raises FieldError with the path of the value that is not a string.
        """
        data = self.get_map(path)
        return {key: self._as_text((*steps(path), key), value) for key, value in data.items()}

    def get_string_list(self, path: Path) -> list[str]:
        """Return a list of texts at a path, empty if there is none or null.

        Raises FieldError with the path of the item that is not a string.
        """
        data = self.get_list(path)
        return [self._as_text((*steps(path), number), value) for number, value in enumerate(data)]

    def load(self, kind: type[_T], path: Path = "") -> _T:
        """Return what is at a path as a dataclass, or any other type that `krmfn.yaml.dataclass_io` knows.

        Raises FunctionError, with a result for every field that is missing, unknown, or of another type.
        """
        from krmfn.yaml.dataclass_io import load

        problems: list[FunctionError] = []
        made = load(
            kind,
            to_data(self._lookup(path)),
            self.full_path(path),
            lambda where, problem: problems.append(FieldError(self.resource, where, problem)),
        )
        if problems:
            raise FunctionError.of(problems)
        return made

    def has(self, path: Path) -> bool:
        """Tell whether anything is at a path, if only null."""
        return self._lookup(path) is not None

    @overload
    def part(self, path: Path, *, create: Literal[True]) -> Part: ...
    @overload
    def part(self, path: Path, *, create: bool = False) -> Part | None: ...
    def part(self, path: Path, *, create: bool = False) -> Part | None:
        """Return the mapping at a path with this same interface, its own paths relative to it.

        None if there is none, or null. create: return a part for it anyway; setting a field of that part
        adds the mapping. Raises FieldError if something other than a mapping (or null) is there.
        """
        self.get_map(path)
        if not create and self.get(path) is None:
            return None
        return self.resource._part_at(self.full_path(path))  # noqa: SLF001  (parts import this module)

    def parts(self, path: Path) -> list[Part]:
        """Return the mappings in a list, each as `part` does; none if there is no list, or null.

        A part is known by its index, so ask again after items were removed. Raises FieldError for something else
        than a list of mappings.
        """
        return [self.part((*steps(path), number), create=True) for number in range(len(self.get_list(path)))]

    def set(self, path: Path, data: Any) -> None:
        """Put data at a path; mappings on the way are added, an index may be one past the end of its list.

        data: text, numbers, dicts, lists, and dataclasses of them. A mapping or list that is there becomes the new
        one member by member: what both have keeps its text, comments and place, and nothing is written where the
        same data is there already (the order of keys does not count). The path `""` sets the whole resource.

        Raises FieldError if the path leads through an alias, or something that is neither a mapping nor a list,
        and EditError for data that YAML cannot hold.
        """
        self._put([(self.full_path(path), data)])

    def update(self, path: Path, fields: Mapping[str, Any]) -> None:
        """Set fields of the mapping at a path, in one edit; the others stay. Raises what `set` raises."""
        where = self.full_path(path)
        if fields and self.get(path) is None:
            self._put([(where, dict(fields))])
        else:
            self._put([((*where, key), value) for key, value in fields.items()])

    def delete(self, path: Path) -> bool:
        """Delete what is at a path, with the comments that belong to it; tell whether there was anything.

        Raises FieldError if the path leads through an alias, EditError where an alias stands for what is to go.
        """
        from krmfn.yaml.set_value import has, owner

        *above, last = self.full_path(path)
        with self._editing() as editor:
            parent = owner(self.resource.node, tuple(above))
            if isinstance(parent, MapNode) and isinstance(last, str):
                editor.delete(parent, last)
            elif isinstance(parent, SeqNode) and isinstance(last, int) and has(parent, last):
                editor.remove(parent, last)
            return bool(editor)

    # comments

    def line_comment(self, path: Path) -> str:
        """Return the comment at the end of a field's line, with its `#`; '' if there is none.

        Of a block collection it is the comment after its key or dash. Raises FieldError without such a field.
        """
        found = self.resource.editor().line_comment(self._field(path))
        return found.text if found else ""

    def head_comment(self, path: Path) -> str:
        """Return the comment lines above a field, without `# `, joined by line feeds; '' if there are none.

        Raises FieldError without such a field.
        """
        found = self.resource.editor().head_comments(self._field(path))
        return "\n".join(line.text.removeprefix("#").removeprefix(" ") for line in found)

    def set_line_comment(self, path: Path, text: str) -> None:
        """Put a comment (with or without `#`) at the end of a field's line, for one that is there; '' removes it.

        Raises FieldError without such a field, NoRoomError where something else follows on the line, EditError for
        a text no comment can hold.
        """
        with self._editing() as editor:
            if text:
                editor.set_line_comment(self._field(path), text)
            else:
                editor.remove_line_comment(self._field(path))

    def set_head_comment(self, path: Path, text: str) -> None:
        """Put comment lines above a field, in place of those that are there; '' removes them.

        Raises FieldError without such a field, EditError for a text no comment can hold.
        """
        with self._editing() as editor:
            if text == self.head_comment(path):
                return
            editor.remove_head_comments(self._field(path))
            if text:
                editor.add_head_comment(self._field(path), text)

    def move_line_comment(self, path: Path, to: Path) -> None:
        """Move the comment at the end of a field's line to the end of another's, in place of one that is there.

        Raises what `set_line_comment` raises.
        """
        with self._editing() as editor:
            found = editor.line_comment(self._field(path))
            if found is not None:
                editor.set_line_comment(self._field(to), found.text)
                editor.remove_line_comment(self._field(path))

    def move_line_comment_up(self, path: Path) -> None:
        """Move the comment at the end of a field's line to a line of its own above it."""
        with self._editing() as editor:
            editor.move_line_comment_up(self._field(path))

    # how it is done

    def full_path(self, path: Path) -> tuple[Step, ...]:
        """Return the path in the resource."""
        return steps(path)

    def _lookup(self, path: Path) -> Node | None:
        return find(self.resource.node, self.full_path(path), merged=True)

    @contextmanager
    def _editing(self) -> Iterator[Editor]:
        with self._blocked(), self.resource.editing() as editor:
            yield editor

    @contextmanager
    def _blocked(self) -> Iterator[None]:
        from krmfn.yaml.set_value import BlockedError

        try:
            yield
        except BlockedError as error:
            raise FieldError(self.resource, error.path, f"cannot be changed: {error}") from None

    def _put(self, fields: list[tuple[tuple[Step, ...], Any]]) -> None:
        from krmfn.yaml.set_value import equal, plain, put

        fields = [(path, plain(data)) for path, data in fields]

        def edit(*, only_remove: bool = False) -> None:
            with self._editing() as editor:
                for path, data in fields:
                    put(editor, self.resource.node, path, data, only_remove=only_remove)

        with self.resource.all_or_nothing():
            try:
                edit()
            except OverlapError:
                # what goes at the end of a list, and what follows the list, may want the same place
                edit(only_remove=True)
                edit()
            for path, data in fields:
                if isinstance(data, dict | list) and not equal(self.resource.get(path), data):
                    what = (
                        "cannot be changed: an alias in it stands for what would change, or a key is not a string"
                    )
                    raise FieldError(self.resource, path, what)

    def _field(self, path: Path) -> Node:
        node = self.find(path)
        if node is None:
            raise FieldError(self.resource, self.full_path(path), "is not there")
        return node

    def _typed(self, path: Path, kind: type[_T], what: str, default: _T) -> _T:
        data = self.get(path)
        if data is None:
            return default
        if not isinstance(data, kind) or (kind is int and isinstance(data, bool)):
            raise self._mistaken(path, what, data)
        return data

    def _as_text(self, path: Path, data: Any) -> str:
        if not isinstance(data, str):
            raise self._mistaken(path, "a string", data)
        return data

    def _mistaken(self, path: Path, what: str, data: Any) -> FieldError:
        from krmfn.yaml.error_text import shown

        return FieldError(self.resource, self.full_path(path), f"must be {what}, not {shown(data)}")

"""Results: what a function tells the person who runs it.

Source: the KRM Functions Specification, section "ResourceList", https://kpt.dev/reference/schema/resource-list/
"""

from __future__ import annotations

import enum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from krmfn.resources.resource import Resource
    from krmfn.resources.sub_object import Part
    from krmfn.yaml.path import Path

_NO_TAGS: Mapping[str, str] = MappingProxyType({})


class Severity(enum.StrEnum):
    """How bad a result is; the order of the members is the order in which results are printed."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class ResourceRef(NamedTuple):
    """The identity of a resource; every part is empty if it is not known (a compose file has none)."""

    api_version: str = ""
    kind: str = ""
    name: str = ""
    namespace: str = ""

    def to_dict(self) -> dict[str, str]:
        """Return the reference as the specification spells it, without empty parts."""
        parts = {
            "apiVersion": self.api_version,
            "kind": self.kind,
            "namespace": self.namespace,
            "name": self.name,
        }
        return {key: value for key, value in parts.items() if value}


class Field(NamedTuple):
    """A field of a resource, with its value now and the one that is proposed (any YAML data, None: not said)."""

    path: str
    current_value: Any = None
    proposed_value: Any = None

    def to_dict(self) -> dict[str, Any]:
        """Return the field as the specification spells it, without what is not set."""
        parts = {
            "path": self.path,
            "currentValue": self.current_value,
            "proposedValue": self.proposed_value,
        }
        return {key: value for key, value in parts.items() if value is not None}


class File(NamedTuple):
    """A file, relative to the package's root with forward slashes, and the index of a document in it."""

    path: str
    index: int = 0  # type: ignore[assignment]  # a document's number hides the method of tuples that nobody needs

    def to_dict(self) -> dict[str, Any]:
        """Return the file as the specification spells it."""
        return {"path": self.path, "index": self.index}


class Result(NamedTuple):
    """One thing that a function says.

    kpt prints only the message, the severity, the resource and the field's path: a message that has to
    name a file and a line carries them in its text.
    """

    message: str
    severity: Severity
    resource_ref: ResourceRef | None = None
    field: Field | None = None
    file: File | None = None
    tags: Mapping[str, str] = _NO_TAGS

    @classmethod
    def error(
        cls,
        message: str | Exception,
        resource: Resource | Part | None = None,
        *,
        path: Path = "",
        proposed: Any = None,
        tags: Mapping[str, str] = _NO_TAGS,
    ) -> Result:
        """Return an error: with a resource about it, with a path about one of its fields. See `about`."""
        return cls._said(Severity.ERROR, message, resource, path, proposed, tags)

    @classmethod
    def warning(
        cls,
        message: str | Exception,
        resource: Resource | Part | None = None,
        *,
        path: Path = "",
        proposed: Any = None,
        tags: Mapping[str, str] = _NO_TAGS,
    ) -> Result:
        """Return a warning: with a resource about it, with a path about one of its fields. See `about`."""
        return cls._said(Severity.WARNING, message, resource, path, proposed, tags)

    @classmethod
    def info(
        cls,
        message: str | Exception,
        resource: Resource | Part | None = None,
        *,
        path: Path = "",
        proposed: Any = None,
        tags: Mapping[str, str] = _NO_TAGS,
    ) -> Result:
        """Return what is good to know: with a resource about it, with a path about a field of it. See `about`."""
        return cls._said(Severity.INFO, message, resource, path, proposed, tags)

    @classmethod
    def _said(
        cls,
        severity: Severity,
        message: str | Exception,
        resource: Resource | Part | None,
        path: Path,
        proposed: Any,
        tags: Mapping[str, str],
    ) -> Result:
        if resource is not None:
            return cls.about(resource, str(message), severity, path=path, proposed=proposed, tags=tags)
        if path:
            raise ValueError("a path needs the resource that it leads into")
        return cls(str(message), severity, tags=tags)

    @classmethod
    def about(
        cls,
        resource: Resource | Part,
        message: str,
        severity: Severity = Severity.ERROR,
        *,
        path: Path = "",
        proposed: Any = None,
        tags: Mapping[str, str] = _NO_TAGS,
    ) -> Result:
        """Return a result about a resource, or about one of its fields: with its identity, file and value now.

        resource: itself, or a part of it, whose own field is meant then. path: in the resource or the part.
        proposed: the value that the field should have, plain data. tags: for whoever reads results by program.
        Without a file's path on the resource the result names no file.
        """
        from krmfn.yaml.path import show

        whole = resource.resource
        where = resource.full_path(path)
        field = Field(show(where), _value(whole, where), proposed) if where else None
        ref = whole.ref
        return cls(message, severity, ref if any(ref) else None, field, whole.file, tags)

    @classmethod
    def about_file(
        cls,
        path: str,
        message: str | Exception,
        severity: Severity = Severity.ERROR,
        *,
        index: int = 0,
        tags: Mapping[str, str] = _NO_TAGS,
    ) -> Result:
        """Return a result about a file; path: relative to the package's root, with forward slashes."""
        return cls(str(message), severity, file=File(path, index), tags=tags)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Result:
        """Read a result from plain data, kindly: what is missing or misspelt is left out, severity is error."""
        severity = data.get("severity")
        ref, place, file, tags = (data.get(key) for key in ("resourceRef", "field", "file", "tags"))
        return cls(
            str(data.get("message", "")),
            Severity(severity) if severity in set(Severity) else Severity.ERROR,
            _ref(ref) if isinstance(ref, dict) else None,
            _field(place) if isinstance(place, dict) else None,
            _file(file) if isinstance(file, dict) else None,
            {str(key): str(value) for key, value in tags.items()} if isinstance(tags, dict) else {},
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the result as the specification spells it."""
        parts: dict[str, Any] = {"message": self.message, "severity": str(self.severity)}
        if self.resource_ref and (ref := self.resource_ref.to_dict()):
            parts["resourceRef"] = ref
        if self.field:
            parts["field"] = self.field.to_dict()
        if self.file:
            parts["file"] = self.file.to_dict()
        if self.tags:
            parts["tags"] = dict(self.tags)
        return parts

    def __str__(self) -> str:
        """Return `[severity] apiVersion/Kind/namespace/name field.path: message`, as kpt prints it."""
        ref = self.resource_ref
        where = "/".join(filter(None, (ref.api_version, ref.kind, ref.namespace, ref.name))) if ref else ""
        subject = " ".join(filter(None, (where, self.field.path if self.field else "")))
        return f"[{self.severity}] {subject}: {self.message}" if subject else f"[{self.severity}] {self.message}"


def ordered(results: Iterable[Result]) -> list[Result]:
    """Return results in the order in which a person reads them: the worst first, then by file, index and text.

    kpt prints the first four.
    """
    severities = list(Severity)

    def order(result: Result) -> tuple[int, str, int, str]:
        file = result.file or File("")
        return severities.index(result.severity), file.path, file.index, str(result)

    return sorted(results, key=order)


def by_file(results: Iterable[Result]) -> list[Result]:
    """Return results in the order of their files: path, index, severity and text; those without a file first."""

    def order(result: Result) -> tuple[str, int, int, str]:
        file = result.file or File("", -1)
        return file.path, file.index, list(Severity).index(result.severity), str(result)

    return sorted(results, key=order)


def errors(results: Iterable[Result]) -> list[Result]:
    """Return the errors among results, in order."""
    return [result for result in results if result.severity is Severity.ERROR]


def exit_code(results: Iterable[Result]) -> int:
    """Return the exit status that results ask for: 1 where one is an error, 0 else."""
    return int(failed(results))


def failed(results: Iterable[Result]) -> bool:
    """Tell whether a result is an error. kpt and kustomize look at the exit status only: the function has to."""
    return any(result.severity is Severity.ERROR for result in results)


def _value(resource: Resource, path: Path) -> Any:
    try:
        return resource.get(path)
    except ValueError:
        return None  # what has no plain data cannot be shown; that must not hide what is to be said


def _ref(data: Mapping[str, Any]) -> ResourceRef:
    # the legacy form holds the name in `metadata`
    metadata = data.get("metadata")
    named = {**metadata, **data} if isinstance(metadata, dict) else data
    return ResourceRef(*(str(named.get(key) or "") for key in ("apiVersion", "kind", "name", "namespace")))


def _field(data: Mapping[str, Any]) -> Field:
    return Field(str(data.get("path", "")), data.get("currentValue"), data.get("proposedValue"))


def _file(data: Mapping[str, Any]) -> File:
    index = data.get("index")
    return File(str(data.get("path", "")), index if type(index) is int else 0)

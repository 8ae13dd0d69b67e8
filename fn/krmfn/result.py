"""Results: what a function tells the person who runs it.

Source: the KRM Functions Specification, section "ResourceList", https://kpt.dev/reference/schema/resource-list/
"""

from __future__ import annotations

import dataclasses
import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


class Severity(enum.StrEnum):
    """How bad a result is; the order of the members is the order in which results are printed."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class ResourceRef:
    """The identity of a resource; every part is empty where it is not known (a compose file has none)."""

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


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a resource, with its value now and the one that is proposed (any YAML data, None: not said)."""

    path: str
    current_value: Any = None
    proposed_value: Any = None

    def to_dict(self) -> dict[str, Any]:
        """Return the field as the specification spells it, without what is not said."""
        parts = {
            "path": self.path,
            "currentValue": self.current_value,
            "proposedValue": self.proposed_value,
        }
        return {key: value for key, value in parts.items() if value is not None}


@dataclass(frozen=True, slots=True)
class File:
    """A file, relative to the package's root with forward slashes, and the index of a document in it."""

    path: str
    index: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Return the file as the specification spells it."""
        return {"path": self.path, "index": self.index}


@dataclass(frozen=True, slots=True)
class Result:
    """One thing that a function says.

    kpt prints only the message, the severity, the resource and the field's path: a message that has to
    name a file and a line carries them in its text.
    """

    message: str
    severity: Severity
    resource_ref: ResourceRef | None = None
    field: Field | None = None
    file: File | None = None
    tags: Mapping[str, str] = dataclasses.field(default_factory=dict)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Result:
        """Read a result from plain data, kindly: what is missing or misspelt is left out, severity is error."""
        severity = data.get("severity")
        ref, place, file = (data.get(key) for key in ("resourceRef", "field", "file"))
        return cls(
            str(data.get("message", "")),
            Severity(severity) if severity in set(Severity) else Severity.ERROR,
            _ref(ref) if isinstance(ref, dict) else None,
            Field(str(place.get("path", "")), place.get("currentValue"), place.get("proposedValue"))
            if isinstance(place, dict)
            else None,
            File(str(file.get("path", "")), int(file.get("index") or 0)) if isinstance(file, dict) else None,
            {str(key): str(value) for key, value in (data.get("tags") or {}).items()},
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


def _ref(data: Mapping[str, Any]) -> ResourceRef:
    parts = (data.get(key, "") for key in ("apiVersion", "kind", "name", "namespace"))
    return ResourceRef(*map(str, parts))

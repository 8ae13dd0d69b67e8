"""What Flux gives to a commit message's template.

Source: fluxcd/image-automation-controller 1.2, internal/source/source.go (TemplateData) and
internal/update/result.go. Go iterates over maps in random order, and the methods `.Changed.Changes` and
`.Changed.Objects` do that: here it is the order in which the changes are given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fluxmark.flux.template.types import (
    ANY,
    STRING,
    STRING_MAP,
    Function,
    Kind,
    StructField,
    Type,
    map_of,
    slice_of,
)
from fluxmark.flux.template.values import Slice, Value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fluxmark.flux.value_change import Change


def _joined(name: tuple[bytes, bytes]) -> bytes:
    return b"/".join(name)


_LOGGED = Type(
    'struct { Name string "json:\\"name\\""; Namespace string "json:\\"namespace,omitempty\\"" }',
    Kind.STRUCT,
    fields=(StructField("Name", STRING, "name"), StructField("Namespace", STRING, "namespace", omit_empty=True)),
)


def _marshal_log(name: tuple[bytes, bytes]) -> Value:
    return Value(_LOGGED, name[::-1])


NAMESPACED_NAME = Type(
    "types.NamespacedName",
    Kind.STRUCT,
    fields=(StructField("Namespace", STRING), StructField("Name", STRING)),
    methods={
        "String": Function("String", (), STRING, _joined),
        "MarshalLog": Function("MarshalLog", (), ANY, _marshal_log),
    },
    stringer=_joined,
)

_TYPE_META = Type(
    "yaml.TypeMeta",
    Kind.STRUCT,
    fields=(
        StructField("APIVersion", STRING, "apiVersion", omit_empty=True),
        StructField("Kind", STRING, "kind", omit_empty=True),
    ),
)
_NAME_META = Type(
    "yaml.NameMeta",
    Kind.STRUCT,
    fields=(
        StructField("Name", STRING, "name", omit_empty=True),
        StructField("Namespace", STRING, "namespace", omit_empty=True),
    ),
)
_RESOURCE_IDENTIFIER = Type(
    "yaml.ResourceIdentifier",
    Kind.STRUCT,
    fields=(
        StructField("TypeMeta", _TYPE_META, embedded=True),
        StructField("NameMeta", _NAME_META, embedded=True),
    ),
)
OBJECT_IDENTIFIER = Type(
    "update.ObjectIdentifier",
    Kind.STRUCT,
    fields=(StructField("ResourceIdentifier", _RESOURCE_IDENTIFIER, embedded=True),),
)
CHANGE = Type(
    "update.Change",
    Kind.STRUCT,
    fields=(StructField("OldValue", STRING), StructField("NewValue", STRING), StructField("Setter", STRING)),
)
CHANGES = slice_of(CHANGE)
OBJECT_CHANGES = Type("update.ObjectChanges", Kind.MAP, key=OBJECT_IDENTIFIER, elem=CHANGES)
FILE_CHANGES = map_of(STRING, OBJECT_CHANGES)


def _changes(result: tuple[Any, ...]) -> Slice | None:
    """All changes, each value once."""
    distinct = {
        change: None for objects in result[0].values() for changes in objects.values() for change in changes
    }
    return Slice.of(distinct, grown=True) if distinct else None


def _objects(result: tuple[Any, ...]) -> dict[Any, Slice]:
    """The changes of each object, whichever files it is in."""
    merged: dict[Any, list[Any]] = {}
    for objects in result[0].values():
        for identifier, changes in objects.items():
            merged.setdefault(identifier, []).extend(changes)
    return {identifier: Slice.of(changes, grown=True) for identifier, changes in merged.items()}


RESULT = Type(
    "update.Result",
    Kind.STRUCT,
    fields=(StructField("FileChanges", FILE_CHANGES),),
    methods={
        # shuffled: the order is that of the data, which is built in another one
        "Changes": Function("Changes", (), CHANGES, _changes, shuffled=_changes),
        "Objects": Function("Objects", (), OBJECT_CHANGES, _objects, shuffled=_objects),
    },
)
TEMPLATE_DATA = Type(
    "source.TemplateData",
    Kind.STRUCT,
    fields=(
        StructField("AutomationObject", NAMESPACED_NAME),
        StructField("Changed", RESULT),
        StructField("Values", STRING_MAP),
    ),
)


def template_data(
    changes: Sequence[Change], automation: tuple[str, str], values: Mapping[str, str], *, shuffled: bool = False
) -> Value:
    """Return the dot of a template; `shuffled`: with files, and objects in them, in reverse order."""
    files: dict[bytes, dict[Any, list[Any]]] = {}
    for change in changes:
        ref = change.resource
        type_meta = (_text(ref.api_version), _text(ref.kind))
        identifier = ((type_meta, (_text(ref.name), _text(ref.namespace))),)
        made = (_text(change.old), _text(change.new), _text(change.setter))
        files.setdefault(_text(change.file), {}).setdefault(identifier, []).append(made)
    step = -1 if shuffled else 1
    file_changes = {
        file: {identifier: Slice.of(made, grown=True) for identifier, made in list(objects.items())[::step]}
        for file, objects in list(files.items())[::step]
    }
    name = (_text(automation[0]), _text(automation[1]))
    given = {_text(key): _text(value) for key, value in values.items()}
    # without messageTemplateValues the map is nil, which JSON writes as null
    return Value(TEMPLATE_DATA, (name, (file_changes,), given or None))


def _text(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")

"""A marked value is an unquoted number, date, boolean or null.

Flux keeps the YAML type of the old value. Where the new tag is not of that type, it writes
`newTag: !!float 1.2.0`, which kustomize and the API server refuse (`cannot decode !!str as a !!float`), so the
sync of the whole directory stops. Where the new tag is a number as well, Flux writes it in quotes (`"151"` over
`150`), which every reader takes; until then kustomize refuses `newTag: 150`, as a number is not a string.

Fails:
    images:
      - name: example.com/app
        newTag: 1.10 # {"$imagepolicy": "flux-system:app:tag"}

Passes:
    images:
      - name: example.com/app
        newTag: "1.10.0" # {"$imagepolicy": "flux-system:app:tag"}

Fix: put the value in quotes, as `--fix` does.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from fluxmark.finding import Fix
from fluxmark.rules.ordering.evaluator import evaluator
from fluxmark.rules.ordering.samples import samples
from fluxmark.rules.policies import pattern_of
from krmfn.resources.result import Severity
from krmfn.yaml import layout, scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.cluster import Marker, Repository
    from fluxmark.finding import Finding
    from krmfn.yaml.edit import Editor

ID: Final = "marker-value"
SEVERITY: Final = Severity.ERROR

_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}")
_TYPES: Final = {"NoneType": "null", "bool": "bool", "int": "int", "float": "float"}
_NAMES: Final = {
    "null": "null",
    "bool": "a boolean",
    "int": "a number",
    "float": "a number",
    "timestamp": "a date",
}


def check(world: Repository) -> Iterator[Finding]:
    """Yield the marked values that are not strings."""
    for marker in world.markers:
        node, setter = marker.node, marker.setter
        if node is None or setter is None or not marker.works or node.style or node.tag is not None:
            continue
        if scalar.is_text(node.value):
            continue
        kind = _TYPES.get(type(scalar.resolve(node.value)).__name__, "timestamp")
        new = _next(world, marker)
        broken = new is None or not _is_kept(kind, new)
        quoted = f'"{node.value}"' if kind != "null" else None
        if broken:
            shown = f"such as !!{kind} {new or 'TAG'}, which kustomize and the API server refuse"
            what = f"unquoted, {node.value or 'this'} is {_NAMES[kind]}, and Flux keeps the type"
            message = f"{what}: it writes values {shown}"
        elif kind == "timestamp":
            continue  # Flux writes the next date as it is
        else:
            message = f"unquoted, {node.value} is {_NAMES[kind]}; Flux writes the next one in quotes"
            if marker.key == "newTag":
                message += ", and until then kustomize refuses newTag, which must be a string"
        yield marker.source.finding(
            ID,
            SEVERITY if broken else Severity.WARNING if marker.key == "newTag" else Severity.INFO,
            marker.source.span(node),
            f"{message}; write {quoted or 'the image, in quotes'}",
            resource=marker.manifest.ref if marker.manifest else None,
            path=marker.path,
            current=node.value,
            proposed=quoted,
            fix=_fix(marker) if quoted else None,
        )


def _next(world: Repository, marker: Marker) -> str | None:
    """Return a text that Flux may write next, one that is a string if there is such; None if that is unknown."""
    suffix = marker.setter.suffix if marker.setter else ""
    if suffix == "digest":
        return "sha256:…"
    tags = []
    for policy in world.policies_of(marker):
        compiled = evaluator(policy.spec)
        if suffix != "tag" or compiled is None or pattern_of(policy) is None:
            return None
        tags += [tag for tag in samples(compiled.pattern) or () if compiled.admits(tag)]
    return next((tag for tag in tags if scalar.is_text(tag)), next(iter(tags), None))


def _is_kept(kind: str, new: str) -> bool:
    """Tell whether Flux writes a new text so that it can be read over an old value of another type than string."""
    return not scalar.is_text(new) and (kind != "timestamp" or _DATE.fullmatch(new) is not None)


def _fix(marker: Marker) -> Fix | None:
    node = marker.node
    if node is None or layout.content_start(marker.source.text, node) != node.start:
        return None  # an anchor or a tag in front

    def apply(editor: Editor) -> None:
        editor.set_value(node, node.value)

    return Fix("put the value in quotes", apply)

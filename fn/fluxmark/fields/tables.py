"""Image fields that the table of kinds names."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from fluxmark import image
from fluxmark.fields.field import ImageField, field_at
from fluxmark.fields.kinds import KINDS, PARTS, Parts
from fluxmark.fields.paths import ITEMS, at, compiled, scalar
from krmfn.yaml.parser import MapNode, ScalarNode, find as find_node

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from krmfn.yaml.path import Step

OCI = "oci://"
_VERSION = re.compile(r"v?[0-9]+\.[0-9]+\.[0-9]+(?:-[0-9A-Za-z.-]+)?")


@cache
def whole_paths(group: str, kind: str) -> tuple[tuple[str, ...], ...]:
    """Return where documents of a kind hold whole references."""
    return tuple(
        compiled(path) for row in KINDS if group in row.groups and kind in row.kinds for path in row.paths
    )


@cache
def part_rows(group: str, kind: str) -> tuple[Parts, ...]:
    """Return where documents of a kind hold references in parts."""
    return tuple(row for row in PARTS if group in row.groups and kind in row.kinds)


def whole(root: MapNode, paths: tuple[tuple[str, ...], ...]) -> Iterator[ImageField]:
    """Yield the whole references at the paths of a kind."""
    for steps in paths:
        assert steps[-1] != ITEMS
        for parent, path in at(root, steps[:-1]):
            if isinstance(parent, MapNode) and (found := field_at(parent, steps[-1], (*path, steps[-1]))):
                yield found


def parts(root: MapNode, row: Parts, chart: Callable[[MapNode], str]) -> Iterator[ImageField]:
    """Yield the fields of the images that a row finds in parts.

    chart: returns the image of a chart that a mapping with `chart` and `sourceRef` names; '' if it is unknown.
    """
    for parent, path in at(root, compiled(row.at)):
        if not isinstance(parent, MapNode) or (row.unless and scalar(parent, row.unless)):
            continue
        key, name = _name(parent, row, chart)
        if not name:
            continue
        digest = find_node(parent, row.digest.split(".")) if row.digest else None
        pinned = digest if isinstance(digest, ScalarNode) and digest.value else None
        if "/" not in key and not name.startswith(OCI) and (found := field_at(parent, key, (*path, key))):
            yield ImageField(found.node, found.key, found.path, name, "name", found.parent)
        name = name.removeprefix(OCI)
        if found := _part(parent, row.tag, path, name, "tag", pinned):
            text = found.node.value
            if not row.version or _VERSION.fullmatch(text) or image.templating(text):
                yield found
        if pinned and (found := _part(parent, row.digest, path, name, "digest", None)):
            yield found


def _part(
    parent: MapNode, path: str, above: tuple[Step, ...], name: str, part: str, digest: ScalarNode | None
) -> ImageField | None:
    *steps, last = path.split(".")
    node = find_node(parent, steps)
    if not isinstance(node, MapNode):
        return None
    return field_at(node, last, (*above, *steps, last), image=name, part=part, digest=digest)


def _name(parent: MapNode, row: Parts, chart: Callable[[MapNode], str]) -> tuple[str, str]:
    """Return the key and the text of a name; '' if there is none."""
    for key in row.name:
        if key == "sourceRef/chart":
            return key, chart(parent)
        text = "/".join(part for part in (scalar(parent, step).rstrip("/") for step in key.split("/")) if part)
        if text:
            # a chart, and an OCI artifact, is an image only where its URL says so
            return key, text if text.startswith(OCI) or not (row.version or key == "url") else ""
    return "", ""


def items(root: MapNode) -> Iterator[tuple[int, MapNode]]:
    """Yield the resources of a `kind: List`, each with its index."""
    for node, path in at(root, ("items", ITEMS)):
        if isinstance(node, MapNode) and isinstance(path[-1], int):
            yield path[-1], node

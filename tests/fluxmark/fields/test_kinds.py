"""Every row of the table of kinds, compared with a document of that kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

from fluxmark.fields.kinds import KINDS, PARTS, Kind, Parts
from inject_helpers import injected, new_text, tree

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

IMAGE = "reg.io/app:main-abc1234-1707300000"
TAG = "main-abc1234-1707300000"
MARKER = '# {"$imagepolicy": "flux-system:app"}'
WHOLE = [(group, kind, row) for row in KINDS for group in row.groups for kind in row.kinds]
APART = [(group, kind, row) for row in PARTS for group in row.groups for kind in row.kinds]


def put(data: dict[str, Any], path: str, value: object) -> None:
    """Set the value at a path, `[]` standing for a list of one item."""
    node: Any = data
    keys = path.replace("[]", ".[]").split(".")
    for key, following in zip(keys, [*keys[1:], None], strict=True):
        new = value if following is None else [] if following == "[]" else {}
        if key == "[]":
            if not node:
                node.append(new)
            node = node[0]
        else:
            node = node.setdefault(key, new)


def document(group: str, kind: str, fields: Mapping[str, object]) -> str:
    data: dict[str, Any] = {
        "apiVersion": f"{group}/v1" if group else "v1",
        "kind": kind,
        "metadata": {"name": "web"},
    }
    for path, value in fields.items():
        put(data, path, value)
    return yaml.safe_dump(data, sort_keys=False)


@pytest.mark.parametrize(("group", "kind", "row"), WHOLE, ids=[f"{kind}.{group}" for group, kind, _ in WHOLE])
def test_whole_references_of_a_kind_are_marked(group: str, kind: str, row: Kind, tmp_path: Path) -> None:
    text = document(group, kind, dict.fromkeys(row.paths, IMAGE))
    assert text.count(IMAGE) == len(row.paths)
    tree(tmp_path, {"a.yaml": text})
    assert new_text(tmp_path, "a.yaml") == text.replace(IMAGE, f"{IMAGE} {MARKER}")
    assert row.source.startswith("https://")


@pytest.mark.parametrize(("group", "kind", "row"), WHOLE, ids=[f"{kind}.{group}" for group, kind, _ in WHOLE])
def test_a_field_of_a_known_kind_needs_no_tag(group: str, kind: str, row: Kind, tmp_path: Path) -> None:
    text = document(group, kind, dict.fromkeys(row.paths, "reg.io/app"))
    tree(tmp_path, {"a.yaml": text})
    assert new_text(tmp_path, "a.yaml").count(MARKER) == len(row.paths)


def apart(row: Parts, tag: str) -> dict[str, object]:
    """Return the fields of an image in parts, with what is written for its name, by the row's keys."""
    name = row.name[0]
    values: dict[str, object] = {f"{row.at}.{row.tag}": tag}
    if name == "repo/name":
        values |= {f"{row.at}.repo": "oci://reg.io", f"{row.at}.name": "app"}
    elif name == "sourceRef/chart":
        values |= {f"{row.at}.chart": "app", f"{row.at}.sourceRef": {"kind": "HelmRepository", "name": "charts"}}
    else:
        values[f"{row.at}.{name}"] = "oci://reg.io/app" if name == "url" else "reg.io/app"
    return values


CHARTS = """\
apiVersion: source.toolkit.fluxcd.io/v1
kind: HelmRepository
metadata: {name: charts, namespace: flux-system}
spec: {type: oci, url: oci://reg.io}
"""


@pytest.mark.parametrize(("group", "kind", "row"), APART, ids=[f"{kind}.{row.at}" for _, kind, row in APART])
def test_tags_apart_from_their_names_are_marked(group: str, kind: str, row: Parts, tmp_path: Path) -> None:
    tag = "1.2.3" if row.version else TAG
    text = document(group, kind, apart(row, tag))
    tree(tmp_path, {"a.yaml": text, "charts.yaml": CHARTS})
    marked = f'{tag} # {{"$imagepolicy": "flux-system:app:tag"}}'
    assert new_text(tmp_path, "a.yaml") == text.replace(tag, marked)
    assert row.source.startswith("https://")


@pytest.mark.parametrize("row", [row for row in PARTS if row.version], ids=lambda row: row.at)
def test_a_range_of_chart_versions_is_not_a_tag(row: Parts, tmp_path: Path) -> None:
    text = document(row.groups[0], row.kinds[0], apart(row, ">=1.0.0"))
    tree(tmp_path, {"a.yaml": text, "charts.yaml": CHARTS})
    assert "a.yaml" not in injected(tmp_path).changes


def test_semver_of_an_oci_repository_makes_flux_ignore_its_tag(tmp_path: Path) -> None:
    fields = {"spec.url": "oci://reg.io/app", "spec.ref.tag": TAG, "spec.ref.semver": "1.x"}
    tree(tmp_path, {"a.yaml": document("source.toolkit.fluxcd.io", "OCIRepository", fields)})
    assert "a.yaml" not in injected(tmp_path).changes

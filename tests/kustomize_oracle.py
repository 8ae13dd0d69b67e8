"""What the real kustomize makes of a directory, to compare builds with."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

import yaml

from fluxmark.kustomize import KINDS, Build

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class _Loader(yaml.CSafeLoader):
    """Reads dates, and `=`, as text."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, regex) for tag, regex in resolvers if not tag.endswith((":timestamp", ":value"))]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def build(directory: Path) -> tuple[dict[tuple[str, ...], str] | None, str]:
    """Return the objects of the kinds that builds keep by identity, or None and kustomize's error."""
    command = ["kubectl", "kustomize", "--load-restrictor", "LoadRestrictionsNone", str(directory)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    if run.returncode:
        return None, run.stderr
    return by_identity(one for one in yaml.load_all(run.stdout, _Loader) if one), ""


def objects_of(found: Build) -> dict[tuple[str, ...], str]:
    """Return the objects of a build in the same way."""
    return by_identity(one.data for one in found.objects)


def by_identity(objects: Iterable[dict[str, Any]]) -> dict[tuple[str, ...], str]:
    """Return objects, as JSON, by version, kind, namespace and name; Secrets without their values."""
    out: dict[tuple[str, ...], str] = {}
    for one in objects:
        group = one["apiVersion"].rpartition("/")[0]
        if (group, one["kind"]) in KINDS:
            metadata = one["metadata"]
            secret = one["kind"] == "Secret"
            kept = {key: value for key, value in one.items() if not secret or key not in ("data", "stringData")}
            key = one["apiVersion"], one["kind"], str(metadata.get("namespace", "")), str(metadata["name"])
            out[key] = json.dumps(_numbers(kept), sort_keys=True)
    return out


def _numbers(data: Any) -> Any:
    """Return data with whole numbers as JSON has them: without a fraction."""
    if isinstance(data, dict):
        return {key: _numbers(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_numbers(item) for item in data]
    return int(data) if isinstance(data, float) and data.is_integer() else data

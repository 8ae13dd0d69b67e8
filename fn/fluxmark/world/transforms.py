"""What kustomize and Flux's Kustomizations do to resources on their way to the cluster, as far as a package says.

Nothing is built here: where a transformation could make a statement wrong, rules say nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from posixpath import normpath
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fluxmark.world.manifest import Manifest

KUSTOMIZE_GROUP = "kustomize.config.k8s.io"
FLUX_GROUP = "kustomize.toolkit.fluxcd.io"
WORDS = re.compile(
    r"namePrefix|nameSuffix|namespace:|[lL]abels:|[pP]atches|postBuild|commonMetadata|targetNamespace"
)
"""Finds the texts of kustomizations that transform anything; others need not be parsed."""

_KIND = re.compile(r"^\s*kind:\s*[\"']?(\w+)", re.MULTILINE)
_NAME = re.compile(r"^\s*name:\s*[\"']?([\w.${}-]+)", re.MULTILINE)


@dataclass(slots=True)
class Transforms:
    """What may happen to resources.

    renames: names get a prefix or suffix somewhere. relabels: labels are added somewhere. substitutes: Flux fills
    in `${…}`. namespaces: that a kustomization of a directory gives its resources. patched: (kind, name) that a
    patch changes, the name '' for all. patch_files: files that are patches, no resources.
    """

    renames: bool = False
    relabels: bool = False
    substitutes: bool = False
    namespaces: dict[str, str] = field(default_factory=dict)
    patched: set[tuple[str, str]] = field(default_factory=set)
    patch_files: set[str] = field(default_factory=set)

    def changes(self, kind: str, name: str) -> bool:
        """Tell whether a patch changes a resource."""
        return (kind, name) in self.patched or (kind, "") in self.patched


def find_transforms(kustomizations: Iterable[Manifest]) -> Transforms:
    """Return what the kustomizations of a package, kustomize's and Flux's, do."""
    found = Transforms()
    for manifest in kustomizations:
        data = manifest.data if manifest.group != FLUX_GROUP else manifest.spec
        found.renames |= bool(data.get("namePrefix") or data.get("nameSuffix"))
        found.relabels |= bool(data.get("labels") or data.get("commonLabels") or data.get("commonMetadata"))
        found.substitutes |= bool(data.get("postBuild"))
        directory = PurePosixPath(manifest.source.path).parent
        namespace = data.get("namespace")
        if manifest.group != FLUX_GROUP and isinstance(namespace, str):
            found.namespaces[str(directory)] = namespace
        for patch in _patches(data):
            _read_patch(found, patch, directory)
    return found


def _patches(data: dict[str, Any]) -> Iterable[Any]:
    for key in ("patches", "patchesStrategicMerge", "patchesJson6902"):
        value = data.get(key)
        if isinstance(value, list):
            yield from value


def _read_patch(found: Transforms, patch: Any, directory: PurePosixPath) -> None:
    fields = patch if isinstance(patch, dict) else {"patch" if "\n" in str(patch) else "path": patch}
    path, text, target = fields.get("path"), fields.get("patch"), fields.get("target")
    if isinstance(path, str):
        found.patch_files.add(normpath(str(directory / path)))
    if isinstance(target, dict) and isinstance(target.get("kind"), str):
        name = target.get("name")
        found.patched.add((target["kind"], name if isinstance(name, str) and name.isidentifier() else ""))
    elif isinstance(text, str) and (kind := _KIND.search(text)):
        named = _NAME.search(text)
        found.patched.add((kind[1], named[1] if named else ""))

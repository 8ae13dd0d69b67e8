"""kustomization.yaml: lists the generated files, so that Flux's Kustomization applies them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

KIND = "Kustomization"
API_VERSION = "kustomize.config.k8s.io/v1beta1"
FILE = "kustomization.yaml"
# what kustomize takes for a kustomization, in its order of preference
NAMES = (FILE, "kustomization.yml", "Kustomization")
HEADER = "Flux image automation: what it scans, selects and writes; written by fluxmark."


def build(files: Sequence[str]) -> dict[str, Any]:
    """Return a kustomization of these files."""
    return {"apiVersion": API_VERSION, "kind": KIND, "resources": list(files)}


def missing(listed: Sequence[Any], files: Sequence[str]) -> list[str]:
    """Return the files that a kustomization's `resources` do not list yet; `./x` is `x`."""
    known = {str(entry).removeprefix("./") for entry in listed}
    return [file for file in files if file not in known]

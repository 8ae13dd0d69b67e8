"""Which files Flux reads.

Source: image-automation-controller 1.2, `internal/update/filereader.go`.
"""

from __future__ import annotations


def is_flux_file(name: str) -> bool:
    """Tell whether Flux reads a file of this name (not path); the case of letters counts."""
    return name.endswith((".yaml", ".yml")) or name == "Kustomization"

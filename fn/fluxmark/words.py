"""Words by which Flux's files are told from others. Nothing is imported for them."""

from __future__ import annotations

from typing import Final

GROUP: Final = "image.toolkit.fluxcd.io"
"""The API group of image resources."""

KEY: Final = "$imagepolicy"
"""The key of a marker's JSON object."""

TOKEN: Final = f'"{KEY}"'
"""Flux looks into no file without this text (image-automation-controller, `internal/update/setters.go`)."""

SECRET: Final = "Secret"  # noqa: S105  (a kind)

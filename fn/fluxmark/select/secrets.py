"""What a Secret of the repository holds, where that is in the clear."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any, Final

from fluxmark.registry.keyring import PullSecret

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fluxmark.cluster.manifest import Manifest

PULL_KEYS: Final = (".dockerconfigjson", ".dockercfg")
"""The keys of a Secret that logs in to registries."""


def values(secret: Manifest, keys: Sequence[str]) -> dict[str, bytes]:
    """Return what a Secret holds under some keys; those that are missing or encrypted are left out."""
    return {key: value for key in keys if (value := _value(secret, key)) is not None}


def pull_secret(secret: Manifest) -> PullSecret | None:
    """Return a Secret as Flux looks for logins in it; None if it holds none in the clear."""
    data = values(secret, PULL_KEYS)
    kind = secret.get("type")
    if not data:
        return None
    return PullSecret(f"{secret.namespace}/{secret.name}", kind if isinstance(kind, str) else "", data)


def _value(secret: Manifest, key: str) -> bytes | None:
    """Return a value; None if there is none, or none in the clear (SOPS keeps other text there)."""
    plain: Any = secret.get("stringData", key)
    if isinstance(plain, str):
        return None if plain.startswith("ENC[") else plain.encode()
    coded: Any = secret.get("data", key)
    try:
        return base64.b64decode("".join(coded.split()), validate=True) if isinstance(coded, str) else None
    except (binascii.Error, ValueError):
        return None

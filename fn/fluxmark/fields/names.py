"""The names that keys of image fields have, in Helm values and in custom resources.

Keys are compared without case, `-` and `_`: `imageTag`, `image_tag` and `ImageTag` are one key. A prefix that the
keys share ties them together: `serverImage` belongs to `serverTag`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

TAG_KEYS: Final = ("imagetag", "imageversion", "appversion", "tag", "version")
"""Ends of keys that hold a tag, the longer first."""

NAME_KEYS: Final = ("imagerepository", "repository", "imagename", "image", "imagerepo", "repo", "name")
"""Ends of keys that hold the name that a tag belongs to, the surer first."""

DIGEST_KEYS: Final = ("imagedigest", "digest", "imagesha", "sha")
"""Ends of keys that hold a digest; `sha` holds it without its algorithm."""

REGISTRY_KEYS: Final = ("imageregistry", "registry")
"""Keys that hold the registry in front of a name."""

OTHER_TAG_KEYS: Final = ("newtag", "chartversion", "targetrevision")
"""Keys that hold a tag, and whose names are elsewhere: kustomize's, and those of charts."""


@lru_cache(maxsize=4096)
def plain(key: str) -> str:
    """Return a key as it is compared."""
    return key.lower().replace("-", "").replace("_", "")

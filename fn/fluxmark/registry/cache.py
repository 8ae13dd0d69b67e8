"""Lists of tags that are kept in a directory for a while, where a user asks for that.

One JSON file a repository and way to log in; nothing of a login is in it. A file that cannot be read, or that
another version wrote, does not count.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from fluxmark.registry.request import Request

SECONDS: Final = 600
"""How long a list is taken without asking; after that the registry may say that it has not changed (`ETag`)."""

MAX_FILE: Final = 64 << 20
_VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class Entry:
    """A list of tags, and what is known of it, as a `Listing` has it. etag: '' if the registry gave none."""

    tags: tuple[str, ...]
    refused: tuple[str, ...] = ()
    login: str = ""
    etag: str = ""
    time: float = field(default_factory=time.time)

    @property
    def is_fresh(self) -> bool:
        """Whether the registry need not be asked."""
        return 0 <= time.time() - self.time < SECONDS


@dataclass(frozen=True, slots=True)
class Cache:
    """A directory of lists. It is the user's alone."""

    directory: Path

    def get(self, request: Request) -> Entry | None:
        """Return what is kept for a request; None if that is nothing."""
        try:
            with self._path(request).open("rb") as file:
                data = json.loads(file.read(MAX_FILE))
        except (OSError, ValueError, RecursionError):
            return None
        return _entry(data)

    def put(self, request: Request, entry: Entry) -> None:
        """Keep a list. Raises OSError."""
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        data = {
            "version": _VERSION,
            "tags": entry.tags,
            "refused": entry.refused,
            "login": entry.login,
            "etag": entry.etag,
            "time": entry.time,
        }
        handle, name = tempfile.mkstemp(prefix="fluxmark-", suffix=".tmp", dir=self.directory)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(data, file)
            Path(name).replace(self._path(request))
        except BaseException:
            Path(name).unlink()
            raise

    def _path(self, request: Request) -> Path:
        places = getattr(request.credentials, "places", ())
        key = json.dumps([request.host, request.image.repository, request.plain, places])
        return self.directory / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.json"


def _entry(data: Any) -> Entry | None:
    if not isinstance(data, dict) or data.get("version") != _VERSION:
        return None
    tags, refused = _texts(data.get("tags")), _texts(data.get("refused"))
    login, etag, when = data.get("login"), data.get("etag"), data.get("time")
    if tags is None or refused is None or not (isinstance(login, str) and isinstance(etag, str)):
        return None
    return Entry(tags, refused, login, etag, when) if isinstance(when, float) else None


def _texts(value: object) -> tuple[str, ...] | None:
    return tuple(value) if isinstance(value, list) and all(isinstance(one, str) for one in value) else None

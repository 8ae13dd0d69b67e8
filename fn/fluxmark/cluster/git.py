"""Which Git repository a URL means, and what the one around a directory is called."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from pathlib import Path

_SCP = re.compile(r"(?:[^@/:]+@)?(?P<host>[^/:]+):(?!//)(?P<path>.+)")
_URL = re.compile(r"^[ \t]*url[ \t]*=[ \t]*(\S+)", re.MULTILINE)


def repository_name(url: str) -> str:
    """Return what is the same in all URLs of one repository: `host/path`; '' where it is not a URL.

    The scheme, the user, the port, `.git` at the end and the case of letters do not count: a repository is cloned
    by SSH here and by HTTPS there.
    """
    text = url.strip()
    if "://" in text:
        try:
            parts = urlsplit(text)
            host, path = parts.hostname or "", parts.path
        except ValueError:
            return ""
    elif found := _SCP.fullmatch(text):
        host, path = found["host"], found["path"]
    else:
        return ""
    path = path.strip("/").removesuffix(".git").rstrip("/")
    return f"{host}/{path}".lower() if host and path else ""


def around(directory: Path) -> Path | None:
    """Return the root of the Git repository that a directory is in; None where it is in none."""
    return next((above for above in (directory, *directory.parents) if (above / ".git").exists()), None)


def remotes(root: Path) -> frozenset[str]:
    """Return the names of a repository's remotes, as `repository_name` gives them; none where they are unknown."""
    config = root / ".git" / "config"
    try:
        text = config.read_text(encoding="utf-8", errors="replace") if config.is_file() else ""
    except OSError:
        return frozenset()
    return frozenset(name for url in _URL.findall(text) if (name := repository_name(url)))

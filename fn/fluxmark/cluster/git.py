"""Which Git repository a URL means, and what the one around a directory is called."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from pathlib import Path

_SCP = re.compile(r"(?:[^@/:]+@)?(?P<host>[^/:]+):(?!//)(?P<path>.+)")
_HEAD = re.compile(r"ref: refs/heads/(?P<branch>\S+)")
_URL = re.compile(r"^[ \t]*url[ \t]*=[ \t]*(\S+)", re.MULTILINE)


def repository_name(url: str) -> str:
    """Return what is the same in all URLs of one repository: `host/path`; '' if it is not a URL.

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
    """Return the root of the Git repository that a directory is in; None if it is in none."""
    return next((above for above in (directory, *directory.parents) if (above / ".git").exists()), None)


@dataclass(frozen=True, slots=True)
class Checkout:
    """What is known of a repository's work tree.

    remotes: what it is called, as `repository_name` gives it. branch: that is checked out, '' if none is.
    """

    remotes: frozenset[str] = frozenset()
    branch: str = ""


NO_CHECKOUT = Checkout()


def checkout(directory: Path) -> Checkout:
    """Return what Git says of a directory; nothing if it is not the root of a repository."""
    config, head = _read(directory / ".git" / "config"), _read(directory / ".git" / "HEAD")
    names = frozenset(name for url in _URL.findall(config) if (name := repository_name(url)))
    found = _HEAD.match(head)
    return Checkout(names, found["branch"] if found else "")


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""
    except OSError:
        return ""

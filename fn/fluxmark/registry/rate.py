"""Rate limits that a registry tells: `ratelimit-limit: 100;w=21600` and `ratelimit-remaining: 97;w=21600`.

Source: https://docs.docker.com/docker-hub/usage/pulls/, and draft-polli-ratelimit-headers, which Docker Hub
follows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_SHARE: Final = 10
"""Below this part of the limit, a tenth, a user should know."""


def warning(header: Callable[[str], str], host: str) -> str:
    """Return what a user should know of a host's limit; '' as long as there is enough left."""
    limit, window = _read(header("ratelimit-limit"))
    remaining, _ = _read(header("ratelimit-remaining"))
    if limit is None or remaining is None or remaining * _SHARE > limit:
        return ""
    time = f" in {window / 3600:g} h" if window else ""
    return (
        f"{host} allows {limit} requests{time}, and {remaining} are left; log in, or keep lists with --cache DIR"
    )


def _read(text: str) -> tuple[int | None, int]:
    """Return a number and its window in seconds, 0 for none."""
    number, _, parameters = text.partition(";")
    name, _, window = parameters.partition("=")
    seconds = _number(window.partition(";")[0]) if name.strip() == "w" else None
    return _number(number), seconds or 0


def _number(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None

"""Images as a functionConfig names them: repositories without scheme, tag and digest."""

from __future__ import annotations

import re

from fluxmark.schema.message import show

# A registry's host and port, then path components. Source: the grammar in distribution/reference.
_HOST = r"(?:[a-zA-Z0-9](?:[-a-zA-Z0-9.]*[a-zA-Z0-9])?|\[[0-9a-fA-F:]+\])(?::[0-9]+)?"
_COMPONENT = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_REPOSITORY = re.compile(f"(?:{_HOST}/)?{_COMPONENT}(?:/{_COMPONENT})*")


def repository_problem(text: str) -> str | None:
    """Return what is wrong with the image of an ImageRepository, and what to write; None if nothing is."""
    if _REPOSITORY.fullmatch(text):
        return None
    scheme, _, rest = text.rpartition("://")
    name, _, digest = rest.partition("@")
    repository, tag = _split_tag(name)
    parts = [part for part, found in (("scheme", scheme), ("tag", tag), ("digest", digest)) if found]
    wrong = f"must have no {' and no '.join(parts)}" if parts else "must be an image's repository"
    proposed = next((name for name in (repository, repository.lower()) if _REPOSITORY.fullmatch(name)), None)
    return f"{wrong}, not {show(text)}: write {proposed or 'for example ghcr.io/acme/web'}"


def default_name(image: str) -> str:
    """Return the name of an image's resources if none is given: its last part, in the letters of RFC 1123."""
    return re.sub(r"_+", "-", image.rpartition("/")[2])


def _split_tag(name: str) -> tuple[str, str]:
    before, slash, last = name.rpartition("/")
    last, _, tag = last.partition(":")
    return before + slash + last, tag

"""Images as a functionConfig names them: repositories without scheme, tag and digest."""

from __future__ import annotations

import re

from fluxmark.image import ImageError, parse


def repository_problem(text: str) -> str | None:
    """Return what is wrong with the image of an ImageRepository, and what to write; None if nothing is."""
    try:
        found = parse(text)
    except ImageError as error:
        return str(error)
    parts = [part for part, said in (("tag", found.tag), ("digest", found.digest)) if said]
    if not parts:
        return None
    return f"must have no {' and no '.join(parts)}, not {text!r}: write {found.name}"


def default_name(image: str) -> str:
    """Return the name of an image's resources if none is given: its last part, in the letters of RFC 1123."""
    return re.sub(r"_+", "-", image.rpartition("/")[2])

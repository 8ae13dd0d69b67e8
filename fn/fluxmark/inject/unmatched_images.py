"""Configured images without a field: a misspelt name, a `where` that matches nothing, an unknown field."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmark import image
from fluxmark.fields import near
from fluxmark.finding import Finding
from fluxmark.flux.marker import Setter
from krmfn.resources.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fluxmark.config import Image, ImageAutomation
    from fluxmark.inject.apply import Marking

RULE = "nowhere"


def nowhere(config: ImageAutomation, marking: Marking, texts: Mapping[str, str]) -> Iterator[Finding]:
    """Yield a finding for every configured image of which there is no field in the texts, by path."""
    missing = [one for one in config.images if Setter(config.namespace, one.name) not in marking.tally.met]
    names = near.names(texts, marking.clues) if missing else set()
    for one in missing:
        kinds = marking.tally.outside.get(Setter(config.namespace, one.name))
        said = _typo(one, names) if kinds is None else _excluded(one, kinds)
        yield Finding(RULE, Severity.WARNING, f"{one.image}: {said}")


def _excluded(one: Image, kinds: set[str]) -> str:
    said = "`where` excludes every document that holds this image, so nothing is marked"
    unknown = [kind for kind in one.where.kinds if kind not in kinds]
    if unknown:
        meant = ", ".join(sorted(kind or "documents without a kind" for kind in kinds))
        said += f"; `kinds` names {', '.join(unknown)}, and the image is in {meant}"
    elif one.where.paths:
        said += f"; no file of them matches {', '.join(one.where.paths)}"
    return said


def _typo(one: Image, names: set[str]) -> str:
    said = "no field in this repository holds this image, so nothing is marked"
    canonical = image.parse(one.image).canonical
    close = near.nearest_images(canonical, names)
    if close:
        return f"{said}; did you mean {' or '.join(close)}?"
    return f"{said}; if it is there, name its field in `fields`"

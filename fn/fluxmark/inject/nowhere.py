"""Configured images without a field: a misspelt name, a `where` that matches nothing, an unknown field."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmark import image
from fluxmark.fields import Finder
from fluxmark.finding import Finding
from fluxmark.marker import Setter
from fluxmark.schema.nearest import nearest
from krmfn.node import MapNode, ScalarNode, parse
from krmfn.result import Severity
from krmfn.text import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fluxmark.config import Image, ImageAutomation
    from fluxmark.inject.marking import Marking

RULE = "nowhere"


def nowhere(config: ImageAutomation, marking: Marking, texts: Mapping[str, str]) -> Iterator[Finding]:
    """Yield a finding for every configured image of which there is no field in the texts, by path."""
    missing = [one for one in config.images if Setter(config.namespace, one.name) not in marking.tally.met]
    names = _names(marking, texts) if missing else set()
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
    said = "no field in this tree holds this image, so nothing is marked"
    canonical = image.parse(one.image).canonical
    close = _nearest(canonical, names)
    if close:
        return f"{said}; did you mean {' or '.join(close)}?"
    return f"{said}; if it is there, name its field in `fields`"


def _nearest(canonical: str, names: set[str]) -> tuple[str, ...]:
    """Return the images whose last part is the same, else those where it is few typing errors away."""
    *_, last = canonical.split("/")
    same = sorted(name for name in names if name.rpartition("/")[2] == last)
    if same:
        return tuple(same[:3])
    lasts = nearest(last, {name.rpartition("/")[2] for name in names}, max(2, len(last) // 3))
    found = sorted(name for name in names if name.rpartition("/")[2] in lasts)
    prefix = canonical.rpartition("/")[0]
    return tuple([name for name in found if name.rpartition("/")[0] == prefix] or found)[:3]


def _names(marking: Marking, texts: Mapping[str, str]) -> set[str]:
    """Return the names of all images in a tree, as they are written."""
    finder = Finder(lambda _: True, marking.clues)
    names = set()
    for path, text in texts.items():
        try:
            documents = parse(text, "")
        except InputError:
            continue
        for root in (document.root for document in documents):
            if not isinstance(root, MapNode):
                continue
            kind, version = root.get("kind"), root.get("apiVersion")
            for field in finder.find(
                root,
                version.value if isinstance(version, ScalarNode) else "",
                kind.value if isinstance(kind, ScalarNode) else "",
                path,
            ):
                ref = image.parse_templated(field.image)
                if ref is not None:
                    names.add(ref.name)
    return names

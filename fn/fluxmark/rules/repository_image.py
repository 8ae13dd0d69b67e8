"""Flux cannot scan an ImageRepository's image.

The image is a repository: with a URL scheme (`https://`) or a tag Flux refuses it (`should not include URL
scheme`, `should not include a tag`), and also with capital letters or other characters that no repository has.
The policies of such a repository select nothing; one of them fails the automation of its whole namespace if it
ever had a latest image.

Fails:
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImageRepository
    metadata: {name: app, namespace: flux-system}
    spec: {image: https://example.com/app, interval: 5m0s}

Passes:
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImageRepository
    metadata: {name: app, namespace: flux-system}
    spec: {image: example.com/app, interval: 5m0s}

Fix: write the repository alone, as `--fix` does with a scheme or a tag.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from fluxmark import image
from fluxmark.cluster.manifest import is_templated
from fluxmark.finding import Fix
from krmfn.resources.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.cluster import Manifest, Repository
    from fluxmark.finding import Finding
    from krmfn.yaml.edit import Editor

ID: Final = "repository-image"
SEVERITY: Final = Severity.ERROR

_SCHEME = re.compile(r"(?P<scheme>[a-zA-Z][a-zA-Z0-9+.-]*)://")
_PATH = ("spec", "image")


def check(world: Repository) -> Iterator[Finding]:
    """Yield the images that Flux would refuse."""
    for repository in world.repositories:
        text = repository.text(*_PATH)
        if not text or is_templated(text) or not repository.is_final:
            continue
        if scheme := _SCHEME.match(text):
            yield _report(
                repository,
                f"Flux refuses the image: it should not include a URL scheme; write {text[scheme.end() :]}",
                (0, scheme.end()),
                text[scheme.end() :].rstrip("/"),
            )
            continue
        try:
            ref = image.parse(text)
        except image.ImageError as error:
            yield _report(repository, f"Flux refuses the image: {error}", None, None)
            continue
        if len(ref.name) < len(text):
            piece = (len(ref.name), len(text) - len(ref.name))
            message = f"Flux refuses the image: it should not include a tag or a digest; write {ref.name}"
            yield _report(repository, message, piece, ref.name)


def _report(repository: Manifest, message: str, piece: tuple[int, int] | None, proposed: str | None) -> Finding:
    node = repository.scalar(*_PATH)

    def apply(editor: Editor) -> None:
        if node is not None and proposed is not None:
            editor.set_value(node, proposed)

    fix = Fix(f"write {proposed}", apply) if proposed and node is not None else None
    return repository.report(ID, SEVERITY, _PATH, message, piece=piece, proposed=proposed, fix=fix)

"""A marker stands in a file whose name Flux skips, or cannot write.

Flux reads files that end in `.yaml` or `.yml`, in lower case, and those called exactly `Kustomization`; everything
else is skipped without a word (image-automation-controller, `filereader.go`). A file with `..` in its name is
read, but writing it fails the whole run (`resource must be written under package`).

Fails:
    # file: app.YAML
    image: example.com/app:1.0.0 # {"$imagepolicy": "flux-system:app"}

Passes:
    # file: app.yaml
    image: example.com/app:1.0.0 # {"$imagepolicy": "flux-system:app"}

Fix: rename the file. Values of files in other formats (`.env`, Dockerfile) cannot be updated by Flux.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmark.flux_files import is_flux_file
from krmfn.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.cluster import Repository
    from fluxmark.finding import Finding

ID: Final = "file-name"
SEVERITY: Final = Severity.ERROR


def check(world: Repository) -> Iterator[Finding]:
    """Yield the first marker of every file with such a name."""
    seen = set()
    for marker in world.markers:
        path, name = marker.source.path, marker.source.path.rpartition("/")[2]
        if not path or path in seen or marker.setter is None:
            continue
        if not is_flux_file(name):
            message = f"Flux skips this file: it reads only .yaml, .yml and Kustomization, not {name}; rename it"
        elif ".." in path and marker.works:
            message = "Flux fails once this marker changes: it writes no file with '..' in its path; rename it"
        else:
            continue
        seen.add(path)
        yield marker.source.finding(ID, SEVERITY, marker.span, message)

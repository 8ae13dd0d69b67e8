"""A marker is in a file whose name Flux skips, or cannot write.

Flux reads files that end in `.yaml` or `.yml`, in lower case, and those called exactly `Kustomization`; everything
else is skipped without a word (image-automation-controller, `filereader.go`). A file with `..` in its name is
read, but writing it fails the whole run (`resource must be written under package`).

Fails:
    # file: app.YAML
    image: example.com/app:1.0.0 # {"$imagepolicy": "flux-system:app"}

Passes:
    # file: app.yaml
    image: example.com/app:1.0.0 # {"$imagepolicy": "flux-system:app"}

Fix: rename the file. Flux cannot update templates and files in other formats (`.env`, Terraform, a Dockerfile):
keep the image in a YAML file from which they are made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmark.flux.files import is_flux_file
from krmfn.resources.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.cluster import Repository
    from fluxmark.finding import Finding

ID: Final = "file-name"
SEVERITY: Final = Severity.ERROR

_TEMPLATES: Final = (".tpl", ".tmpl", ".gotmpl", ".j2", ".jinja", ".jinja2", ".erb", ".mustache", ".template")


def check(world: Repository) -> Iterator[Finding]:
    """Yield the first marker of every file with such a name."""
    seen = set()
    for marker in world.markers:
        path, name = marker.source.path, marker.source.path.rpartition("/")[2]
        if not path or path in seen or marker.setter is None:
            continue
        if not is_flux_file(name):
            message = (
                f"Flux skips this file: it reads only .yaml, .yml and Kustomization, not {name}; {_advice(name)}"
            )
        elif ".." in path and marker.works:
            message = "Flux fails once this marker changes: it writes no file with '..' in its path; rename it"
        else:
            continue
        seen.add(path)
        yield marker.source.finding(ID, SEVERITY, marker.span, message)


def _advice(name: str) -> str:
    """Return what to do about a file that Flux does not read."""
    lower = name.lower()
    if lower.endswith((".yaml", ".yml")) or lower == "kustomization":
        return "rename it"
    if lower.endswith(_TEMPLATES):
        return "mark the file that the template is filled in from"
    return "Flux updates YAML alone, so keep the image in a YAML file"

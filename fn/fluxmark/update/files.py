"""The files of a package that Flux would look into, and those that hold Flux's own resources.

Source: image-automation-controller 1.2, `internal/update/filereader.go`: names that end in `.yaml` or `.yml` and
the name `Kustomization`; hidden directories, too; symbolic links to files, not those to directories; of all these
only files with the text of a marker in them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fluxmark.flux_files import is_flux_file
from fluxmark.flux_resources import GROUP, FluxResources, in_text
from fluxmark.update.text import MENTION
from krmfn.text import InputError, decode

if TYPE_CHECKING:
    from krmfn.package import Package

_MENTION = MENTION.encode()
_GROUP = GROUP.encode()
_SECRET = b"Secret"


@dataclass(slots=True)
class Files:
    """What was read of a package.

    marked: files with a marker's text in them, by path, in lexical order; resources: Flux's; unreadable: the files
    that could not be read, each with the reason.
    """

    marked: dict[str, bytes] = field(default_factory=dict)
    resources: FluxResources = field(default_factory=FluxResources)
    unreadable: list[str] = field(default_factory=list)


def read(package: Package, *, secrets: bool = False) -> Files:
    """Read a package. secrets: whether Secrets are wanted among the resources."""
    found = Files()
    for path in package.walk(is_flux_file):
        try:
            data = package.read_bytes(path)
        except InputError as error:
            found.unreadable.append(str(error))
            continue
        if _MENTION in data:
            found.marked[path] = data
        if _GROUP in data or (secrets and _SECRET in data):
            _add(found, data, package.show(path), secrets=secrets)
    return found


def _add(found: Files, data: bytes, name: str, *, secrets: bool) -> None:
    try:
        for resource in in_text(decode(data, name), name):
            if secrets or resource.kind != "Secret":
                found.resources.add(resource)
    except InputError as error:
        found.resources.unreadable.append(str(error).split("\n", 1)[0])

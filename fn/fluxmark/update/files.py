"""The files of a package that Flux would look into, and those that hold Flux's own resources.

Source: image-automation-controller 1.2, `internal/update/filereader.go`: names that end in `.yaml` or `.yml` and
the name `Kustomization`; hidden directories, too; symbolic links to files, not those to directories; of all these
only files with the text of a marker in them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fluxmark.flux_resources import FluxResources, in_text
from fluxmark.words import GROUP, SECRET, TOKEN
from krmfn.text import InputError, decode

if TYPE_CHECKING:
    from krmfn.package import Found, Package

_TOKEN, _GROUP, _SECRET = TOKEN.encode(), GROUP.encode(), SECRET.encode()


@dataclass(slots=True)
class Files:
    """What was read of a package.

    marked: files with a marker's text in them, by path, in lexical order; resources: Flux's; unreadable: the files
    that could not be read, each with the reason.
    """

    marked: dict[str, bytes] = field(default_factory=dict)
    resources: FluxResources = field(default_factory=FluxResources)
    unreadable: list[str] = field(default_factory=list)


def read(found: Found, package: Package, *, secrets: bool = False) -> Files:
    """Sort what `flux_files.search` found. secrets: whether Secrets are wanted among the resources."""
    files = Files(unreadable=found.unreadable)
    for path, data in found.files.items():
        if _TOKEN in data:
            files.marked[path] = data
        if _GROUP in data or (secrets and _SECRET in data):
            _add(files, data, package.show(path), secrets=secrets)
    return files


def _add(found: Files, data: bytes, name: str, *, secrets: bool) -> None:
    try:
        for resource in in_text(decode(data, name), name):
            if secrets or resource.kind != SECRET:
                found.resources.add(resource)
    except InputError as error:
        found.resources.unreadable.append(str(error).split("\n", 1)[0])

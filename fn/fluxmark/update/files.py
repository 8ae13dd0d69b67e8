"""The files of a directory that Flux would look into, and the clusters that its resources make.

Source: image-automation-controller 1.2, `internal/update/filereader.go`: names that end in `.yaml` or `.yml` and
the name `Kustomization`; hidden directories, too; symbolic links to files, not those to directories; of all these
only files with the text of a marker in them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fluxmark.cluster.directory import checkout_of, directory_tree, text_of
from fluxmark.cluster.follow import Model, read_clusters
from fluxmark.cluster.source import Source
from fluxmark.flux.api_groups import KUSTOMIZATION_NAMES, MODEL_WORDS, SECRET, TOKEN

if TYPE_CHECKING:
    from krmfn.packages.package import Found, Package

_TOKEN, _SECRET = TOKEN.encode(), SECRET.encode()
_MODEL = tuple(word.encode() for word in MODEL_WORDS)


@dataclass(frozen=True, slots=True)
class Files:
    """What was read of a directory.

    marked: files with a marker's text in them, by path, in lexical order; model: the clusters; unreadable: the
    files that could not be read, each with the reason.
    """

    marked: dict[str, bytes] = field(default_factory=dict)
    model: Model = field(default_factory=lambda: Model(()))
    unreadable: tuple[str, ...] = ()


def read(found: Found, package: Package, *, secrets: bool = False) -> Files:
    """Sort what `flux_files.search` found. secrets: whether Secrets are wanted among the resources."""
    marked = {path: data for path, data in found.files.items() if _TOKEN in data}
    sources = [
        Source(path, text_of(data)[0], failure=text_of(data)[1], show=package.show(path))
        for path, data in found.files.items()
        if path.rpartition("/")[2] in KUSTOMIZATION_NAMES
        or any(word in data for word in _MODEL)
        or (secrets and _SECRET in data)
    ]
    paths = [source.path for source in sources]
    model = read_clusters(directory_tree(package, sources), paths, checkout_of(package))
    broken = (
        f"{source.show}:{source.error[0]}:{source.error[1]}: {source.error[2]}"
        for source in sources
        if source.error is not None
    )
    return Files(marked, model, (*found.unreadable, *broken))

"""Which files Flux reads, those of them that count, and which ones a user names.

Source of the first: image-automation-controller 1.2, `internal/update/filereader.go`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmark.flux.api_groups import FLUX, KUSTOMIZATION_NAMES, SECRET, TOKEN
from krmfn import glob
from krmfn.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from krmfn.packages.package import Found, Package


def is_flux_file(name: str) -> bool:
    """Tell whether Flux reads a file of this name (not path); the case of letters counts."""
    return name.endswith((".yaml", ".yml")) or name == "Kustomization"


def search(package: Package, *, secrets: bool = False) -> Callable[[], Found]:
    """Start to look for the files with a marker's text, a Flux resource or a kustomization; return what waits for
    them.

    secrets: whether those that may hold a Secret are wanted, too.
    """
    words = (TOKEN, FLUX, *([SECRET] if secrets else []))
    return package.search(is_flux_file, [word.encode() for word in words], always=KUSTOMIZATION_NAMES)


def named(package: Package, entries: Iterable[str], items: Collection[str] = ()) -> list[str]:
    """Return the files that entries name: a file, a glob, or a directory with all that Flux reads in it.

    items: the paths of files that were handed over as items. These are not returned, and need not be on the
    disk.
    Raises InputError for an entry that names nothing.
    """
    found: dict[str, None] = {}
    for entry in entries:
        if package.is_directory(entry):
            found |= dict.fromkeys(package.walk(is_flux_file, entry))
        elif package.exists(entry):
            found[entry] = None
        else:
            paths = [path for path in package.walk(lambda _: True) if matches(path, entry)]
            if not paths and not any(matches(path, entry) for path in items):
                where = package.root.resolve()
                raise InputError(f"{entry}: file not found under {where}; run from the repository root")
            found |= dict.fromkeys(paths)
    return [path for path in found if path not in items]


def matches(path: str, pattern: str) -> bool:
    """Tell whether a path, or a directory above it, matches a glob: `*` within a name, `**` for directories."""
    return glob.matches(path, pattern, above=True)

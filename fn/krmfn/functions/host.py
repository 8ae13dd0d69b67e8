"""What runs a function, told by what it hands over.

`kustomize build` hands over a functionConfig with the annotation `config.kubernetes.io/function` and without a
path, and items without comments. It prints what it builds and writes nothing back. kpt, `kustomize fn run` and
`kpt fn source` read files and give each item its path. An environment variable does not tell them apart:
`kustomize fn run` sets LOG_TO_STDERR as a build does, and neither sets it for a program (`exec`).

Source: https://github.com/kubernetes-sigs/kustomize/blob/master/api/internal/plugins/fnplugin/fnplugin.go
and https://github.com/kubernetes-sigs/kustomize/blob/master/kyaml/fn/runtime/runtimeutil/runtimeutil.go
"""

from __future__ import annotations

import enum
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from krmfn.resources.resource import Resource
    from krmfn.resources.resource_list import ResourceList

FUNCTION = ("config.kubernetes.io/function", "config.k8s.io/function")
"""The annotations by which kustomize knows which program a configuration is for."""
BUILD_ID = "kustomize.config.k8s.io/id"
"""What a build puts on the items of a transformer. They have made-up paths if another function ran before."""
LOG_TO_STDERR = "LOG_TO_STDERR"
"""Set by kustomize for containers."""
_KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", "Kustomization")


class Host(enum.Enum):
    """The kinds of programs that run functions."""

    FILES = "files"
    """Reads files with their comments, and writes them back: kpt, `kustomize fn run`, a pipe of both."""
    BUILD = "build"
    """`kustomize build`, `kubectl kustomize` and what runs them: no files, no comments, no side effects."""

    @classmethod
    def of_config(cls, config: Resource | None) -> Host | None:
        """Return what the functionConfig alone tells; None if items must be asked."""
        return cls.FILES if config is None or config.path or not _is_annotated(config) else None

    @classmethod
    def of(cls, resource_list: ResourceList) -> Host:
        """Return what hands over a list."""
        told = cls.of_config(resource_list.function_config)
        if told is not None:
            return told
        # `kustomize fn run --image` makes up a configuration, which has no path: its items have
        read = any(item.path and not item.mentions(BUILD_ID) for item in resource_list.items)
        return cls.FILES if read else cls.BUILD


def is_kustomize(config: Resource | None) -> bool:
    """Tell whether kustomize runs the function: it shows standard error, and no results."""
    return bool(os.environ.get(LOG_TO_STDERR)) or (config is not None and _is_annotated(config))


def _is_annotated(config: Resource) -> bool:
    return any(name in config.annotations for name in FUNCTION)


def is_validator(config: Resource | None, directory: str = ".") -> bool:
    """Tell whether the kustomization in a directory lists a configuration under `validators` alone.

    kustomize starts programs in the directory of the kustomization. It fails on every list with items that a
    validator prints, even an unchanged one: it puts paths on the items, and compares their lines and columns with
    the file's. It accepts a list without items, and keeps what it had. A transformer that prints such a list
    removes everything, and what a function is handed does not tell which of both it is.
    """
    from pathlib import Path

    if config is None:
        return False
    root = Path(directory)
    files = [root / name for name in _KUSTOMIZATIONS if (root / name).is_file()]
    kustomization = _resources(files[0]) if files else []
    if len(kustomization) != 1:
        return False
    used = [
        field
        for field in ("generators", "transformers", "validators")
        if any(one.identity == config.identity for one in _listed(kustomization[0], field, root))
    ]
    return used == ["validators"]


def _listed(kustomization: Resource, field: str, directory: Path) -> Iterator[Resource]:
    """Yield the resources in the files that a field of a kustomization names, or in its text."""
    entries = kustomization.get(field)
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, str):
            yield from _resources(entry if "\n" in entry else directory / entry)


def _resources(source: Path | str) -> list[Resource]:
    """Return the resources of a file or a text; none for anything else, such as a directory."""
    from krmfn.errors import InputError
    from krmfn.packages.input_file import text_of
    from krmfn.packages.text_file import TextFile

    try:
        return TextFile(source if isinstance(source, str) else text_of(source), str(source)).resources
    except InputError:
        return []

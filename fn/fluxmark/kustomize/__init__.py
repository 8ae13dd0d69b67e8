"""Builds of kustomizations, as kustomize and Flux make them, for the kinds that fluxmark looks at.

- `Repository(files).build(directory, settings)` returns a `Build`: its objects, and what went wrong. `files` is
  anything that reads as `Files` does. Every build of one Repository shares what was read and built before, so make
  one per tree.
- Without `FluxSettings` a directory is built as by `kustomize build --load-restrictor LoadRestrictionsNone`, with
  them as by kustomize-controller: without a kustomization, all manifests below are its resources.
- `Object.origin(path)` tells where a value is written, through patches and all that kustomizations set.

It follows kustomize 5.8, which kustomize-controller has, and never runs or fetches anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fluxmark.kustomize.build import Build, Object, Repository
    from fluxmark.kustomize.errors import Problem, Unfollowed
    from fluxmark.kustomize.flux import FluxSettings
    from fluxmark.kustomize.kinds import KINDS
    from fluxmark.kustomize.library import NAMES, Files
    from fluxmark.kustomize.tree import Origin

# most runs find no kustomization, and need none of the modules
_HOMES = {
    "KINDS": "kinds",
    "NAMES": "library",
    "Build": "build",
    "Files": "library",
    "FluxSettings": "flux",
    "Object": "build",
    "Origin": "tree",
    "Problem": "errors",
    "Repository": "build",
    "Unfollowed": "errors",
}

__all__ = [
    "KINDS",
    "NAMES",
    "Build",
    "Files",
    "FluxSettings",
    "Object",
    "Origin",
    "Problem",
    "Repository",
    "Unfollowed",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'fluxmark.kustomize' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"fluxmark.kustomize.{_HOMES[name]}"), name)

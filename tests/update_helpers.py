"""What the tests of update share: a tree in, an outcome out."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from fluxmark.flux.files import search
from fluxmark.flux.latest_image import LatestImage
from fluxmark.update import Options, directory, files
from fluxmark.update.directory import Outcome, Wishes
from krmfn.packages.package import Package

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

LATEST = {"flux-system:app": LatestImage("reg.io/app", "1.2.0")}
MARKER = '# {"$imagepolicy": "flux-system:app"}'


def tree(root: Path, texts: Mapping[str, str]) -> Path:
    """Write files below a directory; a text that starts with a line break is dedented."""
    for name, text in texts.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes((textwrap.dedent(text[1:]) if text.startswith("\n") else text).encode())
    return root


def updated(
    root: Path,
    latest: Mapping[str, LatestImage] | None = None,
    *,
    strict: bool = False,
    any_namespace: bool = False,
    options: Options | None = None,
) -> Outcome:
    """Compute the outcome for a directory."""
    package = Package(root)
    wishes = Wishes(options or Options(), any_namespace=any_namespace, strict=strict)
    read = files.read(search(package)(), package)
    images = dict(LATEST if latest is None else latest)
    by_cluster = {name: dict(images) for name in [one.name for one in read.model.clusters] or [""]}
    return directory.update_package(package, read, by_cluster, wishes)


def said(outcome: Outcome, rule: str) -> list[str]:
    """Return `where: message` of the findings of one rule."""
    return [f"{one.where}: {one.message}" for one in outcome.findings if one.rule == rule]

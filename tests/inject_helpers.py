"""What the tests of inject share: a tree in, a tree out."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from fluxmark.commands.load_config import load
from fluxmark.inject.directory import Injection, inject
from krmfn.packages.package import Package

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

CONFIG = """\
apiVersion: fluxmark.io/v1alpha1
kind: ImageAutomation
metadata: {name: test}
spec:
  output: flux
  tagFormat: 'main-<sha:7>-<unix>'
  images: [{image: reg.io/app}]
  automation: {git: {push: {branch: main}}, update: {path: .}}
"""


def tree(root: Path, files: Mapping[str, str], config: str = CONFIG) -> Path:
    """Write files (dedented) and the configuration below a directory."""
    for name, text in {**files, "fluxmark.yaml": config}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(textwrap.dedent(text).encode())
    return root


def injected(root: Path, config: str | None = None) -> Injection:
    """Inject into a tree, without writing."""
    return inject(Package(root), load(config, root))


def new_text(root: Path, path: str) -> str:
    """Return what inject would make of one file."""
    changes = injected(root).changes
    return changes[path][1] if path in changes else (root / path).read_text()


def said(injection: Injection, rule: str) -> list[str]:
    """Return `where: message` of the findings of one rule."""
    return [f"{one.where}: {one.message}" for one in injection.findings if one.rule == rule]

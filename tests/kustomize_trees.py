"""Trees of kustomizations for tests: texts by path, on disk where the real program has to read them."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from krmfn.yaml.parser import Document


class Texts:
    """The files of a repository, given as texts by path."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts = {path: textwrap.dedent(text) for path, text in texts.items()}
        self.reads: list[str] = []

    def read(self, path: str) -> str | None:
        self.reads.append(path)
        return self.texts.get(path)

    def documents(self, _path: str) -> Sequence[Document]:
        return ()

    def names(self, directory: str) -> Sequence[str]:
        prefix = f"{directory}/" if directory else ""
        return sorted(
            {path.removeprefix(prefix).partition("/")[0] for path in self.texts if path.startswith(prefix)}
        )

    def is_directory(self, path: str) -> bool:
        return not path or any(name.startswith(f"{path}/") for name in self.texts)

    def write(self, root: Path) -> None:
        """Write them below a directory."""
        for path, text in self.texts.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text, encoding="utf-8")


class Directory:
    """The files of a repository on disk."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def read(self, path: str) -> str | None:
        try:
            return (self.root / path).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return None

    def documents(self, _path: str) -> Sequence[Document]:
        return ()

    def names(self, directory: str) -> Sequence[str]:
        return (
            sorted(path.name for path in (self.root / directory).iterdir()) if self.is_directory(directory) else ()
        )

    def is_directory(self, path: str) -> bool:
        return (self.root / path).is_dir()

"""The files of a tree as texts, and those that are not UTF-8."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from typing import TYPE_CHECKING

from krmfn.errors import InputError
from krmfn.yaml.text import decode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from krmfn.packages.package import Package

_WIDE = ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


@dataclass(frozen=True, slots=True)
class Files:
    """Texts by path; and for files that cannot be decoded what can be read of them, with the error."""

    texts: dict[str, str]
    failed: dict[str, tuple[str, InputError]]

    @classmethod
    def read(cls, package: Package, paths: Iterable[str]) -> Files:
        """Read files. Raises InputError for a file that cannot be opened."""
        files = cls({}, {})
        for path in paths:
            data = package.read_bytes(path)
            try:
                files.texts[path] = decode(data, package.show(path))
            except InputError as error:
                files.failed[path] = _as_flux_would(data), error
        return files

    def require_readable(self, matters: Callable[[str, str], bool]) -> None:
        """Raise the InputError of the first file that cannot be decoded and matters, by its path and text."""
        for path, (text, error) in self.failed.items():
            if matters(path, text):
                raise error


def _as_flux_would(data: bytes) -> str:
    """Decode bytes as far as go-yaml would, which reads UTF-16 with a byte order mark, too."""
    encoding = next((name for mark, name in _WIDE if data.startswith(mark)), "utf-8")
    return data.decode(encoding, errors="replace")

"""The problems of a functionConfig, collected with their places, so that one run says all of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from fluxmark.errors import FluxmarkError
from fluxmark.flux.schema.unknown_fields import dotted
from krmfn.resources.result import Result, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fluxmark.flux.schema.validator import Path


class ConfigError(FluxmarkError):
    """A functionConfig that cannot be used.

    problems: one line each, which together are the text: where, which key, what is wrong, what to do.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems), *(Result(problem, Severity.ERROR) for problem in problems))
        self.problems = tuple(problems)


class Report:
    """Collects problems, one line each."""

    def __init__(
        self, data: Mapping[str, Any], where: Callable[[Path], str], label: Callable[[Path], str] = dotted
    ) -> None:
        """Take the document, what gives the place of a path in it, and what names a path for the reader."""
        self.data = data
        self.where = where
        self.label = label
        self.problems: list[str] = []

    def add(self, path: Path, text: str) -> None:
        """Add a problem of the value at a path, which need not exist."""
        line = f"{headed(self.place(path), self.label(path))}: {text}"
        if line not in self.problems:
            self.problems.append(line)

    def place(self, path: Path) -> str:
        """Return where a path is, or what surrounds it if it is not there."""
        return self.where(existing(self.data, path))

    def nearest(self, paths: Sequence[Path], inside: Path) -> Path:
        """Return the path, of those that can say the same, below which most of `inside` is there."""
        full = [(*path, *inside) for path in paths]
        return max(full, key=lambda path: len(existing(self.data, path)) - len(path))


def headed(place: str, label: str) -> str:
    """Return where a problem is and which key has it. The place in a functionConfig is a path, and says both."""
    whole = f"functionConfig.{label}"
    if not label or place.endswith(f".{label}"):
        return place
    return whole if whole.startswith(place) else f"{place}: {label}"


def existing(data: Any, path: Path) -> Path:
    """Return the longest beginning of a path that is in the data."""
    for depth, step in enumerate(path):
        is_key = isinstance(data, Mapping) and step in data
        is_index = isinstance(data, list) and isinstance(step, int) and step < len(data)
        if not is_key and not is_index:
            return path[:depth]
        data = data[step]
    return path

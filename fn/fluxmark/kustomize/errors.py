"""What goes wrong in a build, and what a build cannot follow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fluxmark.kustomize.tree import Origin, Place


class BuildError(Exception):
    """kustomize fails here; place: where the cause is written, where that is known."""

    def __init__(self, message: str, place: Place | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.place = place


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that kustomize refuses to build.

    start, end: offsets into the text of the file. message: kustomize's own words. other: the second place of two
    that do not go together.
    """

    file: str
    start: int
    end: int
    message: str
    other: Origin | None = None


@dataclass(frozen=True, slots=True)
class Unfollowed:
    """Something that a build depends on and that is not in the repository, or is made by another program.

    what: a noun phrase, such as `the remote base https://…`.
    """

    file: str
    start: int
    end: int
    what: str

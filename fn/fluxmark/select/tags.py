"""Where tags come from: a file, or the registries themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, Self

from fluxmark import image
from fluxmark.errors import FluxmarkError
from fluxmark.select.request import Plan, Planner

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from fluxmark.cluster.cluster import Cluster
    from fluxmark.cluster.manifest import Manifest
    from fluxmark.registry import Listing


@dataclass(frozen=True, slots=True)
class Tags:
    """The tags of one repository, or why there are none to be had.

    refused: what Flux refuses, though the tags could be read; each with the remedy.
    """

    tags: tuple[str, ...] = ()
    error: str = ""
    refused: tuple[str, ...] = ()


class TagSource(Protocol):
    """Gives the tags of repositories."""

    def tags(self, repositories: Sequence[Manifest]) -> list[Tags]:
        """Return the tags of each ImageRepository, in their order."""


@dataclass(frozen=True, slots=True)
class FileTags:
    """Tags from a file. by_image: canonical name to tags; name: of the file, for messages."""

    by_image: Mapping[str, Sequence[str]]
    name: str

    def tags(self, repositories: Sequence[Manifest]) -> list[Tags]:
        """Return what the file lists for each repository."""
        return [self._of(repository) for repository in repositories]

    def _of(self, repository: Manifest) -> Tags:
        name = str(repository.spec.get("image", ""))
        try:
            tags = self.by_image.get(image.parse(name).canonical)
        except image.ImageError as error:
            return Tags(error=f"{repository.where}: {error}")
        if tags is None:
            return Tags(error=f"{self.name} has no tags for {name}; add `{name}: [tag, …]`")
        return Tags(tuple(tags))


class Registries:
    """Reads registries, as Flux would: each ImageRepository with its own settings. Use with `with`.

    notes: takes what a user should know, one line at a time, each once. plain_login: the user's own login may go
    over plain HTTP. cache: the directory where lists of tags are kept. progress: takes how many repositories are
    read, and how many there are.
    """

    def __init__(
        self,
        notes: Callable[[str], None],
        *,
        plain_login: bool = False,
        cache: Path | None = None,
        progress: Callable[[int, int], None] = lambda _done, _all: None,
    ) -> None:
        from fluxmark.registry.cache import Cache
        from fluxmark.registry.session import Session

        self._notes = notes
        self._plain_login = plain_login
        self._said: set[str] = set()
        self.progress = progress
        self.session = Session(Cache(cache) if cache else None, self.note)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.session.close()

    def of(self, cluster: Cluster) -> RegistryTags:
        """Return the tags of a cluster's repositories; its Secrets log in."""
        return RegistryTags(self, Planner(cluster, self.note, self._plain_login))

    def note(self, line: str) -> None:
        """Say a line, unless it was said before."""
        if line not in self._said:
            self._said.add(line)
            self._notes(line)


@dataclass(frozen=True, slots=True)
class RegistryTags:
    """Tags from registries. planner: knows how each ImageRepository of a cluster is read."""

    registries: Registries
    planner: Planner

    def tags(self, repositories: Sequence[Manifest]) -> list[Tags]:
        """Read every registry once for each repository; the failure of one is its own."""
        plans = [self.planner.plan(repository) for repository in repositories]
        requests = [plan.request for plan in plans if plan.request]
        listings = iter(self.registries.session.list_all(requests, progress=self.registries.progress))
        return [self._listed(plan, next(listings)) if plan.request else Tags(error=plan.error) for plan in plans]

    def digest(self, repository: Manifest, tag: str) -> tuple[str, tuple[str, ...]]:
        """Return the digest of a repository's tag, and what Flux refuses of the answer.

        Raises FluxmarkError if the registry does not say it.
        """
        plan = self.planner.plan(repository)
        if plan.request is None:
            raise FluxmarkError(plan.error)
        return self.registries.session.digest(plan.request, tag)

    def _listed(self, plan: Plan, listing: Listing) -> Tags:
        for note in listing.notes:
            self.registries.note(note)
        if plan.own and listing.login:
            self.registries.note(
                f"{listing.request.image.registry} is read with your own login from {listing.login}; Flux logs in "
                "only with the secretRef of an ImageRepository"
            )
        return Tags(listing.tags, str(listing.error) if listing.error else "", (*plan.refused, *listing.refused))

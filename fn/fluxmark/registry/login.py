"""A login for a registry, and what a look-up for one gave."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from fluxmark.errors import FluxmarkError


class CredentialsError(FluxmarkError):
    """Docker's configuration or a Secret cannot be read; says what is wrong with it, never what is in it."""


@dataclass(frozen=True, slots=True)
class Login:
    """How to log in: name and password, an identity token (to get tokens with), or a token for the registry."""

    username: str = ""
    password: str = field(default="", repr=False)
    identity_token: str = field(default="", repr=False)
    registry_token: str = field(default="", repr=False)

    @property
    def is_empty(self) -> bool:
        """Whether nothing of it would be sent."""
        return not (self.registry_token or self.identity_token or (self.username and self.password))


@dataclass(frozen=True, slots=True)
class Found:
    """What a look-up gave.

    login: what Flux would use, None if that is nothing. other: a login that is plainly meant for the registry,
    but that Flux does not use, and refused: why, and what to write instead. note: what kept a program or a file
    from giving a login. looked: where a login was looked for, in order; the last gave it. fails: refused keeps
    Flux from the repository, even from a public one.
    """

    login: Login | None
    note: str = ""
    other: Login | None = None
    refused: str = ""
    looked: tuple[str, ...] = ()
    fails: bool = False


class Logins(Protocol):
    """Where a login may be."""

    def find(self, registry: str, repository: str) -> Found:
        """Return what is there for a repository: `docker.io` and `library/nginx`, for example."""

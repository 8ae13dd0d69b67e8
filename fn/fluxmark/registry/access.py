"""Ways to log in to a registry: the one that Flux goes, and those that people plainly mean.

Source: go-containerregistry 0.22 `pkg/v1/remote/transport`. Where Flux is refused, what it does not understand is
tried (a key of a Secret that it does not match, a challenge without quotes), and `refused` says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from fluxmark.registry import challenge as challenges
from fluxmark.registry.asking import Asked, Registry, host_of, same_host
from fluxmark.registry.challenge import Challenge, Fault, realm_fault
from fluxmark.registry.login import Found, Login
from fluxmark.registry.token import Denied, Token, fetch, sent_at_once

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator

    from fluxmark.registry.connection import Reply
    from fluxmark.registry.handshake import Handshake
    from fluxmark.registry.request import Request
    from fluxmark.registry.transport import Transport

_Read = TypeVar("_Read")


@dataclass(frozen=True, slots=True)
class _Way:
    """A way to log in. refused: why Flux would not go it, '' for the way that Flux goes."""

    login: Login | None
    challenge: Challenge
    refused: str = ""


class Access:
    """A registry that is asked for one repository, with the login for it.

    refused: what Flux refuses, with the remedy. notes: what else a user should know. login: where the login came
    from, '' if none is sent. All three are known once something was read.
    """

    def __init__(
        self, request: Request, handshake: Handshake, transport: Transport, tokens: dict[Hashable, Token]
    ) -> None:
        """Prepare to read. tokens: those that were fetched, by what they are for, which others may need as
        well.
        """
        self._tokens = tokens
        self._request = request
        self._handshake = handshake
        self._registry = Registry(transport, request.host, handshake.scheme)
        self._way = _Way(None, Challenge())
        self._authorization = ""
        self._token: Token | None = None
        self._scopes = [f"repository:{request.image.repository}:pull"]
        self.refused: list[str] = []
        self.notes: list[str] = []
        self.login = ""
        self._found = self._look_up()

    @property
    def host(self) -> str:
        """The registry's host."""
        return self._request.host

    @property
    def sends_login(self) -> bool:
        """Whether the last request had a login with it."""
        return bool(self._way.login and self._authorization)

    def read(self, work: Callable[[], _Read]) -> _Read:
        """Read as Flux logs in; where that is denied, by the other ways. Raises Denied and RegistryError."""
        if self._handshake.refused:
            self.refuse(self._handshake.refused)
        denied: Denied | None = None
        for way in self._ways():
            try:
                self._log_in(way)
                found = work()
            except Denied as error:
                denied = denied or error
                continue
            if way.refused:
                self.refuse(way.refused)
            if self._found.fails:
                self.refuse(self._found.refused)
            if self.sends_login:
                self.login = self._found.looked[-1] if self._found.looked else "the login that was given"
            return found
        assert denied is not None
        raise Denied(self._with_places(denied))

    def refuse(self, what: str) -> None:
        """Remember what Flux refuses, once."""
        if what not in self.refused:
            self.refused.append(what)

    def ask(self, method: str, url: str, accept: str, known: str = "") -> tuple[Reply, str]:
        """Send a request, with another token where one is refused. Return the answer and where it came from.

        known: the `ETag` of an answer that is kept; the status may then be 304.
        """
        reply, at = self._send(method, url, accept, known)
        if reply.status != 401 or self._way.challenge.scheme != "bearer":
            return reply, at
        offered = challenges.of_flux(reply.headers.get("www-authenticate", ()))
        if not offered:
            return reply, at
        if not same_host(host_of(at), self._request.host, self._handshake.scheme):
            return self._elsewhere(method, at, accept, challenges.chosen(offered))
        wanted = [scope for one in offered if (scope := one.parameters.get("scope")) and scope not in self._scopes]
        self._scopes = [*dict.fromkeys(wanted), *self._scopes]
        self._renew()
        return self._send(method, url, accept, known)

    def _look_up(self) -> Found:
        image, credentials = self._request.image, self._request.credentials
        found = credentials.find(image.registry, image.repository) if credentials else Found(None)
        if found.note:
            self.notes.append(found.note)
        if found.login and self._handshake.scheme == "http" and not self._request.plain_login:
            note = (
                f"your own login from {found.looked[-1]} is not sent to {self._request.host} over plain HTTP; "
                "allow that with --allow-insecure-auth, or use a secretRef"
            )
            self.notes.append(note)
            return Found(None, note, looked=found.looked)
        return found

    def _ways(self) -> Iterator[_Way]:
        """Yield the ways to log in, Flux's first."""
        lines, found = self._handshake.lines, self._found
        flux = challenges.chosen(challenges.of_flux(lines))
        offered = [(flux, "")]
        meant = challenges.meant(lines)
        fault = self._fault(meant)
        if meant.scheme and meant != flux and (fault is None or fault.usable):
            fault = self._fault(flux) or Fault(
                f"it takes the challenge for {flux.scheme or 'none'}",
                "the registry must send each challenge in a line of its own",
                usable=True,
            )
            offered.append((meant, _fails(fault)))
        for challenge, refused in offered:
            yield _Way(found.login, challenge, refused)
            if found.other:
                yield _Way(found.other, challenge, refused or found.refused)

    def _fault(self, challenge: Challenge) -> Fault | None:
        if challenge.scheme != "bearer":
            return None
        return realm_fault(challenge, self._request.host, plain=self._handshake.scheme == "http")

    def _log_in(self, way: _Way) -> None:
        self._way = way
        self._token = None
        if way.challenge.scheme != "bearer":
            self._authorization = sent_at_once(way.login)
            return
        if fault := self._fault(way.challenge):
            if not fault.usable:
                raise Denied(_fails(fault), wants_login=False)
            self.refuse(_fails(fault))
        self._token = self._tokens.get(self._purpose())
        if self._token is None:
            self._renew()
        else:
            self._authorize(self._token)

    def _renew(self) -> None:
        """Get a token, or another one."""
        login = self._token.login if self._token else self._way.login
        self._token = fetch(self._registry, self._way.challenge, login, self._scopes)
        self._tokens[self._purpose()] = self._token
        self._authorize(self._token)

    def _authorize(self, token: Token) -> None:
        self._authorization = f"Bearer {token.text}"
        if token.refused:
            self.refuse(token.refused)

    def _purpose(self) -> Hashable:
        """Return what a token is for."""
        parameters = tuple(sorted(self._way.challenge.parameters.items()))
        return self._request.host, parameters, self._way.login, tuple(self._scopes)

    def _send(self, method: str, url: str, accept: str, known: str) -> tuple[Reply, str]:
        return self._registry.ask(Asked(method, url, accept, self._authorization, self._request.host, known=known))

    def _elsewhere(self, method: str, url: str, accept: str, challenge: Challenge) -> tuple[Reply, str]:
        """Ask a host to which the registry leads, without the login, which is not for it."""
        scheme = url.partition(":")[0]
        other = Registry(self._registry.transport, host_of(url), scheme)
        authorization = ""
        if challenge.scheme == "bearer" and realm_fault(challenge, other.host, plain=scheme == "http") is None:
            token = fetch(other, challenge, None, [challenge.parameters.get("scope", "")])
            authorization = f"Bearer {token.text}"
        return other.ask(Asked(method, url, accept, authorization, other.host))

    def _with_places(self, denied: Denied) -> str:
        """Add to an error where a login was looked for, and which one Flux does not use."""
        found = self._found
        parts = [str(denied)]
        if denied.wants_login and not (found.login or found.other):
            parts.append("no login was found" + (f": looked in {', '.join(found.looked)}" if found.looked else ""))
        parts += filter(None, (found.refused, found.note))
        return "; ".join(dict.fromkeys(parts))


def _fails(fault: Fault) -> str:
    return f"Flux fails there: {fault.reason}; {fault.remedy}"

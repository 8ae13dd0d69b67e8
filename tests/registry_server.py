"""A registry on loopback that answers what a test tells it to, and remembers what it was asked."""

from __future__ import annotations

import base64
import http.server
import json
import socket
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qs, urlsplit

import pytest

from fluxmark.image import parse
from fluxmark.registry import Credentials, Login, RegistryError, Request, list_tags

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

TLS_HANDSHAKE = b"\x16"
SECRET = "s3cr3t"
BASIC = "Basic " + base64.b64encode(f"me:{SECRET}".encode()).decode()
DENIED = {"errors": [{"code": "DENIED", "message": "no\x1b[31m way"}]}


@dataclass
class Asked:
    """A request as the registry saw it."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def query(self) -> dict[str, list[str]]:
        return parse_qs(urlsplit(self.path).query)


@dataclass
class Answer:
    """What the registry answers: bytes or JSON, status and headers. cut: so many bytes at its end are not sent."""

    body: object = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: int = 0
    drop: bool = False

    def bytes(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


def tags(*names: str, **headers: str) -> Answer:
    return Answer({"name": "app", "tags": list(names)}, headers=headers)


class Registry:
    """A registry on loopback that answers what a test tells it to."""

    def __init__(
        self,
        answer: Callable[[Asked], Answer],
        context: ssl.SSLContext | None = None,
        *,
        handshake: Answer | None = None,
    ) -> None:
        """Answer requests; `/v2/` as well, unless `handshake` is its answer. `asked` is without those."""
        self.asked: list[Asked] = []
        self.handshakes: list[Asked] = []
        self.connections = 0
        self.answer = answer
        registry = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # or each answer waits 40 ms for an acknowledgement

            def setup(self) -> None:
                if context is None and self.request.recv(1, socket.MSG_PEEK) == TLS_HANDSHAKE:
                    self.request.shutdown(socket.SHUT_RDWR)  # as a server does that cannot read it
                else:
                    registry.connections += 1
                super().setup()

            def do_GET(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                asked = Asked(self.command, self.path, dict(self.headers), self.rfile.read(length))
                first = asked.path.endswith("/v2/")
                (registry.handshakes if first else registry.asked).append(asked)
                reply = handshake if first and handshake else registry.answer(asked)
                if reply.drop:
                    self.close_connection = True
                    return
                body = reply.bytes()
                self.send_response(reply.status)
                for name, value in {"Content-Length": str(len(body)), **reply.headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body[: len(body) - reply.cut])
                self.close_connection |= reply.cut > 0

            do_HEAD = do_POST = do_GET  # noqa: N815

            def log_message(self, *_: object) -> None:
                pass

        class Server(http.server.ThreadingHTTPServer):
            def handle_error(self, *_: object) -> None:
                pass  # the client hung up, which is what some tests are about

        self.server = Server(("127.0.0.1", 0), Handler)
        if context:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.host = f"127.0.0.1:{self.server.server_port}"
        self.url = f"{'https' if context else 'http'}://{self.host}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})

    def request(self, login: Login | None = None, **changes: Any) -> Request:
        credentials = Credentials({self.host: login}) if login else None
        values = {"insecure": True, "timeout": 20.0, "credentials": credentials, **changes}
        return Request(parse(f"{self.host}/app"), **values)

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def pages(
    *page: list[str], link: str = '</v2/app/tags/list?n=1000&last={last}>; rel="next"'
) -> Callable[[Asked], Answer]:
    """Answer with one page after the other, each but the last with a link to the next."""

    def answer(asked: Asked) -> Answer:
        last = asked.query.get("last", [""])[0]
        index = next((at + 1 for at, names in enumerate(page) if last and names[-1] == last), 0)
        names = page[index]
        more = index + 1 < len(page)
        return tags(*names, **({"Link": link.format(last=names[-1])} if more else {}))

    return answer


def guarded(answer: Callable[[Asked], Answer]) -> Callable[[Asked], Answer]:
    """Let nobody in without the name and the password."""

    def guard(asked: Asked) -> Answer:
        if asked.headers.get("Authorization") == BASIC:
            return answer(asked)
        return Answer(DENIED, 401, {"WWW-Authenticate": 'Basic realm="Registry"'})

    return guard


def why(request: Request) -> str:
    """Return why a repository cannot be read."""
    with pytest.raises(RegistryError) as caught:
        list_tags(request)
    return str(caught.value)

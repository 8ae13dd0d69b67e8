"""Whatever comes back from a registry, byte by byte, is a list of tags or one line about one image."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING, Self

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from fluxmark.image import parse
from fluxmark.registry import Credentials, Login, Request
from fluxmark.registry.session import Session
from registry_server import SECRET, TLS_HANDSHAKE

if TYPE_CHECKING:
    from collections.abc import Iterator


class Raw:
    """A server on loopback that answers each request with the next of some bytes, then always with the last."""

    def __init__(self) -> None:
        self.answers: list[bytes] = []
        self.server = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.host = f"127.0.0.1:{self.server.getsockname()[1]}"
        self.thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown(socket.SHUT_RDWR)
        self.server.close()
        self.thread.join()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.server.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(2)
                try:
                    asked = connection.recv(65536)
                    if asked[:1] == TLS_HANDSHAKE or not asked:
                        continue
                    answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
                    connection.sendall(answer.replace(b"{HOST}", self.host.encode()))
                except OSError:
                    continue


@pytest.fixture(scope="module")
def raw() -> Iterator[Raw]:
    with Raw() as server:
        yield server


LINES = st.one_of(
    st.binary(max_size=40),
    st.sampled_from(
        [
            *(
                b"Content-Length: 5",
                b"Content-Length: -5",
                b"Content-Length: x",
                b"Content-Length: 99999999999999",
            ),
            *(
                b"Transfer-Encoding: chunked",
                b"Content-Encoding: gzip",
                b"Connection: close",
                b"X: \x00\xff",
                b": x",
            ),
            *(
                b"Location: http://a\x01b/",
                b"Location: //[",
                b"Location: /\xe9 %zz",
                b"Location: http://{HOST}:x/",
            ),
            *(b"Link: <http://[>", b"Link: <", b"Link: </v2/app/tags/list?last=\xff>; rel=next", b"Link: <:a>"),
            b'WWW-Authenticate: Bearer realm="http://{HOST}/t\x01"',
            b'WWW-Authenticate: Bearer realm="http://{HOST}/t\xff",service="\\"',
            *(b"WWW-Authenticate: Basic", b"WWW-Authenticate: " + b'a="' * 500, b"Retry-After: \xb2", b" folded"),
            *(b"Docker-Content-Digest: \x1b[2J", b"A" * 70000 + b": x", b"B: " + b"y" * 70000),
        ]
    ),
)
BODIES = st.one_of(
    st.binary(max_size=60),
    st.sampled_from(
        [
            *(
                b'{"tags": ["a"]}',
                b'{"tags": [1]}',
                b'{"token": ["s3cr3t"]}',
                b'{"token": "a\\nb"}',
                b'{"token": "tok"}',
            ),
            *(b"-1\r\nabc", b"-ffffffff\r\n", b"5\r\nhello\r\n0\r\n\r\n", b"zz\r\n", b"[" * 5000, b"\xff" * 50),
            b'{"errors": [{"code": "\\u001b[2J", "message": {"a": 1}}]}',
        ]
    ),
)
STATUS = st.one_of(
    st.sampled_from(
        [b"200 OK", b"401 U", b"302 F", b"307 T", b"403 F", b"404 N", b"400 B", b"204 N", b"100 C", b"103 E"]
    ),
    st.binary(max_size=12),
)


@st.composite
def answers(draw: st.DrawFn) -> bytes:
    version = draw(st.sampled_from([b"HTTP/1.1", b"HTTP/1.0", b"HTTP/9", b"", b"SSH-2.0"]))
    head = [version + b" " + draw(STATUS), *draw(st.lists(LINES, max_size=4))]
    return b"\r\n".join(head) + b"\r\n\r\n" + draw(BODIES)


GOOD = b"HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n" + b'{"tags": ["a"]}'


@pytest.mark.slow
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(given_answers=st.lists(st.one_of(answers(), st.just(GOOD)), min_size=1, max_size=4))
def test_every_answer_is_tags_or_one_line_about_one_image(raw: Raw, given_answers: list[bytes]) -> None:
    raw.answers = list(given_answers)
    login = Credentials({raw.host: Login("me", SECRET)})
    request = Request(parse(f"{raw.host}/app"), insecure=True, timeout=2, credentials=login)
    with Session() as session:
        listing = session.tags(request)
    if listing.error is None:
        assert all(isinstance(tag, str) for tag in listing.tags)
        return
    said = str(listing.error)
    assert said.startswith(f"{raw.host}/app: ")
    assert said.isprintable()
    assert SECRET not in said


@pytest.mark.parametrize("chunk", [b"-1\r\nabc", b"-ffffffff\r\n", b"zz\r\n"])
def test_a_chunk_of_negative_size_is_not_http(raw: Raw, chunk: bytes) -> None:
    raw.answers = [GOOD, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk]
    with Session() as session:
        listing = session.tags(Request(parse(f"{raw.host}/app"), insecure=True, timeout=5))
    assert str(listing.error).startswith(f"{raw.host}/app: ")


def test_many_and_long_headers_are_read_within_a_bound(raw: Raw) -> None:
    def answer(headers: bytes) -> bytes:
        return GOOD.replace(b"OK\r\n", b"OK\r\n" + headers, 1)

    request = Request(parse(f"{raw.host}/app"), insecure=True, timeout=5)
    raw.answers = [answer(b"X-Long: " + b"x" * 100_000 + b"\r\n" + b"X-Many: y\r\n" * 1000)]
    with Session() as session:
        assert session.tags(request).tags == ("a",)
    raw.answers = [answer(b"X-Long: " + b"x" * 2_000_000 + b"\r\n")]
    with Session() as session:
        assert "more than 1 MiB of headers" in str(session.tags(request).error)


@pytest.mark.parametrize(
    "proxy", ["http://[", "http://h:99999", "http://h:x", "https://h", "socks5://h", "http://:1"]
)
def test_a_malformed_proxy_is_the_error_of_an_image(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", proxy)
    with Session() as session:
        listing = session.tags(Request(parse("registry.invalid/app")))
    assert "the proxy of the environment must be http://host:port" in str(listing.error)


def test_a_certificate_without_a_temporary_directory_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    import tempfile

    from fluxmark.registry import TLS

    def nowhere(*_: object, **__: object) -> str:
        raise FileNotFoundError(2, "No usable temporary directory found")

    monkeypatch.setattr(tempfile, "mkdtemp", nowhere)
    with Session() as session:
        listing = session.tags(Request(parse("registry.invalid/app"), tls=TLS(cert="x", key="x")))
    assert "needs a temporary directory, and none can be used" in str(listing.error)

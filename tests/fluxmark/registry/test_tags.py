"""Whatever a registry answers, listing its tags gives them all or one clear error."""

from __future__ import annotations

import gzip
import hashlib
import itertools
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from fluxmark.image import parse
from fluxmark.registry import RegistryError, Request, client, connection, digest, list_all, list_tags
from registry_server import DENIED, Answer, Asked, Registry, pages, tags, why

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DIGEST = "sha256:" + "0123456789abcdef" * 4


def test_tags_of_all_pages_come_in_order_over_one_connection() -> None:
    with Registry(pages(["b", "a"], ["c"], ["d", "a", "e"])) as registry:
        assert list_tags(registry.request()) == ["b", "a", "c", "d", "e"]
        assert registry.asked[0].path == "/v2/app/tags/list?n=1000"
        assert registry.connections == 1
        assert registry.asked[0].headers["User-Agent"].startswith("fluxmark/")


@pytest.mark.parametrize(
    "link",
    [
        '<list?n=2&last={last}>; rel="next"',
        "</v2/app/tags/list?last={last}>;rel=next",
        '<https://127.0.0.1/v2/app/tags/list?last={last}>; title="x"; rel="next"',
        "</v2/app/tags/list?last={last}>",
        "</v2/app/tags/list?last={last}>; rel='next'",
        '</v2/app/tags/list?last={last}>; rel="last next"; title="a, b"',
    ],
)
def test_a_link_is_followed_however_it_is_written(link: str) -> None:
    with Registry(pages(["a"], ["b"], link=link)) as registry:
        assert list_tags(registry.request()) == ["a", "b"]


def test_a_registry_that_allows_smaller_pages_only_chooses_their_size() -> None:
    def answer(asked: Asked) -> Answer:
        error = {"errors": [{"code": "PAGINATION_NUMBER_INVALID", "message": "too many"}]}
        return Answer(error, 400) if "n" in asked.query else tags("a")

    with Registry(answer) as registry:
        assert list_tags(registry.request()) == ["a"]


@pytest.mark.parametrize("body", [{"name": "app", "tags": None}, {"name": "app", "tags": []}])
def test_a_repository_may_be_empty(body: object) -> None:
    with Registry(lambda _: Answer(body)) as registry:
        assert list_tags(registry.request()) == []


def test_docker_hub_is_asked_where_its_registry_is() -> None:
    assert Request(parse("nginx")).host == "index.docker.io"
    assert Request(parse("index.docker.io/library/nginx")).host == "index.docker.io"
    assert Request(parse("ghcr.io/a/b")).host == "ghcr.io"


ROUND = '</v2/app/tags/list?last={}>; rel="next"'

LIES = (
    (Answer(b"<!DOCTYPE html><p>hello"), "answered with a web page; is that a registry?"),
    (Answer(b"<html>", 404), "answered with a web page; is that a registry?"),
    (Answer(b"tags: [a]"), "something that is not a list of tags"),
    (Answer(b""), "something that is not a list of tags"),
    (Answer(b"[" * 100_000), "something that is not a list of tags"),
    (Answer(b'{"tags": NaN}'), "something that is not a list of tags"),
    (Answer(b"\xff\xfe\x00"), "something that is not a list of tags"),
    (Answer(["a"]), "something that is not a list of tags"),
    (Answer({"tags": "abc"}), "cannot unmarshal string into Go struct field Tags.tags of type []string"),
    (Answer({"tags": {"a": 1}}), "cannot unmarshal object into Go struct field Tags.tags of type []string"),
    (Answer({"tags": ["a", 1]}), "cannot unmarshal number into Go struct field Tags.tags of type string"),
    (Answer({}, 404), "there is no repository 'app'"),
    (Answer(DENIED, 403), "refuses a reader without a login (403): DENIED: no\N{REPLACEMENT CHARACTER}[31m way"),
    (
        Answer({}, 401),
        "refuses a reader without a login (401); either it needs one, or there is no repository 'app'",
    ),
    (Answer({}, 418), "answered with status 418"),
    (Answer({}, 503), "answered with status 503"),
    (Answer({}, 429), "too many requests"),
    (Answer({}, 429, {"Retry-After": "3600"}), "asks to wait for 3600 s, longer than 20 s in all"),
    (Answer({}, 302, {"Location": "/v2/app"}), "from one place to another, more than 10 times"),
    (Answer({}, 302, {"Location": "http://[x"}), "which is not a URL"),
    (Answer({}, 302, {"Location": "gopher://x/"}), "points to gopher://x/, which is not an HTTP URL"),
    (Answer({}, 302, {"Location": "http://x:99999/"}), "which is not an HTTP URL"),
    (Answer({}, 302, {"Location": "http://a\x01b/"}), "there is no host a%01b"),
    (Answer({}, 302, {"Location": "http://169.254.169.254/meta"}), "an address of a private network"),
    (Answer({"tags": ["a"]}, cut=5), "broke off in the middle of an answer, 3 times"),
    (Answer(drop=True), "broke the connection, 3 times"),
    (Answer(b"not gzip at all", headers={"Content-Encoding": "gzip"}), "did not answer in HTTP"),
    (tags("a", Link='<https://evil.example/v2/app/tags/list>; rel="next"'), "on another host, evil.example"),
    (tags("a", Link='</v2/app/tags/list?n=1000>; rel="next"'), "is one that it has sent before"),
    (tags("a", Link='<http://[x>; rel="next"'), "which is not a URL"),
    (tags("a", Link="/v2/app/tags/list?last=a"), "has more tags, and where cannot be read"),
    (tags("a", Link="</v2/app"), "has more tags, and where cannot be read"),
)


@pytest.mark.parametrize(("answer", "what"), LIES, ids=[row[1] for row in LIES])
def test_a_registry_that_lies_is_one_clear_error(answer: Answer, what: str) -> None:
    with Registry(lambda _: answer, handshake=Answer({})) as registry:
        said = why(registry.request())
    assert what in said
    assert said.startswith(f"{registry.host}/app: ")
    assert said.isprintable()


@pytest.mark.parametrize(
    ("challenge", "what"),
    [
        ("Bearer", "missing realm; the registry must name its token service"),
        ('Bearer realm="ftp://x"', 'realm scheme "ftp" not allowed'),
        ('Bearer realm="http://[x"', "invalid realm in www-authenticate: missing ']' in host"),
        ('Bearer realm="http://x\x7f/"', "invalid control character in URL"),
        ('Basic realm="x"', "no login was found"),
        ("Negotiate", "no login was found"),
    ],
)
def test_a_challenge_that_cannot_be_met_is_one_clear_error(challenge: str, what: str) -> None:
    with Registry(lambda _: Answer({}, 401, {"WWW-Authenticate": challenge})) as registry:
        said = why(registry.request())
    assert what in said
    assert said.isprintable()


LISTED: tuple[tuple[object, list[str]], ...] = (
    ({"tags": ["a", "b c", "sha256:0", "-x", "", "x" * 129]}, ["a", "b c", "sha256:0", "-x", "", "x" * 129]),
    ({"tags": [None, "a"]}, ["", "a"]),
    ({"Tags": ["a"], "NAME": "x"}, ["a"]),
    ({"tags": ["\ud800"]}, ["\N{REPLACEMENT CHARACTER}"]),
    ({"errors": [{"code": "NAME_UNKNOWN"}]}, []),
    (b'{"tags": ["a"]} trailing', ["a"]),
    (b'{"tags": ["a"], "tags": ["b"]}', ["b"]),
    (b"null", []),
    (b'{"TAGS": ["a"], "tags": null}', []),
)


@pytest.mark.parametrize(("body", "listed"), LISTED)
def test_what_is_listed_is_listed(body: object, listed: list[str]) -> None:
    with Registry(lambda _: Answer(body), handshake=Answer({})) as registry:
        assert list_tags(registry.request()) == listed


@pytest.mark.parametrize(("link", "refused"), [("{url}/v2/app/tags/list?last=a", False), ("?last=a", True)])
def test_the_next_page_may_be_named_in_the_body(link: str, *, refused: bool) -> None:
    def answer(asked: Asked) -> Answer:
        further = {} if asked.query.get("last") else {"next": link.format(url=registry.url)}
        return Answer({"tags": ["b" if asked.query.get("last") else "a"], **further})

    with Registry(answer, handshake=Answer({})) as registry:
        (listing,) = list_all([registry.request()])
    assert listing.tags == ("a", "b")
    assert bool(listing.refused) == refused


def test_pages_without_end_end(monkeypatch: pytest.MonkeyPatch) -> None:
    count = itertools.count()
    monkeypatch.setattr(client, "MAX_PAGES", 30)
    with Registry(lambda _: tags("a", Link=ROUND.format(next(count)))) as registry:
        assert "more than 30 pages" in why(registry.request())
    monkeypatch.setattr(client, "MAX_TAGS", 5)
    with Registry(lambda _: tags(f"t{next(count)}", Link=ROUND.format(next(count)))) as registry:
        assert "more than 5 tags" in why(registry.request())


def test_an_answer_without_end_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "MAX_BODY", 1 << 20)
    with Registry(lambda _: Answer(b" " * (1 << 22)), handshake=Answer({})) as registry:
        assert "more than 1 MiB in one answer" in why(registry.request())
    packed = Answer(gzip.compress(b" " * (1 << 22)), headers={"Content-Encoding": "gzip"})
    with Registry(lambda _: packed, handshake=Answer({})) as registry:
        assert "more than 1 MiB in one compressed answer" in why(registry.request())


@contextmanager
def speaking(say: Callable[[socket.socket], None]) -> Iterator[str]:
    """Listen on loopback, and let `say` have each connection."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        stop = threading.Event()

        def serve() -> None:
            server.settimeout(0.05)
            while not stop.is_set():
                try:
                    connection, _ = server.accept()
                except TimeoutError:
                    continue
                with connection:
                    try:
                        say(connection)
                    except OSError:
                        continue

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"127.0.0.1:{server.getsockname()[1]}"
        finally:
            stop.set()
            thread.join()


def _drip(head: bytes, connection: socket.socket) -> None:
    """Send something, and then a byte now and then, never ending."""
    connection.recv(4096)
    connection.sendall(head)
    for _ in range(100):
        connection.sendall(b"x")
        time.sleep(0.05)


@pytest.mark.parametrize(
    "head", [b"", b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"]
)
def test_dripping_bytes_do_not_outlast_the_timeout(head: bytes) -> None:
    with speaking(lambda connection: _drip(head, connection)) as host:
        begin = time.monotonic()
        assert "took longer than 0.3 s" in why(Request(parse(f"{host}/app"), insecure=True, timeout=0.3))
        assert time.monotonic() - begin < 2


def test_no_registry_there_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        host = f"127.0.0.1:{server.getsockname()[1]}"
    assert "refused the connection: nothing listens there" in why(Request(parse(f"{host}/app"), insecure=True))
    assert "there is no host no-such-host.invalid" in why(Request(parse("no-such-host.invalid/app")))
    assert "is not a URL that can be asked" in why(Request(parse(f"{'x' * 70}.example/app")))


def test_something_that_is_not_http_is_said() -> None:
    def ssh(at: socket.socket) -> None:
        at.recv(4096)
        at.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")

    with speaking(ssh) as host:
        assert "did not answer in HTTP" in why(Request(parse(f"{host}/app"), insecure=True))


def test_a_registry_that_is_restarting_is_asked_again() -> None:
    answers = iter(
        [
            Answer({}, 503),
            Answer(drop=True),
            tags("a", Link=ROUND.format("a")),
            Answer({}, 408),
            Answer({}, 522),
            tags(),
        ]
    )
    with Registry(lambda _: next(answers), handshake=Answer({})) as registry:
        assert list_tags(registry.request()) == ["a"]


def test_a_connection_that_was_closed_between_pages_is_opened_again() -> None:
    first = tags("a", Link=ROUND.format("a"), Connection="close")
    handshake = Answer({})
    with Registry(lambda asked: tags("b") if asked.query.get("last") else first, handshake=handshake) as registry:
        assert list_tags(registry.request()) == ["a", "b"]
        assert registry.connections == 2


def test_a_digest_is_what_the_registry_says_it_is() -> None:
    headers = {"Docker-Content-Digest": DIGEST, "Content-Type": "application/vnd.oci.image.index.v1+json"}
    with Registry(lambda _: Answer(b"x", headers=headers)) as registry:
        assert digest(registry.request(), "v1") == DIGEST
    (asked,) = registry.asked
    assert (asked.method, asked.path) == ("HEAD", "/v2/app/manifests/v1")
    assert "application/vnd.oci.image.index.v1+json" in asked.headers["Accept"].split(",")


def test_a_digest_that_is_not_said_is_computed() -> None:
    manifest = b'{"schemaVersion": 2}'
    with Registry(lambda _: Answer(manifest)) as registry:
        assert digest(registry.request(), "v1") == f"sha256:{hashlib.sha256(manifest).hexdigest()}"


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        (Answer({}, 404), "there is no tag 'v1'"),
        (Answer({}, 403), "refuses a reader without a login (403)"),
        (Answer(b"", headers={"Docker-Content-Digest": "md5:0"}), "md5:0 is the digest of 'v1'"),
        (Answer(b"<html>"), "not a manifest of 'v1'"),
        (Answer([]), "not a manifest of 'v1'"),
    ],
)
def test_a_digest_that_cannot_be_had_is_one_clear_error(answer: Answer, what: str) -> None:
    with Registry(lambda _: answer, handshake=Answer({})) as registry, pytest.raises(RegistryError) as caught:
        digest(registry.request(), "v1")
    assert what in str(caught.value)


def test_one_broken_registry_does_not_keep_the_others() -> None:
    with (
        Registry(pages(["a"])) as one,
        Registry(lambda _: Answer({}, 404), handshake=Answer({})) as two,
        Registry(pages(["c"])) as three,
    ):
        requests = [registry.request() for registry in (one, two, three)]
        listings = list_all(requests, concurrency=2)
    assert [listing.request for listing in listings] == requests
    assert [listing.tags for listing in listings] == [("a",), (), ("c",)]
    assert [bool(listing.error) for listing in listings] == [False, True, False]


def test_no_more_than_so_many_are_asked_at_once() -> None:
    now, most = 0, 0
    lock = threading.Lock()

    def answer(_: Asked) -> Answer:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        time.sleep(0.02)
        with lock:
            now -= 1
        return tags("a")

    with Registry(answer) as registry:
        one = registry.request()
        requests = [replace(one, image=parse(f"{registry.host}/app{number}")) for number in range(12)]
        listings = list_all(requests, concurrency=3)
    assert all(listing.tags == ("a",) for listing in listings)
    assert most == 3


def test_nothing_to_read_needs_no_network() -> None:
    assert list_all([]) == []


def test_http_is_not_imported_before_it_is_needed() -> None:
    code = (
        "import sys, fluxmark.registry\n"
        "assert not {'http.client', 'ssl', 'urllib.request', 'json', 'subprocess'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)

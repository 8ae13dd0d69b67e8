"""Many repositories: one handshake a host, so many at once, lists that are kept, and limits that are told."""

from __future__ import annotations

import signal
import stat
import subprocess
import sys
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from fluxmark.image import parse
from fluxmark.registry import Login, Request, cache
from fluxmark.registry.cache import Cache
from fluxmark.registry.session import AT_ONCE, PER_HOST, Session
from registry_server import SECRET, Answer, Asked, Registry, guarded, pages, tags

if TYPE_CHECKING:
    from pathlib import Path


def _requests(registry: Registry, count: int) -> list[Request]:
    """Return requests for several repositories of one registry."""
    one = registry.request(Login("me", SECRET))
    return [replace(one, image=parse(f"{registry.host}/app{number}")) for number in range(count)]


def test_what_was_read_is_not_asked_for_again() -> None:
    with Registry(lambda _: tags("a")) as registry, Session() as session:
        request = registry.request()
        assert [session.tags(request).tags for _ in range(3)] == [("a",)] * 3
    assert len(registry.asked) == 1


def test_one_token_serves_the_tags_and_the_digest_of_a_repository() -> None:
    digest = f"sha256:{'0' * 64}"

    def answer(asked: Asked) -> Answer:
        if asked.path.startswith("/token"):
            return Answer({"token": "t"})
        if asked.headers.get("Authorization") != "Bearer t":
            return Answer({}, 401, {"WWW-Authenticate": f'Bearer realm="{registry.url}/token"'})
        headers = {"Docker-Content-Digest": digest, "Content-Type": "x"}
        return tags("a") if "list" in asked.path else Answer(b"x", headers=headers)

    with Registry(answer) as registry, Session() as session:
        assert session.tags(registry.request()).tags == ("a",)
        assert session.digest(registry.request(), "a") == (digest, ())
    assert len([asked for asked in registry.asked if asked.path.startswith("/token")]) == 1


def test_a_host_is_asked_once_how_it_wants_to_be_logged_in_to() -> None:
    with Registry(guarded(lambda _: tags("a"))) as registry, Session() as session:
        listings = session.list_all(_requests(registry, 20))
    assert all(listing.tags == ("a",) for listing in listings)
    assert len(registry.handshakes) == 1
    assert registry.connections <= PER_HOST + 1


def test_a_host_that_is_not_there_is_tried_once() -> None:
    with Registry(lambda _: Answer({}), handshake=Answer(drop=True)) as registry, Session() as session:
        first, second = session.list_all([registry.request(), registry.request()])
    assert "broke the connection" in str(first.error)
    assert str(first.error) == str(second.error)
    assert len(registry.handshakes) == 3


def test_a_slow_host_does_not_keep_the_others_waiting() -> None:
    now = {"slow": 0, "most": 0}
    lock = threading.Lock()

    def slowly(_: Asked) -> Answer:
        with lock:
            now["slow"] += 1
            now["most"] = max(now["most"], now["slow"])
        time.sleep(0.05)
        with lock:
            now["slow"] -= 1
        return tags("a")

    with (
        Registry(slowly, handshake=Answer({})) as slow,
        Registry(lambda _: tags("b")) as fast,
        Session() as session,
    ):
        done: list[tuple[int, int]] = []
        requests = [*_requests(slow, 12), *_requests(fast, 12)]
        listings = session.list_all(requests, progress=lambda *numbers: done.append(numbers))
    assert [listing.tags for listing in listings] == [("a",)] * 12 + [("b",)] * 12
    assert now["most"] <= PER_HOST < AT_ONCE
    assert done[0] == (0, 24)
    assert sorted(done) == [(number, 24) for number in range(25)]


def test_a_list_is_kept_for_a_while(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    directory = tmp_path / "cache"
    with Registry(guarded(lambda _: tags("a"))) as registry:
        request = registry.request(Login("me", SECRET))
        for _ in range(2):
            with Session(Cache(directory)) as session:
                assert session.tags(request).tags == ("a",)
        assert len(registry.asked) == 1
        monkeypatch.setattr(cache, "SECONDS", 0)
        with Session(Cache(directory)) as session:
            session.tags(request)
        assert len(registry.asked) == 2
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    (file,) = directory.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert SECRET not in file.read_text()


def test_a_registry_may_say_that_a_list_has_not_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(asked: Asked) -> Answer:
        if asked.headers.get("If-None-Match") == '"1"':
            return Answer(b"", 304)
        return tags("a", ETag='"1"')

    monkeypatch.setattr(cache, "SECONDS", 0)
    with Registry(answer, handshake=Answer({})) as registry:
        for _ in range(3):
            with Session(Cache(tmp_path)) as session:
                assert session.tags(registry.request()).tags == ("a",)
    assert [asked.headers.get("If-None-Match") for asked in registry.asked] == [None, '"1"', '"1"']


def test_of_a_list_of_several_pages_all_are_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paged = pages(["a"], ["b"])

    def answer(asked: Asked) -> Answer:
        found = paged(asked)
        found.headers["ETag"] = '"1"'
        return found

    monkeypatch.setattr(cache, "SECONDS", 0)
    with Registry(answer, handshake=Answer({})) as registry:
        for _ in range(2):
            with Session(Cache(tmp_path)) as session:
                assert session.tags(registry.request()).tags == ("a", "b")
    assert all("If-None-Match" not in asked.headers for asked in registry.asked)


@pytest.mark.parametrize(
    "text", ["", "{}", "[", '{"version": 1, "tags": [1]}', "\x00", '{"version": 9}', "[" * 99999]
)
def test_a_broken_cache_does_not_count(tmp_path: Path, text: str) -> None:
    with Registry(lambda _: tags("a")) as registry:
        for _ in range(2):
            with Session(Cache(tmp_path)) as session:
                assert session.tags(registry.request()).tags == ("a",)
            for file in tmp_path.iterdir():
                file.write_text(text)
    assert len(registry.asked) == 2


def test_a_cache_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    tmp_path.joinpath("file").write_text("")
    with Registry(lambda _: tags("a")) as registry, Session(Cache(tmp_path / "file")) as session:
        listing = session.tags(registry.request())
    assert listing.tags == ("a",)
    assert "lists cannot be kept there" in listing.notes[0]


def test_an_error_is_not_kept(tmp_path: Path) -> None:
    with (
        Registry(lambda _: Answer({}, 404), handshake=Answer({})) as registry,
        Session(Cache(tmp_path)) as session,
    ):
        assert session.tags(registry.request()).error
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("limit", "remaining", "told"),
    [
        ("100;w=21600", "10;w=21600", "allows 100 requests in 6 h, and 10 are left"),
        ("100", "0", "allows 100 requests, and 0 are left"),
        ("100;w=21600", "11;w=21600", ""),
        ("many", "0", ""),
        ("100;w=x", "-1", ""),
    ],
)
def test_a_rate_limit_is_told_once_before_it_is_hit(limit: str, remaining: str, told: str) -> None:
    headers = {"ratelimit-limit": limit, "ratelimit-remaining": remaining}
    with Registry(lambda _: Answer({"tags": ["a"]}, headers=headers)) as registry, Session() as session:
        listings = session.list_all(_requests(registry, 3))
    notes = [note for listing in listings for note in listing.notes]
    assert len(notes) == bool(told)
    assert all(told in note for note in notes)


def test_an_error_with_status_200_is_told() -> None:
    body = {"errors": [{"code": "NAME_UNKNOWN", "message": "no such\x1b[2J"}]}
    with Registry(lambda _: Answer(body), handshake=Answer({})) as registry, Session() as session:
        listing = session.tags(registry.request())
    assert (listing.tags, listing.error) == ((), None)
    assert listing.notes[0].startswith(
        f"{registry.host}/app: the registry answers with status 200: NAME_UNKNOWN: no"
    )
    assert listing.notes[0].isprintable()


def test_an_interrupt_does_not_wait_for_registries() -> None:
    waiting = threading.Event()
    over = threading.Event()

    def never(_: Asked) -> Answer:
        waiting.set()
        over.wait(30)
        return Answer({})

    code = (
        "from fluxmark.image import parse; from fluxmark.registry import Request, list_all\n"
        "list_all([Request(parse('{}/app'), insecure=True)])"
    )
    with Registry(never, handshake=Answer({})) as registry:
        process = subprocess.Popen([sys.executable, "-c", code.format(registry.host)], stderr=subprocess.PIPE)
        assert waiting.wait(20)
        process.send_signal(signal.SIGINT)
        _, error = process.communicate(timeout=10)
        over.set()
    assert b"KeyboardInterrupt" in error


def test_a_rate_limit_is_told_where_a_digest_is_asked_for() -> None:
    """Docker Hub counts manifests, and tells its limit there."""
    headers = {
        "Docker-Content-Digest": f"sha256:{'0' * 64}",
        "Content-Type": "x",
        "ratelimit-limit": "100;w=21600",
        "ratelimit-remaining": "5;w=21600",
    }
    notes: list[str] = []
    with (
        Registry(lambda _: Answer(b"x", headers=headers), handshake=Answer({})) as registry,
        Session(notes=notes.append) as session,
    ):
        for tag in ("a", "b"):
            session.digest(registry.request(), tag)
    assert len(notes) == 1
    assert "allows 100 requests in 6 h, and 5 are left" in notes[0]

"""Logins are sent to whom they belong, once they are asked for, and never shown."""

from __future__ import annotations

import base64
import itertools
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import pytest

from fluxmark.image import parse
from fluxmark.registry import Credentials, Login, Request, list_tags
from registry_server import BASIC, SECRET, Answer, Asked, Registry, guarded, pages, tags, why

if TYPE_CHECKING:
    from collections.abc import Callable


def test_a_name_and_a_password_are_sent_once_they_are_asked_for() -> None:
    with Registry(guarded(pages(["a"], ["b"]))) as registry:
        assert list_tags(registry.request(Login("me", SECRET))) == ["a", "b"]
    assert [asked.headers.get("Authorization") for asked in registry.handshakes] == [None]
    assert [asked.headers.get("Authorization") for asked in registry.asked] == [BASIC, BASIC]


def test_a_login_of_another_registry_is_not_sent() -> None:
    credentials = Credentials({"ghcr.io": Login("me", SECRET)})
    with Registry(guarded(pages(["a"]))) as registry:
        assert "no login was found" in why(registry.request(credentials=credentials))
    assert "Authorization" not in registry.asked[0].headers


def token_service(
    registry: list[Registry], *, lives: int = 1000, answer: Callable[[Asked], Answer] | None = None
) -> Callable[[Asked], Answer]:
    """Answer as a registry and its token service in one; a token is good for `lives` requests."""
    tokens = itertools.count(1)
    used: dict[str, int] = {}

    def both(asked: Asked) -> Answer:
        if asked.path.startswith("/token"):
            if asked.headers.get("Authorization") not in (None, BASIC):
                return Answer({}, 401)
            return answer(asked) if answer else Answer({"token": f"t{next(tokens)}"})
        token = asked.headers.get("Authorization", "")
        used[token] = used.get(token, 0) + 1
        if not token.startswith("Bearer t") or used[token] > lives:
            realm = (
                f'Bearer realm="{registry[0].url}/token?a=b",service="reg, \\"x\\"",scope="repository:app:pull"'
            )
            return Answer({}, 401, {"WWW-Authenticate": realm})
        return pages(["a"], ["b"], ["c"])(asked)

    return both


@pytest.mark.parametrize("login", [None, Login("me", SECRET)])
def test_a_token_is_fetched_from_where_the_registry_says(login: Login | None) -> None:
    made: list[Registry] = []
    with Registry(token_service(made)) as registry:
        made.append(registry)
        assert list_tags(registry.request(login)) == ["a", "b", "c"]
    fetched = [asked for asked in registry.asked if asked.path.startswith("/token")]
    assert [asked.headers.get("Authorization") for asked in fetched] == [BASIC if login else None]
    assert fetched[0].query == {"a": ["b"], "service": ['reg, "x"'], "scope": ["repository:app:pull"]}
    assert fetched[0].path.startswith("/token?a=b&scope=")  # in the order in which Flux asks


def test_a_token_that_runs_out_between_pages_is_fetched_anew() -> None:
    made: list[Registry] = []
    with Registry(token_service(made, lives=2)) as registry:
        made.append(registry)
        assert list_tags(registry.request()) == ["a", "b", "c"]
    assert [asked.headers.get("Authorization") for asked in registry.asked if "list" in asked.path] == [
        "Bearer t1",
        "Bearer t1",
        "Bearer t1",
        "Bearer t2",
    ]


def test_an_identity_token_is_exchanged() -> None:
    made: list[Registry] = []
    with Registry(token_service(made)) as registry:
        made.append(registry)
        assert list_tags(registry.request(Login(identity_token=SECRET))) == ["a", "b", "c"]
    (fetched,) = [asked for asked in registry.asked if asked.path.startswith("/token")]
    form = parse_qs(fetched.body.decode())
    assert fetched.method == "POST"
    assert (form["grant_type"], form["refresh_token"]) == (["refresh_token"], [SECRET])
    assert SECRET not in fetched.path


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        (Answer({}, 401), "the token service refuses the login that was found (401)"),
        (Answer({}, 500), "the token service answered with status 500"),
        (Answer({}, 302, {"Location": "http://10.0.0.1/"}), "leads to a place that Flux refuses"),
        (Answer(b"<html>"), "holds no token"),
        (Answer({"tok": SECRET}), "holds no token"),
        (Answer({"token": [SECRET]}), "holds no token: json: cannot unmarshal array"),
        (Answer([SECRET]), "holds no token"),
        (Answer({"token": f"{SECRET}\r\nHost: evil"}), "the token is not one"),
        (Answer({"token": "revoked"}), "the registry refuses the login that was found for it (401)"),
    ],
)
def test_a_token_service_that_fails_is_said_without_a_secret(answer: Answer, what: str) -> None:
    made: list[Registry] = []
    with Registry(token_service(made, answer=lambda _: answer)) as registry:
        made.append(registry)
        said = why(registry.request(Login("me", SECRET)))
    assert what in said
    assert SECRET not in said
    assert len(registry.asked) <= 4


def test_a_wrong_password_is_said_without_it() -> None:
    with Registry(guarded(pages(["a"]))) as registry:
        said = why(registry.request(Login("me", "wr0ng")))
    assert "refuses the login that was found for it (401): DENIED" in said
    assert "wr0ng" not in said
    assert len(registry.asked) == 1


def test_a_redirect_to_another_host_takes_no_login_along() -> None:
    with Registry(pages(["a"])) as other:
        moved = Answer({}, 307, {"Location": f"{other.url}/v2/app/tags/list"})
        with Registry(guarded(lambda _: moved)) as registry:
            assert list_tags(registry.request(Login("me", SECRET))) == ["a"]
    assert [asked.headers.get("Authorization") for asked in registry.asked] == [BASIC]
    assert [asked.headers.get("Authorization") for asked in other.asked] == [None]


def test_another_host_cannot_ask_for_the_login() -> None:
    with Registry(guarded(pages(["a"]))) as other:
        moved = Answer({}, 302, {"Location": f"{other.url}/v2/app/tags/list?signature={SECRET}"})
        with Registry(lambda _: moved, handshake=Answer({})) as registry:
            said = why(registry.request(Login("me", SECRET)))
    assert "(401)" in said
    assert SECRET not in said
    assert all("Authorization" not in asked.headers for asked in other.asked)


def test_a_redirect_on_the_same_host_keeps_the_login() -> None:
    def answer(asked: Asked) -> Answer:
        return tags("a") if asked.path == "/moved" else Answer({}, 301, {"Location": "/moved"})

    with Registry(guarded(answer)) as registry:
        assert list_tags(registry.request(Login("me", SECRET))) == ["a"]


def test_a_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with Registry(pages(["a"], ["b"])) as proxy:
        monkeypatch.setenv("http_proxy", f"http://user:{SECRET}@{proxy.host}")
        assert list_tags(Request(parse("registry.invalid:5000/app"), insecure=True)) == ["a", "b"]
        assert proxy.handshakes[0].path == "http://registry.invalid:5000/v2/"
        assert proxy.asked[0].path == "http://registry.invalid:5000/v2/app/tags/list?n=1000"
        login = base64.b64encode(f"user:{SECRET}".encode()).decode()
        assert proxy.asked[0].headers["Proxy-Authorization"] == f"Basic {login}"
        monkeypatch.setenv("no_proxy", "registry.invalid")
        assert "there is no host registry.invalid:5000" in why(
            Request(parse("registry.invalid:5000/app"), insecure=True)
        )


def test_a_proxy_of_another_kind_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", f"socks5://user:{SECRET}@127.0.0.1:1")
    said = why(Request(parse("registry.invalid/app")))
    assert "the proxy of the environment must be http://host:port" in said
    assert SECRET not in said

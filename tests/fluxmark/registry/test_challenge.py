"""`WWW-Authenticate` and `Link` are read as Flux reads them, in linear time."""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, strategies as st

from fluxmark.registry import challenge, link
from fluxmark.registry.challenge import Challenge

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

REALM = "https://auth.example.com/token"


@pytest.mark.parametrize(
    ("lines", "flux"),
    [
        ([f'Bearer realm="{REALM}",service="s"'], Challenge("bearer", {"realm": REALM, "service": "s"})),
        ([f'BEARER Realm="{REALM}" , scope=x'], Challenge("bearer", {"realm": REALM, "scope": "x"})),
        (['Bearer realm="a\\"b\\\\c"'], Challenge("bearer", {"realm": 'a"b\\c'})),
        ([f"Bearer realm={REALM},service=s"], Challenge("bearer", {"realm": "https"})),
        (["Negotiate", 'Basic realm="x"', "Bearer"], Challenge("basic", {"realm": "x"})),
        ([f'Basic realm="x", Bearer realm="{REALM}"'], Challenge("basic", {"realm": "x"})),
        (['Bearer realm="x'], Challenge("bearer", {})),
        (["Negotiate abc=="], Challenge("negotiate", {})),
        (['"x"', ""], Challenge()),
        ([], Challenge()),
    ],
)
def test_flux_meets_the_first_challenge_of_a_line(lines: list[str], flux: Challenge) -> None:
    assert challenge.chosen(challenge.of_flux(lines)) == flux


@pytest.mark.parametrize(
    "line",
    [
        f"Bearer realm={REALM},service=s",
        f'Bearer realm=" {REALM}" , service="s"',
        f'Bearer realm = "{REALM}" service=s',
        f'Basic realm="a, Bearer b", Negotiate, Bearer realm="{REALM}",service=s',
    ],
)
def test_what_a_line_means_is_told_where_flux_cannot(line: str) -> None:
    assert challenge.meant([line]) == Challenge("bearer", {"realm": REALM, "service": "s"})


@pytest.mark.parametrize(
    ("realm", "plain", "fault", "usable"),
    [
        (REALM, False, "", True),
        ("http://auth.example.com/token", True, "", True),
        ("http://auth.example.com/token", False, "not allowed for a secure registry", False),
        ("http://reg.example.com:5000/token", True, "", True),
        ("https://10.0.0.7/token", False, 'realm host "10.0.0.7" is a private', True),
        ("https://[::ffff:127.0.0.1]/token", False, "is a private", True),
        ("https://0x7f000001/token", False, "is a private", True),
        ("https://192.168.0.9/token", False, "", True),  # the registry itself
        ("ftp://x/", True, 'realm scheme "ftp" not allowed', False),
        (" https://x/", True, "first path segment in URL cannot contain colon", False),
        ("https://x:y/", True, "invalid port", False),
        ("https://x/%zz", True, "invalid URL escape", False),
        ("https:", True, "realm scheme", False),
    ],
)
def test_a_token_service_that_flux_refuses_is_told(realm: str, plain: bool, fault: str, usable: bool) -> None:
    host = "192.168.0.9" if "192.168.0.9" in realm else "reg.example.com"
    found = challenge.realm_fault(Challenge("bearer", {"realm": realm}), host, plain=plain)
    assert (found.usable if found else True) == usable
    assert fault in (found.reason if found else "")
    assert bool(found) == bool(fault)


@pytest.mark.parametrize(
    ("lines", "following"),
    [
        ([], link.Next()),
        (["<>"], link.Next()),
        (["</n>; rel=next"], link.Next("/n")),
        (["</n>"], link.Next("/n")),
        (["</n>; rel='next'"], link.Next("/n")),
        (['</n>;title="a, <b>";rel="last next"'], link.Next("/n")),
        (['</l>; rel="last"'], link.Next("/l")),  # Flux follows whatever comes first
        (['</n>; rel="next"', "</x>"], link.Next("/n")),
    ],
)
def test_flux_follows_the_first_link(lines: list[str], following: link.Next) -> None:
    assert link.following(lines) == following


@pytest.mark.parametrize(
    "lines",
    [
        ['</p>; rel="prev", </n>; rel="next"'],
        ['</p>; rel="prev"', '</n>; rel="next"'],
        ['x; </n>; rel="next"'],
        ['</p>; title="a, b"; rel=prev, </n>; rel=NEXT'],
    ],
)
def test_a_next_page_that_flux_does_not_find_is_told(lines: list[str]) -> None:
    found = link.following(lines)
    assert found.url == "/n"
    assert found.refused


@pytest.mark.parametrize("line", ["/n", "</n", 'rel="next"', "x<"])
def test_a_link_that_cannot_be_read_is_not_an_end(line: str) -> None:
    with pytest.raises(link.LinkError):
        link.following([line])


HOSTILE = st.text(alphabet="<>\"\\'=,; \t\r\nabBearerrel next/:%[]", max_size=60)


@given(HOSTILE, HOSTILE)
def test_any_header_is_read_or_refused(one: str, two: str) -> None:
    challenge.meant([one, two])
    found = challenge.chosen(challenge.of_flux([one, two]))
    challenge.realm_fault(Challenge("bearer", {"realm": one}), "h", plain=False)
    assert found.scheme == found.scheme.lower()
    with contextlib.suppress(link.LinkError):
        link.following([one, two])


def _steps(work: Callable[[], object]) -> int:
    """Count the lines that run."""
    count = 0

    def trace(_frame: FrameType, event: str, _argument: Any) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(None)
    return count


PIECES = ("a=", '"', '\\"', "a,", "<a>;", "<", 'rel="', "Bearer ", "a ", "=", "<a>; rel='next', ", "a=b,", " ")


@pytest.mark.parametrize("piece", PIECES)
def test_headers_are_read_in_linear_time(piece: str) -> None:
    def read(count: int) -> int:
        line = "Bearer a=" + piece * count

        def work() -> None:
            challenge.of_flux([line])
            challenge.meant([line])
            link.following([f"<a>{line}"])
            with contextlib.suppress(link.LinkError):
                link.following([line])

        return _steps(work)

    assert read(800) <= 5 * read(200) + 500

"""One page of tags, `{"name": …, "tags": […], "next": …}`, and where the next one is, as Flux reads them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fluxmark.registry import go_json
from fluxmark.registry.asking import host_of, join
from fluxmark.registry.link import LinkError, following
from fluxmark.registry.said import is_html
from fluxmark.registry.transport import clean

if TYPE_CHECKING:
    from fluxmark.registry.connection import Reply
    from fluxmark.registry.request import Request


@dataclass(frozen=True, slots=True)
class Page:
    """The tags as they are listed, null as ''. next: where the body says that the next page is.

    fault: why the answer cannot be read. refused: what Flux refuses of it.
    """

    tags: tuple[str, ...] = ()
    next: str = ""
    fault: str = ""
    refused: str = ""


@dataclass(frozen=True, slots=True)
class NextPage:
    """Where the next page is, '' after the last. fault: why that cannot be read. refused: what Flux refuses of
    it.
    """

    url: str = ""
    fault: str = ""
    refused: str = ""


def tags_of(reply: Reply) -> Page:
    """Read a page of tags. A missing list is an empty one, as in Flux."""
    if is_html(reply.body):
        return Page(fault="the registry answered with a web page; is that a registry?")
    refused = ""
    try:
        if reply.body.startswith(go_json.BOM):
            refused = _refused("it begins with a byte order mark")
        answer = go_json.first(reply.body.removeprefix(go_json.BOM))
    except go_json.GoJSONError as error:
        return Page(fault=f"the registry answered with something that is not a list of tags: {error}")
    return _page(go_json.Object([]) if answer is None else answer, refused)


def next_page(reply: Reply, at: str, in_body: str, request: Request) -> NextPage:
    """Say where the next page is. at: where this page came from; in_body: where its body says that the next
    one is.
    """
    try:
        link = following(reply.headers.get("link", ()))
    except LinkError as error:
        return NextPage(fault=f"the registry has more tags, and where cannot be read: {clean(str(error))}")
    reference = link.url or in_body
    if not reference:
        return NextPage()
    target = join(at, reference)
    if target is None:
        return NextPage(fault=f"the registry refers to {clean(reference)!r}, which is not a URL")
    if not link.url:
        return _from_body(reference, target, request)
    found = _on_registry(target, at, request)
    if link.refused:
        refused = f"Flux does not read the next page: {link.refused}; the registry must name the next page first"
        return NextPage(found.url, found.fault, refused)
    return found


def _from_body(reference: str, target: str, request: Request) -> NextPage:
    """Return where `next` in a body leads; Flux takes it as it is, so that it must be a whole URL."""
    if host_of(target) != request.host:
        return NextPage(fault=f"the registry says that more tags are on another host, {clean(host_of(target))}")
    if reference.startswith(("http://", "https://")):
        return NextPage(target)
    return NextPage(
        target,
        refused=f'Flux fails at the next page: Get "{clean(reference)}": unsupported protocol scheme ""; '
        "the registry must name it in a Link header",
    )


def _on_registry(target: str, at: str, request: Request) -> NextPage:
    """Return where a link leads, on the registry itself where only its scheme or port is wrong.

    Source: go-containerregistry 0.22 `pkg/v1/remote/list.go`, `validatePaginationURL`; 0.21 checks nothing.
    """
    host, scheme, expected = host_of(target), target.partition(":")[0], "http" if request.plain else "https"
    if host == request.host and scheme == expected:
        return NextPage(target)
    what = (
        f'pagination URL scheme "{clean(scheme)}" does not match registry scheme "{expected}"'
        if scheme != expected
        else "pagination URL host does not match registry host: potential SSRF attack"
    )
    refused = (
        f"Flux refuses the next page, from go-containerregistry 0.22 on: {what}; let the registry send "
        f"relative links, "
        "or set its external URL"
    )
    if host.partition(":")[0] == request.host.partition(":")[0]:
        rest = target.partition("://")[2].partition("/")[2]
        return NextPage(f"{expected}://{request.host}/{rest}", refused=refused)
    if host == host_of(at):
        return NextPage(target, refused=refused)
    return NextPage(
        fault=f"the registry says that more tags are on another host, {clean(host)}; Flux refuses that"
    )


def _page(answer: Any, refused: str) -> Page:
    if not isinstance(answer, go_json.Object):
        return Page(fault="the registry answered with something that is not a list of tags")
    further = ""
    try:
        answer.text("name", "Tags.name")
        further = answer.text("next", "Tags.next")
    except go_json.GoJSONError as error:
        refused = refused or _refused(str(error))
    try:
        listed = go_json.texts(answer.last("tags") or [], "Tags.tags")
    except go_json.GoJSONError as error:
        return Page(fault=f"the registry's list of tags cannot be read: {clean(str(error))}")
    return Page(tuple(listed), further, refused=refused)


def _refused(why: str) -> str:
    return f"Flux cannot read the list of tags: {why}; the registry must send it as the specification says"

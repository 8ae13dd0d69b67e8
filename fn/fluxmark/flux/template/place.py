"""Where an execution is: what its errors say, and when it has gone on for too long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmark.flux.template.errors import TemplateError
from fluxmark.flux.template.limits import spend
from fluxmark.golang.text import encode, quote

if TYPE_CHECKING:
    from fluxmark.flux.template.nodes import Located, Parsed


class Place:
    """`node` is what is being evaluated, `name` the template at work.

    Upstream's errors name the node that was evaluated last: each step says where it is before it can fail.
    """

    def __init__(self, parsed: Parsed) -> None:
        self.parsed = parsed
        self.name = parsed.name
        self.node: Located | None = None

    def at(self, node: Located) -> None:
        """Go to a node."""
        self.node = node
        spend(1)

    def error(self, message: str) -> TemplateError:
        """Return an error at this place."""
        return TemplateError(self.located(message))

    def located(self, message: str) -> str:
        """Return a message with this place before it."""
        assert self.node is not None
        before = self.parsed.text[: self.node.pos]
        column = len(before[before.rfind("\n") + 1 :].encode("utf-8", "surrogatepass"))
        where = f"{self.parsed.name}:{1 + before.count(chr(10))}:{column}"
        return f"template: {where}: executing {quote(encode(self.name))} at <{self.node}>: {message}"

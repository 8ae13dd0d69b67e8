"""The commit message that image-automation-controller makes of a template and its changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fluxmark.flux.template.errors import LimitExceeded, TemplateError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fluxmark.flux.template.nodes import Parsed
    from fluxmark.flux.value_change import Change

DEFAULT_TEMPLATE = "Update from image update automation"
NAME = "commit message"
_REMOVED = {
    ".Updated": "can't evaluate field Updated in type source.TemplateData",
    ".Changed.ImageResult": "can't evaluate field ImageResult in type update.Result",
}


@dataclass(frozen=True, slots=True)
class Rendering:
    """A message; random_order: upstream it depends on the random order of Go's maps, which differs in each run."""

    text: str
    random_order: bool


def render(
    template: str, changes: Sequence[Change], *, automation: tuple[str, str], values: Mapping[str, str]
) -> str:
    """Return the commit message for changes, as image-automation-controller 1.2 renders it.

    automation: namespace and name of the ImageUpdateAutomation; values: its messageTemplateValues. An empty
    template is the controller's default. Bytes that are not UTF-8 become U+FFFD. Errors: TemplateError, whose text
    is the controller's; UnsupportedFunction and LimitExceeded are kinds of it that only fluxmark has.
    """
    from fluxmark.golang.text import valid

    return valid(render_exact(template, changes, automation=automation, values=values))


def render_exact(
    template: str, changes: Sequence[Change], *, automation: tuple[str, str], values: Mapping[str, str]
) -> str:
    """Render as `render` does; a byte that is not UTF-8, which `trunc` can leave, becomes U+DC80..U+DCFF.

    Encoded with `surrogateescape`, the message has the bytes of Flux's commit.
    """
    return _Message(template, changes, automation, values).text(shuffled=False)


def render_with_notes(
    template: str, changes: Sequence[Change], *, automation: tuple[str, str], values: Mapping[str, str]
) -> Rendering:
    """Render as `render` does, and find out whether another order of Go's maps makes another message."""
    from fluxmark.golang.text import valid

    message = _Message(template, changes, automation, values)
    text = message.text(shuffled=False)
    return Rendering(valid(text), random_order=message.random_order and message.outcome(shuffled=True) != text)


class _Message:
    """A template and its data; random_order: something with a random order has been read."""

    def __init__(
        self, template: str, changes: Sequence[Change], automation: tuple[str, str], values: Mapping[str, str]
    ) -> None:
        self.template = template or DEFAULT_TEMPLATE
        self.changes = changes
        self.automation = automation
        self.values = values
        self.random_order = False

    def text(self, *, shuffled: bool) -> str:
        try:
            return self._execute(self._parse(), shuffled=shuffled)
        except RecursionError:
            raise LimitExceeded("the template nests its data or itself too deeply") from None

    def outcome(self, *, shuffled: bool) -> str | None:
        """Return the message, None if there is none."""
        try:
            return self.text(shuffled=shuffled)
        except TemplateError:
            return None

    def _parse(self) -> Parsed:
        # the interpreter is loaded when a template is rendered: the function's other work starts without it
        from fluxmark.flux.template.functions import is_function
        from fluxmark.flux.template.limits import check_source
        from fluxmark.flux.template.parse import parse

        check_source(self.template)
        try:
            return parse(NAME, self.template, is_function)
        except LimitExceeded:
            raise
        except TemplateError as error:
            raise TemplateError(f"unable to create commit message template from spec: {error}") from None

    def _execute(self, parsed: Parsed, *, shuffled: bool) -> str:
        from fluxmark.flux.template.data import template_data
        from fluxmark.flux.template.execute import Machine
        from fluxmark.flux.template.functions import function
        from fluxmark.golang.text import decode

        machine = Machine(parsed, function, shuffled=shuffled)
        try:
            return decode(
                machine.run(template_data(self.changes, self.automation, self.values, shuffled=shuffled))
            )
        except TemplateError as error:
            if type(error) is not TemplateError:
                raise
            removed = next((field for field, text in _REMOVED.items() if text in str(error)), "")
            if removed:
                raise TemplateError.removed(removed, str(error)) from None
            raise TemplateError(f"failed to run template from spec: {error}") from None
        finally:
            self.random_order |= machine.random_order

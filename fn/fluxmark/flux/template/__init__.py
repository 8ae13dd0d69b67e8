"""The commit message of an ImageUpdateAutomation: Go's text/template with sprig's functions, on Flux's data."""

from fluxmark.flux.template.errors import LimitExceeded, TemplateError, UnsupportedFunction
from fluxmark.flux.template.message import DEFAULT_TEMPLATE, Rendering, render, render_exact, render_with_notes

__all__ = (
    "DEFAULT_TEMPLATE",
    "LimitExceeded",
    "Rendering",
    "TemplateError",
    "UnsupportedFunction",
    "render",
    "render_exact",
    "render_with_notes",
)

"""ImageUpdateAutomation: where Flux writes new tags, and with what commit message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fluxmark.change import Change
from fluxmark.config import automation_name, automation_spec
from fluxmark.flux_releases import flux_order
from krmfn.result import ResourceRef

if TYPE_CHECKING:
    from fluxmark.config import ImageAutomation

KIND = "ImageUpdateAutomation"
FILE = "image-update-automation.yaml"
HEADER = "The automation that commits new tags where setter comments ask for them; written by fluxmark."
# A compose file has no object name in Flux, so a line names the file.
# Source: update.Result in image-automation-controller `internal/update/result.go`.
MESSAGE_TEMPLATE = """\
chore(flux): update image tags

{{ range $file, $objects := .Changed.FileChanges -}}
{{ range $changes := $objects -}}
{{ range $change := $changes -}}
- {{ $file }}: {{ $change.OldValue }} -> {{ $change.NewValue }}
{{ end -}}
{{ end -}}
{{ end -}}
"""
SAMPLE = (
    Change("compose.yaml", 3, "flux-system:backend", "registry/backend:1", "registry/backend:2"),
    Change(
        "deployment.yaml",
        9,
        "flux-system:frontend",
        "registry/frontend:1",
        "registry/frontend:2",
        ResourceRef("apps/v1", "Deployment", "frontend", "production"),
    ),
)
"""Changes that a message template is tried on."""
CHANGED_SINCE = "2.3"
"""The Flux version whose templates know `.Changed`."""


def build(config: ImageAutomation, *, defaults: bool = True) -> list[tuple[str, dict[str, Any]]]:
    """Return name and spec of the automation, nothing where none is configured.

    Without defaults, the spec is only what is configured.
    """
    if config.automation is None:
        return []
    spec = automation_spec(config, defaults=defaults)
    if defaults and flux_order(config.flux) >= flux_order(CHANGED_SINCE):
        spec["git"]["commit"].setdefault("messageTemplate", MESSAGE_TEMPLATE)
    return [(automation_name(config), spec)]


def why_broken(template: str) -> str:
    """Return what Flux would say of a message template at its next commit; '' where it says nothing."""
    from fluxmark.template import TemplateError, render

    try:
        render(template, SAMPLE, automation=("flux-system", "flux-system"), values={})
    except TemplateError as error:
        return str(error)
    return ""

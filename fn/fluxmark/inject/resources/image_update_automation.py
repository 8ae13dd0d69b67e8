"""ImageUpdateAutomation: where Flux writes new tags, and with what commit message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fluxmark.config import automation_specs
from fluxmark.flux.releases import at_least

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
CHANGED_SINCE = "2.3"
"""The Flux version whose templates know `.Changed`."""


def build(config: ImageAutomation, *, defaults: bool = True) -> list[tuple[str, dict[str, Any]]]:
    """Return name and spec of every automation, nothing if none is configured.

    Without defaults, the specs are only what is configured.
    """
    found = automation_specs(config, defaults=defaults)
    if defaults and at_least(config.flux, CHANGED_SINCE):
        for _, spec in found:
            spec["git"]["commit"].setdefault("messageTemplate", MESSAGE_TEMPLATE)
    return found

"""A commit message's template fails, and with it every commit.

The template is parsed and executed when there is something to commit, and not before: until then the automation
looks healthy, and from then on it retries for ever. The template is executed here on made-up changes, by an
interpreter that answers as the controller does. Since Flux 2.7 `.Updated` and `.Changed.ImageResult` are gone
(`RemovedTemplateField`).

Fails:
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImageUpdateAutomation
    metadata: {name: all, namespace: flux-system}
    spec:
      interval: 1m0s
      sourceRef: {kind: GitRepository, name: flux-system}
      git:
        checkout: {ref: {branch: main}}
        commit:
          author: {email: flux@example.com}
          messageTemplate: '{{ range .Changed.Objects }}{{ .Key.Name }}: {{ .NewValue }}{{ end }}'
        push: {branch: main}

Passes:
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImageUpdateAutomation
    metadata: {name: all, namespace: flux-system}
    spec:
      interval: 1m0s
      sourceRef: {kind: GitRepository, name: flux-system}
      git:
        checkout: {ref: {branch: main}}
        commit:
          author: {email: flux@example.com}
          messageTemplate: >-
            {{ range $object, $changes := .Changed.Objects }}{{ range $changes }}{{ $object.Name }}:
            {{ .NewValue }} {{ end }}{{ end }}
        push: {branch: main}

Fix: range over maps with two variables; `.Changed.FileChanges`, `.Changed.Objects` and `.Changed.Changes` are
there.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from fluxmark.flux.releases import at_least
from fluxmark.flux.template import LimitExceeded, TemplateError, UnsupportedFunction, render
from fluxmark.flux.value_change import Change
from krmfn.resources.result import ResourceRef, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fluxmark.cluster import Manifest, Repository
    from fluxmark.finding import Finding

ID: Final = "automation-template"
SEVERITY: Final = Severity.ERROR

_PATH = ("spec", "git", "commit", "messageTemplate")
_PLACE = re.compile(r"commit message:(\d+)(?::(\d+))?: ")
_CONTEXT = re.compile(r"at <(?P<named>.+?)>: ")
_OLD_MODEL: Final = "2.3"  # the first with .Changed
_NEW_MODEL: Final = "2.7"  # the first without .Updated

CHANGES: Final = tuple(
    Change(
        f"{directory}/deployment.yaml",
        line,
        f"flux-system:{name}",
        f"example.com/{name}:1.0.0",
        f"example.com/{name}:1.1.0",
        ResourceRef("apps/v1", "Deployment", name, directory),
    )
    for directory, name, line in (("apps", "web", 20), ("apps", "api", 40), ("tools", "job", 20))
)
"""Changes of several objects in several files: what a template has to cope with."""


def check(world: Repository) -> Iterator[Finding]:
    """Yield the templates that fail."""
    for automation in world.automations:
        template = automation.get(*_PATH)
        if not isinstance(template, str) or not automation.is_final:
            continue
        if world.flux_version and not at_least(world.flux_version, _OLD_MODEL):
            continue  # the data was another one
        try:
            render(
                template,
                CHANGES,
                automation=(automation.namespace or "flux-system", automation.name),
                values=_values(automation),
            )
        except (UnsupportedFunction, LimitExceeded):
            continue  # fluxmark's limits, not Flux's
        except TemplateError as error:
            yield from _failure(world, automation, template, error)
            continue


def _values(automation: Manifest) -> Mapping[str, str]:
    values = automation.get("spec", "git", "commit", "messageTemplateValues")
    return {str(key): str(value) for key, value in values.items()} if isinstance(values, dict) else {}


def _failure(world: Repository, automation: Manifest, template: str, error: TemplateError) -> Iterator[Finding]:
    severity = SEVERITY
    if error.removed_field:
        if world.flux_version and not at_least(world.flux_version, _NEW_MODEL):
            return  # there it still works
        if not world.flux_version and not automation.api_version.endswith("/v1"):
            severity = Severity.WARNING  # it may be a Flux of that time
    text = error.cause
    place = _PLACE.search(text)
    piece = _piece(template, place, _CONTEXT.search(text)) if place else None
    what = str(error) if error.removed_field else f"{text[place.end() :] if place else text}{_hint(text)}"
    since = " since Flux 2.7" if error.removed_field else ""
    message = f"no commit is ever made with this template{since}: {what}"
    yield automation.report(ID, severity, _PATH, message, piece=piece)


def _piece(template: str, place: re.Match[str], context: re.Match[str] | None) -> tuple[int, int]:
    """Return where in the template an error is: what it names, at its line and column (bytes, from 0)."""
    lines = template.split("\n")
    number = int(place[1])
    before = sum(len(one) + 1 for one in lines[: number - 1])
    if number > len(lines):
        return max(len(template) - 1, 0), 0
    line = lines[number - 1]
    if place[2] is None:
        return before, len(line)
    column = len(line.encode()[: int(place[2])].decode(errors="ignore"))
    named = context["named"].removesuffix("...") if context else ""
    start = line.rfind(named, 0, column + len(named)) if named else -1
    return (before + start, len(named)) if start >= 0 else (before + column, 1)


def _hint(text: str) -> str:
    if "in type []update.Change" in text or "in type update.ObjectChanges" in text:
        return "; write {{ range $object, $changes := … }}{{ range $changes }}…{{ end }}{{ end }}"
    return ""

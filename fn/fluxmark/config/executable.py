"""What a schema cannot tell of a functionConfig: patterns, ranges and templates that Flux could not use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmark.config.merge_specs import automation_specs, policy_spec
from fluxmark.flux.policy import PolicyError
from fluxmark.flux.policy.factory import filter_of, policer_of
from fluxmark.flux.releases import release_of
from fluxmark.flux.value_change import Change
from krmfn.resources.result import ResourceRef

if TYPE_CHECKING:
    from fluxmark.config.model import ImageAutomation
    from fluxmark.config.problems import Report
    from fluxmark.flux.schema.validator import Path

_MESSAGE: Final = ("git", "commit", "messageTemplate")
_SAMPLE: Final = (
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


def check_executable(config: ImageAutomation, report: Report) -> None:
    """Report filters and policies that Flux would refuse, and a message template that would fail."""
    release = release_of(config.flux_version)
    for index, image in enumerate(config.images):
        spec = policy_spec(config, image)
        parts: list[Path] = [("spec", "images", index, "policy"), ("spec", "policy")]
        for field, build in (("filterTags", filter_of), ("policy", policer_of)):
            if not spec.get(field):
                continue
            try:
                build(spec, release)
            except PolicyError as error:
                report.add(report.nearest(parts, (field, *_inner(spec[field]))), str(error))
    for index, (_, spec) in enumerate(automation_specs(config)):
        template: object = spec
        for key in _MESSAGE:
            template = template.get(key) if isinstance(template, dict) else None
        if isinstance(template, str) and (fault := why_broken(template)):
            own: list[Path] = [("spec", "automations", index)] if config.automations else []
            place = report.nearest([*own, ("spec", "automation")], _MESSAGE)
            report.add(place, f"Flux could not execute this template: {fault}")


def why_broken(template: str) -> str:
    """Return what Flux would report of a message template at its next commit; '' if it reports nothing."""
    from fluxmark.flux.template import TemplateError, render

    try:
        render(template, _SAMPLE, automation=("flux-system", "flux-system"), values={})
    except TemplateError as error:
        return str(error)
    return ""


def _inner(spec: object) -> tuple[str, ...]:
    """Return the path of the first scalar in a filter or a policy, where an error is best shown."""
    path: tuple[str, ...] = ()
    while isinstance(spec, dict) and spec:
        key = next((key for key in ("pattern", "semver", "numerical", "alphabetical") if key in spec), None)
        key = key or next(iter(spec))
        path, spec = (*path, str(key)), spec[key]
    return path

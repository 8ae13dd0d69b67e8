"""What no part of a functionConfig says, although the resources made of all parts need it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fluxmark.config.merge_specs import automation_specs, policy_spec, repository_spec, tag_format
from fluxmark.flux.schema import api_version, message
from fluxmark.flux.schema.data import spec_schema, target
from fluxmark.flux.schema.digest import broken_rules
from fluxmark.flux.schema.validator import problems

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fluxmark.config.model import ImageAutomation
    from fluxmark.config.problems import Report
    from fluxmark.flux.schema.validator import Path


def check_whole(config: ImageAutomation, report: Report) -> None:
    """Report what is missing in the specs of the resources once all parts are merged."""
    flux = config.flux
    for index, image in enumerate(config.images):
        here: Path = ("spec", "images", index)
        repository, parts = repository_spec(config, image), [(*here, "repository"), ("spec", "repository")]
        _check_required("ImageRepository", flux, repository, parts, report)
        policy, parts = policy_spec(config, image), [(*here, "policy"), ("spec", "policy")]
        if tag_format(config, image) is None and not policy.get("policy"):
            text = f"{image.name} has no policy: set tagFormat or policy.policy, here or for all images under spec"
            report.add(here, text)
        else:
            _check_required("ImagePolicy", flux, {"policy": {}} | policy, parts, report)
        for field, text in broken_rules(policy):
            report.add(report.nearest(parts, (field,)), text)
    for index, (_, spec) in enumerate(automation_specs(config)):
        own: list[Path] = [("spec", "automations", index)] if config.automations else []
        _check_required("ImageUpdateAutomation", flux, spec, [*own, ("spec", "automation")], report)


def _check_required(kind: str, flux: str, spec: Mapping[str, Any], parts: list[Path], report: Report) -> None:
    """Report the required fields that a spec lacks, each at the nearest of the parts that can say it."""
    schema = spec_schema(kind, target(kind, api_version(kind, flux), flux))
    for problem in problems(schema, spec):
        if problem.keyword == "required":
            report.add(report.nearest(parts, problem.path), message.describe(problem))

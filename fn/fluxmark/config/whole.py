"""What no part of a functionConfig says, although the resources made of all parts need it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fluxmark.config.specs import automation_spec, policy_spec, repository_spec, tag_format
from fluxmark.schema import api_version, message
from fluxmark.schema.data import spec_schema, target
from fluxmark.schema.digest import broken_rules
from fluxmark.schema.walk import problems

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fluxmark.config.model import ImageAutomation
    from fluxmark.config.report import Report
    from fluxmark.schema.walk import Path


def check_whole(config: ImageAutomation, report: Report) -> None:
    """Report what is missing in the specs of the resources once all parts are merged."""
    check = _Completeness(config.flux_version, report)
    for index, image in enumerate(config.images):
        here: Path = ("spec", "images", index)
        check("ImageRepository", repository_spec(config, image), [(*here, "repository"), ("spec", "repository")])
        policy, parts = policy_spec(config, image), [(*here, "policy"), ("spec", "policy")]
        if tag_format(config, image) is None and not policy.get("policy"):
            text = f"{image.name} has no policy: say tagFormat or policy.policy, here or for all images under spec"
            report.add(here, text)
        else:
            check("ImagePolicy", {"policy": {}} | policy, parts)
        for field, text in broken_rules(policy):
            report.add(report.nearest(parts, (field,)), text)
    if config.automation is not None:
        check("ImageUpdateAutomation", automation_spec(config), [("spec", "automation")])


@dataclass(frozen=True, slots=True)
class _Completeness:
    """Reports the required fields that a spec lacks, at the nearest of the places that can say them."""

    flux: str
    report: Report

    def __call__(self, kind: str, spec: Mapping[str, Any], places: list[Path]) -> None:
        schema = spec_schema(kind, target(kind, api_version(kind, self.flux), self.flux))
        for problem in problems(schema, spec):
            if problem.keyword == "required":
                self.report.add(self.report.nearest(places, problem.path), message.describe(problem))

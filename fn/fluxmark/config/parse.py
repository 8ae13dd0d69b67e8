"""A functionConfig read and checked: every problem is found in one go, and said with its place.

The schema is applied by fluxmark's own walker, since jsonschema would add 60 ms to every run.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fluxmark.config.image import default_name, repository_problem
from fluxmark.config.model import Image, ImageAutomation, Where
from fluxmark.config.report import ConfigError, Report
from fluxmark.config.schema import SPECS, config_schema
from fluxmark.config.specs import ORDER_FIELDS, automation_spec, policy_spec, repository_spec, tag_format
from fluxmark.schema import FLUX_VERSIONS, UnknownFluxVersionError, api_version, introduced, message, unknown
from fluxmark.schema.data import spec_schema, target
from fluxmark.schema.digest import broken_rules
from fluxmark.schema.versions import minor
from fluxmark.schema.walk import problems

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fluxmark.schema.walk import Path, Problem

API_VERSION = "fluxmark.io/v1alpha1"
KIND = "ImageAutomation"

KIND_OF = {"repository": "ImageRepository", "policy": "ImagePolicy", "automation": "ImageUpdateAutomation"}


def parse(data: Mapping[str, Any], where: Callable[[Path], str]) -> ImageAutomation:
    """Return the configuration that a document of kind ImageAutomation holds.

    where: returns `file:line:column` of a path in the document: of the value there, or of the key if the key
    is what is wrong. It is asked only for paths that exist.
    Raises ConfigError with every problem.
    """
    report = Report(data, where)
    config = read(data, report)
    if report.problems:
        raise ConfigError(report.problems)
    return config


def read(data: Mapping[str, Any], report: Report) -> ImageAutomation:
    """Return what a document says, as far as it is sound, and report what is not."""
    flux = _flux_version(data, report)
    schema = config_schema(flux)
    found = list(problems(schema, data))
    for problem in found:
        report.add(problem.path, _describe(problem, schema, flux))
    config = _config(_sound(data, {problem.path for problem in found}), flux, report)
    if not found:
        _check_whole(config, report)
    return config


def _flux_version(data: Mapping[str, Any], report: Report) -> str:
    spec = data.get("spec")
    said = spec.get("fluxVersion") if isinstance(spec, Mapping) else None
    if not isinstance(said, str):
        return FLUX_VERSIONS[-1]
    try:
        return minor(said)
    except UnknownFluxVersionError as error:
        report.add(("spec", "fluxVersion"), str(error))
        return FLUX_VERSIONS[-1]


def _describe(problem: Problem, schema: dict[str, Any], flux: str) -> str:
    if problem.keyword != "additionalProperties":
        return message.describe(problem)
    section, inside = section_of(problem.path)
    came = introduced(KIND_OF[section], inside) if section and inside[0] not in SPECS[KIND_OF[section]] else None
    if came is None:
        return unknown.describe(schema, problem.path)
    return f"needs Flux {came.flux_version} or newer, and fluxVersion is {flux}"


def section_of(path: Path) -> tuple[str, Path]:
    """Return which section of Flux's fields (a key of KIND_OF, or empty) a path is in, and the path in it."""
    inside = path[3:] if path[:2] == ("spec", "images") else path[1:]
    name = inside[0] if len(inside) > 1 else ""
    return (name, inside[1:]) if isinstance(name, str) and name in KIND_OF else ("", ())


def _sound(value: Any, wrong: set[Path], path: Path = ()) -> Any:
    """Return a copy without what is wrong; an item of a list becomes None, so that the others keep their index."""
    if isinstance(value, Mapping):
        kept = {key: child for key, child in value.items() if child is not None and (*path, key) not in wrong}
        return {key: _sound(child, wrong, (*path, key)) for key, child in kept.items()}
    if isinstance(value, list):
        paths = [(*path, index) for index in range(len(value))]
        return [None if at in wrong else _sound(child, wrong, at) for child, at in zip(value, paths, strict=True)]
    return value


def _config(data: Mapping[str, Any], flux: str, report: Report) -> ImageAutomation:
    """Return the configuration of well-typed data, and report what no schema says."""
    spec = data.get("spec", {})
    _check_order(spec, ("spec",), report)
    said = {
        "name": data.get("metadata", {}).get("name"),
        "namespace": spec.get("namespace"),
        "output": _path(spec.get("output"), ("spec", "output"), report, is_directory=True),
        "mode": spec.get("mode"),
        "force": spec.get("force"),
        "tag_format": spec.get("tagFormat"),
        "repository": spec.get("repository"),
        "policy": spec.get("policy"),
        "automation": spec.get("automation"),
        "images": _images(spec.get("images", ()), report),
        "files": _paths(spec.get("files", ()), ("spec", "files"), report),
    }
    return ImageAutomation(flux_version=flux, **{name: value for name, value in said.items() if value is not None})


def _images(items: Sequence[Mapping[str, Any] | None], report: Report) -> tuple[Image, ...]:
    images: list[Image] = []
    first: dict[str, Path] = {}
    for index, item in enumerate(items):
        path = ("spec", "images", index)
        if item is None or "image" not in item:
            continue
        _check_order(item, path, report)
        if problem := repository_problem(item["image"]):
            report.add((*path, "image"), problem)
            continue
        name = item.get("name") or default_name(item["image"])
        if name in first:
            other = report.place(first[name])
            report.add(path, f"has the name {name} of the image at {other}: give one of them another `name`")
        first.setdefault(name, path)
        where = item.get("where", {})
        images.append(
            Image(
                name=name,
                image=item["image"],
                tag_format=item.get("tagFormat"),
                repository=item.get("repository", {}),
                policy=item.get("policy", {}),
                where=Where(
                    paths=_paths(where.get("paths", ()), (*path, "where", "paths"), report),
                    kinds=tuple(kind for kind in where.get("kinds", ()) if kind is not None),
                    namespaces=tuple(name for name in where.get("namespaces", ()) if name is not None),
                ),
            )
        )
    return tuple(images)


def _check_order(level: Mapping[str, Any], path: Path, report: Report) -> None:
    """Report a filter or a policy that is said twice at one level."""
    policy = level.get("policy", {})
    if "tagFormat" in level:
        for field in ORDER_FIELDS:
            if field in policy:
                text = "is what tagFormat stands for: say one or the other"
                report.add((*path, "policy", field), text)
    if len(choices := list(policy.get("policy", ()))) > 1:
        text = f"has {' and '.join(choices)}: choose one (Flux takes the first of semver, alphabetical, numerical)"
        report.add((*path, "policy", "policy"), text)


def _paths(items: Sequence[str | None], path: Path, report: Report) -> tuple[str, ...]:
    found = (_path(item, (*path, index), report) for index, item in enumerate(items))
    return tuple(item for item in found if item is not None)


def _path(text: str | None, path: Path, report: Report, *, is_directory: bool = False) -> str | None:
    """Return a path normalised; None, and a report, if it is not one below the root."""
    if text is None:
        return None
    normal = posixpath.normpath(text)
    if not text.strip() or (normal == "." and not is_directory):
        report.add(path, f"must name a {'directory' if is_directory else 'file'}, not {message.show(text)}")
    elif "\\" in text or "\0" in text:
        report.add(path, f"must be a path with forward slashes, not {message.show(text)}")
    elif posixpath.isabs(text):
        report.add(path, f"must be relative to the package's root, not {message.show(text)}")
    elif normal.split("/")[0] == "..":
        report.add(path, f"must not leave the package's root, as {message.show(text)} does")
    else:
        return normal
    return None


def _check_whole(config: ImageAutomation, report: Report) -> None:
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

"""Reads and checks a functionConfig: finds every problem in one run, and reports each with its location."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from fluxmark.config.build import configuration
from fluxmark.config.executable import check_executable
from fluxmark.config.problems import ConfigError, Report
from fluxmark.config.required_fields import check_whole
from fluxmark.config.schema import SPECS, config_schema
from fluxmark.flux.releases import NEWEST_FLUX, UnknownFluxVersionError, known
from fluxmark.flux.schema import introduced, message, unknown_fields
from fluxmark.flux.schema.did_you_mean import nearest
from fluxmark.flux.schema.validator import problems

if TYPE_CHECKING:
    from collections.abc import Callable

    from fluxmark.config.model import ImageAutomation
    from fluxmark.flux.schema.validator import Path, Problem

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
    schema = config_schema(flux or NEWEST_FLUX)
    found = _without_echoes(list(problems(schema, data)))
    for problem in found:
        report.add(problem.path, _describe(problem, schema, flux or NEWEST_FLUX))
    config = configuration(_sound(data, {problem.path for problem in found}), flux, report)
    if not found:
        check_whole(config, report)
    if not found and not report.problems:
        check_executable(config, report)
    return config


def _flux_version(data: Mapping[str, Any], report: Report) -> str | None:
    spec = data.get("spec")
    written = spec.get("fluxVersion") if isinstance(spec, Mapping) else None
    if not isinstance(written, str):
        return None
    try:
        return known(written)
    except UnknownFluxVersionError as error:
        report.add(("spec", "fluxVersion"), str(error))
        return None


def _describe(problem: Problem, schema: dict[str, Any], flux: str) -> str:
    if problem.keyword != "additionalProperties":
        return message.describe(problem)
    section, inside = section_of(problem.path)
    came = introduced(KIND_OF[section], inside) if section and inside[0] not in SPECS[KIND_OF[section]] else None
    if came is None:
        return unknown_fields.describe(schema, problem.path)
    return f"needs Flux {came.flux_version} or newer, and fluxVersion is {flux}"


def _without_echoes(found: list[Problem]) -> list[Problem]:
    """Return the problems without the fields that are missing only because they are misspelt."""
    meant = set()
    for problem in found:
        *parent, key = problem.path or ("",)
        if problem.keyword == "additionalProperties" and isinstance(key, str):
            meant |= {(*parent, name) for name in nearest(key, problem.schema["properties"])}
    return [problem for problem in found if problem.keyword != "required" or problem.path not in meant]


def section_of(path: Path) -> tuple[str, Path]:
    """Return which section of Flux's fields (a key of KIND_OF, or empty) a path is in, and the path in it."""
    if path[:2] == ("spec", "automations"):
        return ("automation", path[3:]) if len(path) > 3 else ("", ())
    inside = path[3:] if path[:2] == ("spec", "images") else path[1:]
    name = inside[0] if len(inside) > 1 else ""
    return (name, inside[1:]) if isinstance(name, str) and name in KIND_OF else ("", ())


def _sound(value: Any, wrong: set[Path], path: Path = ()) -> Any:
    """Return a copy without what is wrong; an item of a list becomes None, so that the others keep their index."""
    if isinstance(value, Mapping):
        keys = [key for key in value if (*path, key) not in wrong]
        return {key: _sound(value[key], wrong, (*path, key)) for key in keys}
    if isinstance(value, list):
        paths = [(*path, index) for index in range(len(value))]
        pairs = zip(value, paths, strict=True)
        return [None if at in wrong else _sound(child, wrong, at) for child, at in pairs]
    return value

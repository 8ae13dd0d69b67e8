"""The configuration made of a document whose types are right, and the rules that a schema cannot say."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Any

from fluxmark.config.image import default_name, repository_problem
from fluxmark.config.merge_specs import DEFAULT_AUTOMATION, ORDER_FIELDS
from fluxmark.config.model import FieldSpec, Image, ImageAutomation, Where
from fluxmark.flux.schema.message import show
from fluxmark.image import parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from fluxmark.config.problems import Report
    from fluxmark.flux.schema.validator import Path


def configuration(data: Mapping[str, Any], flux: str | None, report: Report) -> ImageAutomation:
    """Return the configuration that a document holds, and report what no schema says of it.

    data: of the right types, but any value may be null.
    """
    spec = data.get("spec") or {}
    _check_order(spec, ("spec",), report)
    said: dict[str, Any] = {
        "name": (data.get("metadata") or {}).get("name"),
        "namespace": spec.get("namespace"),
        "cluster": _path(spec.get("cluster"), ("spec", "cluster"), report, is_directory=True),
        "output": _path(spec.get("output"), ("spec", "output"), report, is_directory=True),
        "mode": spec.get("mode"),
        "force": spec.get("force"),
        "tag_format": spec.get("tagFormat"),
        "repository": spec.get("repository"),
        "policy": spec.get("policy"),
        "automation": spec.get("automation"),
        "automations": _automations(spec.get("automations") or (), report) or None,
        "images": _images(spec.get("images") or (), report),
        "mark_names": spec.get("markNames"),
        "link": spec.get("link"),
        "fields": _fields(spec.get("fields") or (), report),
        "files": _paths(spec.get("files"), ("spec", "files"), report, is_directory=True),
    }
    given = {name: value for name, value in said.items() if value is not None}
    return ImageAutomation(flux_version=flux, **given)


def _automations(items: Sequence[Mapping[str, Any] | None], report: Report) -> tuple[Mapping[str, Any], ...]:
    first: dict[str, Path] = {}
    for index, item in enumerate(items):
        path = ("spec", "automations", index)
        name = str((item or {}).get("name") or DEFAULT_AUTOMATION)
        if name in first:
            other = report.place(first[name])
            report.add(path, f"has the name {name} of the automation at {other}; give one of them another `name`")
        first.setdefault(name, path)
    return tuple(item for item in items if item is not None)


def _images(items: Sequence[Mapping[str, Any] | None], report: Report) -> tuple[Image, ...]:
    images: list[Image] = []
    first: dict[str, Path] = {}
    for index, item in enumerate(items):
        path = ("spec", "images", index)
        if item is None or item.get("image") is None:
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
        where = item.get("where") or {}
        images.append(
            Image(
                name=name,
                image=item["image"],
                tag_format=item.get("tagFormat"),
                repository=item.get("repository") or {},
                policy=item.get("policy") or {},
                where=Where(
                    paths=_paths(where.get("paths"), (*path, "where", "paths"), report),
                    kinds=_texts(where.get("kinds")),
                    namespaces=_texts(where.get("namespaces")),
                ),
            )
        )
    _check_twins(images, report)
    return tuple(images)


def _check_twins(images: Sequence[Image], report: Report) -> None:
    """Report an image that another entry names as well, with the same policy and for the same documents."""
    first: dict[tuple[str, str], Image] = {}
    for image in images:
        what = repr((image.tag_format, image.policy, image.where))
        twin = first.setdefault((parse(image.image).canonical, what), image)
        if twin is not image:
            text = f"{image.image} has two entries, {twin.name} and {image.name}, with the same policy and `where`"
            report.add(("spec", "images"), f"{text}: remove one, or set `where` for each")


def _fields(items: Sequence[Mapping[str, Any] | None], report: Report) -> tuple[FieldSpec, ...]:
    fields: list[FieldSpec] = []
    for index, item in enumerate(items):
        path = ("spec", "fields", index)
        if item is None or item.get("path") is None or item.get("image") is None:
            continue
        if problem := repository_problem(item["image"]):
            report.add((*path, "image"), problem)
        elif not (item.get("file") or item.get("kind")):
            report.add(path, "must have a `file` or a `kind`, so that it is known which documents are meant")
        else:
            part, file, kind = (item.get(key) or "" for key in ("part", "file", "kind"))
            fields.append(FieldSpec(item["path"], item["image"], part, file, kind))
    return tuple(fields)


def _check_order(level: Mapping[str, Any], path: Path, report: Report) -> None:
    """Report a tag format that is none, and a filter or a policy that is said twice at one level."""
    if level.get("tagFormat") is not None:
        from fluxmark.tag_format import TagFormatError, parse

        try:
            parse(level["tagFormat"])
        except TagFormatError as error:
            report.add((*path, "tagFormat"), str(error))
    policy = level.get("policy") or {}
    for field in ORDER_FIELDS if level.get("tagFormat") is not None else ():
        if policy.get(field) is not None:
            report.add((*path, "policy", field), "is what tagFormat stands for: set only one of them")
    choices = [name for name, choice in (policy.get("policy") or {}).items() if choice is not None]
    if len(choices) > 1:
        text = f"has {' and '.join(choices)}: choose one (Flux takes the first of semver, alphabetical, numerical)"
        report.add((*path, "policy", "policy"), text)


def _texts(items: Iterable[str | None] | None) -> tuple[str, ...]:
    return tuple(item for item in items or () if item is not None)


def _paths(
    items: Sequence[str | None] | None, path: Path, report: Report, *, is_directory: bool = False
) -> tuple[str, ...]:
    return _texts(
        _path(item, (*path, index), report, is_directory=is_directory) for index, item in enumerate(items or ())
    )


def _path(text: str | None, path: Path, report: Report, *, is_directory: bool = False) -> str | None:
    """Return a path normalised; None, and a report, if it is not one below the root."""
    if text is None:
        return None
    normal = posixpath.normpath(text)
    if not text.strip() or (normal == "." and not is_directory):
        report.add(path, f"must name a {'directory' if is_directory else 'file'}, not {show(text)}")
    elif "\\" in text or "\0" in text:
        report.add(path, f"must be a path with forward slashes, not {show(text)}")
    elif posixpath.isabs(text):
        report.add(path, f"must be relative to the repository's root, not {show(text)}")
    elif normal.split("/")[0] == "..":
        report.add(path, f"must not leave the repository's root, as {show(text)} does")
    else:
        return normal
    return None

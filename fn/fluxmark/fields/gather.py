"""Collects the clues of a tree: see `clues`."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from typing import TYPE_CHECKING

from fluxmark import image
from fluxmark.fields import Finder
from fluxmark.fields.anywhere import key_text
from fluxmark.fields.clues import FLUX_KUSTOMIZATION, SUBSTITUTE, VARIABLE, Clues
from fluxmark.fields.paths import at, compiled, follow, scalar
from krmfn.errors import InputError
from krmfn.yaml.parser import MapNode, ScalarNode, SeqNode, parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fluxmark.config import FieldSpec
    from krmfn.yaml.path import Step

_SOURCE = "source.toolkit.fluxcd.io"
_RELEASE = ("helm.toolkit.fluxcd.io", "HelmRelease")
_OCI = "oci://"
_RELEASE_NAME = re.compile(r"^metadata:[ \t]*\r?\n[ \t]+name:[ \t]*([^\s#]+)", re.MULTILINE)
_CHART_FILE = "Chart.yaml"
_VALUES = re.compile(r"values[\w.-]*\.ya?ml")


def gather(texts: Mapping[str, str], fields: tuple[FieldSpec, ...] = ()) -> Clues:
    """Return what the texts of a tree, by path, tell about image fields; fields: those that are configured."""
    charts = dict(_charts(texts))
    values = frozenset(_values(texts))
    clues = Clues(charts=charts, values=values, fields=fields, files=_files(fields, texts))
    candidates, settings = _variables(texts)
    variables = dict(_tags(texts, candidates, clues)) if candidates else {}
    releases, files = _releases(texts)
    return Clues(charts, variables, settings, values, releases, fields, clues.files | files)


def _files(fields: tuple[FieldSpec, ...], texts: Mapping[str, str]) -> frozenset[str]:
    return frozenset(path for path in texts for spec in fields if spec.file and spec.applies(spec.kind, path))


def _documents(text: str) -> Iterator[tuple[MapNode, str, str]]:
    """Yield the mappings of a text with their apiVersion and kind; none where it is not YAML."""
    try:
        documents = parse(text, "", whole=True)
    except InputError:
        return
    for document in documents:
        root = document.root
        if isinstance(root, SeqNode) and len(root.items) == 1:
            root = root.items[0]  # an item of a ResourceList
        if isinstance(root, MapNode):
            yield root, scalar(root, "apiVersion"), scalar(root, "kind")


def _group(api_version: str) -> str:
    return api_version.rpartition("/")[0]


def _charts(texts: Mapping[str, str]) -> Iterator[tuple[tuple[str, str], str]]:
    for text in texts.values():
        if "HelmRepository" not in text or _OCI not in text:
            continue
        for root, api_version, kind in _documents(text):
            url = scalar(root, "spec.url")
            if (_group(api_version), kind) == (_SOURCE, "HelmRepository") and url.startswith(_OCI):
                key = scalar(root, "metadata.namespace"), scalar(root, "metadata.name")
                yield key, url.removeprefix(_OCI)


def _values(texts: Mapping[str, str]) -> Iterator[str]:
    """Yield the files of values that a chart, a kustomization or a HelmRelease refers to."""
    charts = {posixpath.dirname(path) for path in texts if posixpath.basename(path) == _CHART_FILE}
    for path in texts:
        directory, name = posixpath.split(path)
        if directory in charts and _VALUES.fullmatch(name):
            yield path
    for path, text in texts.items():
        if "Generator" in text or "helmCharts" in text or "valuesFile" in text:
            for root, api_version, kind in _documents(text):
                yield from _referred(root, api_version, kind, path, texts)


def _referred(root: MapNode, api_version: str, kind: str, path: str, texts: Mapping[str, str]) -> Iterator[str]:
    if (_group(api_version), kind) == _RELEASE:
        chart = scalar(root, "spec.chart.spec.chart")
        for name in _texts(root, "spec.chart.spec.valuesFiles[]", "spec.chart.spec.valuesFile"):
            yield from (found for below in ("", chart) if (found := _joined(below, name)) in texts)
        return
    directory = posixpath.dirname(path)
    generated = "configMapGenerator[].files[]", "secretGenerator[].files[]"
    charts = "helmCharts[].valuesFile", "helmCharts[].additionalValuesFiles[]"
    for name in _texts(root, *generated, *charts):
        found = _joined(directory, name.rpartition("=")[2])
        if found in texts:
            yield found


def _joined(directory: str, name: str) -> str:
    return posixpath.normpath(posixpath.join(directory, name)).removeprefix("./")


def _texts(root: MapNode, *paths: str) -> Iterator[str]:
    for path in paths:
        for node, _ in at(root, compiled(path)):
            if isinstance(node, ScalarNode) and node.value:
                yield node.value


def _variables(texts: Mapping[str, str]) -> tuple[frozenset[str], frozenset[str]]:
    """Return the variables of Flux's substitution that may hold a tag, and the ConfigMaps that it reads."""
    found: set[str] = set()
    settings: set[str] = set()
    for text in texts.values():
        if "postBuild" not in text or "kustomize.toolkit.fluxcd.io" not in text:
            continue
        for root, api_version, kind in _documents(text):
            if (_group(api_version), kind) == FLUX_KUSTOMIZATION:
                found |= _tag_like(root, SUBSTITUTE)
                for node, _ in at(root, compiled("spec.postBuild.substituteFrom[]")):
                    if isinstance(node, MapNode) and scalar(node, "kind") == "ConfigMap":
                        settings.add(scalar(node, "name"))
    for text in texts.values() if settings else ():
        if "ConfigMap" in text and any(name in text for name in settings):
            for root, api_version, kind in _documents(text):
                if (api_version, kind) == ("v1", "ConfigMap") and scalar(root, "metadata.name") in settings:
                    found |= _tag_like(root, "data")
    return frozenset(found), frozenset(settings)


def _tag_like(root: MapNode, path: str) -> set[str]:
    return {
        key_text(key)
        for node, _ in at(root, compiled(path))
        for key, value in (node.pairs if isinstance(node, MapNode) else ())
        if isinstance(text := follow(value), ScalarNode) and _looks_like_tag(text.value)
    }


def _looks_like_tag(text: str) -> bool:
    return image.is_tag(text) and any(map(str.isdigit, text))


def _tags(texts: Mapping[str, str], candidates: frozenset[str], clues: Clues) -> Iterator[tuple[str, str]]:
    """Yield the variables that hold the tag of one image in every image field that uses them, with its name."""
    finder = Finder(lambda _: True, clues)
    used: dict[str, set[str]] = {}
    for path, text in texts.items():
        if not any(match[1] in candidates for match in VARIABLE.finditer(text)):
            continue
        for root, api_version, kind in _documents(text):
            for one in finder.find(root, api_version, kind, path):
                ref = image.parse_templated(one.image)
                tag = "" if ref is None else one.node.value if one.part == "tag" else ref.tag
                for match in VARIABLE.finditer(one.node.value):
                    used.setdefault(match[1], set()).add(ref.name if ref and match[0] == tag else "")
    for variable, names in used.items():
        if variable in candidates and len(names) == 1 and (name := names.pop()):
            yield variable, name


def _releases(
    texts: Mapping[str, str],
) -> tuple[dict[tuple[str, tuple[Step, ...]], str], frozenset[str]]:
    """Return the images of HelmReleases that several files describe, a base and its patches; and those files."""
    names = {path: set(_RELEASE_NAME.findall(text)) for path, text in texts.items() if "HelmRelease" in text}
    count = Counter(name for found in names.values() for name in found)
    files = frozenset(path for path, found in names.items() if any(count[name] > 1 for name in found))
    finder = Finder(lambda _: True)
    images: dict[tuple[str, tuple[Step, ...]], set[str]] = {}
    for path in files:
        for root, api_version, kind in _documents(texts[path]):
            if (_group(api_version), kind) != _RELEASE:
                continue
            for one in finder.find(root, api_version, kind, path):
                if one.part == "name":
                    key = scalar(root, "metadata.name"), one.path[:-1]
                    images.setdefault(key, set()).add(one.image)
    return {key: found.pop() for key, found in images.items() if len(found) == 1}, files

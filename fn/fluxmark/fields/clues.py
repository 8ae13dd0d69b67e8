"""What other documents of a tree tell about image fields: `gather` collects it, `Clues` answers."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fluxmark.fields.anywhere import key_text, mappings
from fluxmark.fields.field import ImageField, field_at, field_of
from fluxmark.fields.names import NAME_KEYS, plain
from fluxmark.fields.paths import ITEMS, at, compiled, scalar
from krmfn.yaml.parser import MapNode, ScalarNode, SeqNode

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fluxmark.config import FieldSpec
    from krmfn.yaml.parser import Node
    from krmfn.yaml.path import Step

FLUX_KUSTOMIZATION = ("kustomize.toolkit.fluxcd.io", "Kustomization")
SUBSTITUTE = "spec.postBuild.substitute"
VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?::?[=-][^{}]*)?\}")


@dataclass(frozen=True, slots=True)
class Clues:
    """What other documents tell.

    charts: URLs of OCI HelmRepositories, by namespace and name. variables: repositories whose tag a variable of
    Flux's substitution holds. settings: names of ConfigMaps that substitution reads. values: files with values of
    a chart. releases: names of images in HelmReleases that several files describe, by name and path of the
    mapping. fields: those that the configuration names. files: that may hold fields which only clues can find.
    """

    charts: Mapping[tuple[str, str], str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    settings: frozenset[str] = frozenset()
    values: frozenset[str] = frozenset()
    releases: Mapping[tuple[str, tuple[Step, ...]], str] = field(default_factory=dict)
    fields: tuple[FieldSpec, ...] = ()
    files: frozenset[str] = frozenset()

    def concern(self, file: str, text: str) -> bool:
        """Tell whether a text may hold a field that only clues can find."""
        return (
            file in self.files
            or any(variable in text for variable in self.variables)
            or any(spec.kind in text and spec.applies(spec.kind, file) for spec in self.fields)
        )

    def fills_in(self, piece: str) -> bool:
        """Tell whether a piece of templating is a variable whose own field is found."""
        found = VARIABLE.fullmatch(piece)
        return found is not None and found[1] in self.variables

    def is_values(self, file: str) -> bool:
        """Tell whether a file holds values of a chart."""
        return file in self.values

    def chart(self, root: MapNode, node: MapNode) -> str:
        """Return the image of the chart that `chart` and `sourceRef` of a mapping name; '' if there is none."""
        name = scalar(node, "sourceRef.name")
        namespace = scalar(node, "sourceRef.namespace") or scalar(root, "metadata.namespace")
        if scalar(node, "sourceRef.kind") != "HelmRepository" or not name:
            return ""
        url = self.charts.get((namespace, name))
        if url is None:
            urls = {known for (_, other), known in self.charts.items() if other == name}
            url = urls.pop() if len(urls) == 1 else ""
        return f"{url.rstrip('/')}/{scalar(node, 'chart')}" if url else ""

    def substituted(self, root: MapNode, group: str, kind: str) -> Iterator[ImageField]:
        """Yield the variables of Flux's substitution that hold a tag."""
        if not self.variables:
            return
        if (group, kind) == FLUX_KUSTOMIZATION:
            where = SUBSTITUTE
        elif (group, kind) == ("", "ConfigMap") and scalar(root, "metadata.name") in self.settings:
            where = "data"
        else:
            return
        for node, path in at(root, compiled(where)):
            for key, value in node.pairs if isinstance(node, MapNode) else ():
                name = key_text(key)
                image = self.variables.get(name)
                if image and (found := field_of(node, key, value, (*path, name), image=image, part="tag")):
                    yield found

    def in_release(self, root: MapNode, values: Node, path: tuple[Step, ...]) -> Iterator[ImageField]:
        """Yield the tags of a HelmRelease whose names are in another file that describes the same release."""
        if not self.releases:
            return
        release = scalar(root, "metadata.name")
        for node, here in mappings(values, path):
            image = self.releases.get((release, here))
            if image and not any(plain(key_text(key)) in NAME_KEYS for key, _ in node.pairs):
                digest = node.get("digest")
                pinned = digest if isinstance(digest, ScalarNode) and digest.value else None
                for part, beside in (("tag", pinned), ("digest", None)):
                    found = field_at(node, part, (*here, part), image=image, part=part, digest=beside)
                    if found and (part == "tag" or found.node.value):
                        yield found

    def configured(self, root: MapNode, kind: str, file: str) -> Iterator[ImageField]:
        """Yield the fields that the configuration names."""
        for spec in self.fields:
            if not spec.applies(kind, file):
                continue
            image = spec.image if spec.part else ""
            *above, last = compiled(spec.path)
            for node, path in at(root, tuple(above)):
                if isinstance(node, MapNode) and (
                    found := field_at(node, last, (*path, last), image=image, part=spec.part)
                ):
                    yield found
                elif isinstance(node, SeqNode) and last == ITEMS:
                    for index, item in enumerate(node.items):
                        if found := field_of(node, item, item, (*path, index), image=image, part=spec.part):
                            yield found


NO_CLUES = Clues()

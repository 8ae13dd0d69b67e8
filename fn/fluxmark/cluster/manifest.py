"""A resource: as it is in a text, or as kustomize and Flux build it; with findings at its fields."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any

from fluxmark.flux.api_groups import SECRET
from krmfn.resources.result import ResourceRef
from krmfn.yaml.data import DataError, to_data
from krmfn.yaml.parser import MapNode, Node, ScalarNode, SeqNode, follow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fluxmark.cluster.cluster import Cluster
    from fluxmark.cluster.source import Source
    from fluxmark.cluster.tree import Tree
    from fluxmark.finding import Finding, Fix
    from fluxmark.kustomize import Object
    from fluxmark.kustomize.tree import Mapping
    from krmfn.resources.result import Severity
    from krmfn.yaml.path import Step

DEFAULT_NAMESPACE = "flux-system"
"""Taken for the namespace of a resource that names none: where Flux puts its own."""

# what another tool fills in before Flux sees it: Flux's own substitution, Helm and Go templates
_TEMPLATING = re.compile(r"\$\{[^}]*\}?|\{\{")


def is_templated(value: object) -> bool:
    """Tell whether a string waits for another tool to fill something in."""
    return isinstance(value, str) and _TEMPLATING.search(value) is not None


class Manifest:
    """A resource: its identity, its data, and where its fields are.

    source, root: the text and the mapping that it was read from. built: what a build made of it; without it the
    resource is as it is in its text. tree: where patches are looked up; needed with `built`. given: data that
    takes the place of the text's, for what Flux derives from another resource.
    """

    def __init__(
        self,
        source: Source,
        root: MapNode,
        *,
        built: Object | None = None,
        tree: Tree | None = None,
        given: dict[str, Any] | None = None,
    ) -> None:
        self.source = source
        self.root = root
        self.cluster: Cluster | None = None
        self._built = built
        self._tree = tree
        self._given = given
        if built is not None:
            self.api_version, self.kind = built.api_version, built.kind
            self.name, self.namespace = built.name, built.namespace
            return
        if given is not None:
            self.api_version, self.kind = str(given["apiVersion"]), str(given["kind"])
            self.name, self.namespace = str(given["metadata"]["name"]), str(given["metadata"]["namespace"])
            return
        self.api_version = _word(root, "apiVersion")
        self.kind = _word(root, "kind")
        metadata = root.get("metadata")
        self.name = _word(metadata, "name") if isinstance(metadata, MapNode) else ""
        self.namespace = _word(metadata, "namespace") if isinstance(metadata, MapNode) else ""

    @property
    def is_template(self) -> bool:
        """Whether another tool makes the resource from this: a chart's template may be YAML by chance."""
        named = isinstance(self.root.get("metadata"), MapNode) and self.name and not is_templated(self.name)
        in_chart = "{{" in self.source.text and "templates" in self.source.path.split("/")[:-1]
        return not named or is_templated(self.namespace) or in_chart

    @property
    def is_final(self) -> bool:
        """Whether the resource will be in the cluster what it is here, for all that is known."""
        return not self.uncertain

    @property
    def uncertain(self) -> tuple[str, ...]:
        """Why the resource may be something else in the cluster."""
        return self._built.uncertain if self._built is not None else ()

    @property
    def undefined(self) -> tuple[str, ...]:
        """The variables that Flux replaces in it, and that nothing defines."""
        return self._built.undefined if self._built is not None else ()

    @property
    def group(self) -> str:
        """The API group; '' for the core group."""
        return self.api_version.rpartition("/")[0]

    @property
    def identity(self) -> tuple[str, str, str, str]:
        """Group, kind, namespace and name: what is unique in a cluster."""
        return self.group, self.kind, self.namespace, self.name

    @property
    def id(self) -> str:
        """`namespace:name`, as markers name policies; without a namespace the one that Flux itself is in."""
        return f"{self.namespace or DEFAULT_NAMESPACE}:{self.name}"

    @property
    def ref(self) -> ResourceRef:
        """Its identity for findings."""
        return ResourceRef(self.api_version, self.kind, self.name, self.namespace)

    @property
    def described(self) -> str:
        """`ImagePolicy flux-system/app`, for messages."""
        return f"{self.kind} {f'{self.namespace}/' if self.namespace else ''}{self.name}"

    @property
    def where(self) -> str:
        """`file:line:column` of it, as far as that is known."""
        if not self.source.exact:
            return self.source.path or self.described
        place = self.source.lines.position(self.root.start)
        return f"{self.source.show}:{place.line}:{place.column}"

    @cached_property
    def data(self) -> dict[str, Any]:
        """Its plain data; empty if it has none (an alias without its anchor)."""
        if self._given is not None:
            return self._given
        if self._built is not None and self.kind != SECRET:  # a build does not look into Secrets
            return self._built.data
        try:
            data = to_data(self.root)
        except DataError:
            return {}
        return data if isinstance(data, dict) else {}

    @property
    def spec(self) -> dict[str, Any]:
        """Its spec; empty if that is not a mapping."""
        spec = self.data.get("spec")
        return spec if isinstance(spec, dict) else {}

    @property
    def spec_tree(self) -> Mapping | None:
        """Its spec with the places of all values, where it was built; None if it was not, or has none."""
        if self._built is None:
            return None
        from fluxmark.kustomize.tree import Mapping

        tree = self._built.tree.get("spec")
        return tree if isinstance(tree, Mapping) else None

    @property
    def labels(self) -> dict[str, Any]:
        """Its labels."""
        labels = self.get("metadata", "labels")
        return labels if isinstance(labels, dict) else {}

    def get(self, *path: Step) -> Any:
        """Return the data at a path; None if there is none."""
        found: Any = self.data
        for step in path:
            if isinstance(found, dict):
                found = found.get(step)
            elif isinstance(found, list) and isinstance(step, int) and step < len(found):
                found = found[step]
            else:
                return None
        return found

    def text(self, *path: Step) -> str:
        """Return the text at a path; '' if there is none, or something else."""
        found = self.get(*path)
        return found if isinstance(found, str) else ""

    def pair(self, path: tuple[Step, ...]) -> tuple[Node, Node]:
        """Return key and value at a path, or of the deepest field above it that exists; an item is its own key."""
        key: Node = self.root.pairs[0][0]
        value: Node = self.root
        for step in path:
            node = follow(value)
            if isinstance(node, MapNode) and isinstance(step, str) and (found := node.pair(step)):
                key, value = found
            elif isinstance(node, SeqNode) and isinstance(step, int) and step < len(node.items):
                key = value = node.items[step]
            else:
                break
        return key, value

    def place(self, *path: Step) -> tuple[str, int, int]:
        """Return the file of a field, and where it is there: at its value, or of what is above it."""
        patch = self._patch(path)
        if patch is not None:
            return patch[0].path, patch[1], patch[2]
        start, end = self.source.span(self.pair(path)[1])
        return self.source.path, start, end

    def is_set_elsewhere(self, path: Sequence[Step]) -> bool:
        """Tell whether another text than the resource's own sets a field: a patch, or a kustomization."""
        return self._patch(path) is not None

    def shown_place(self, *path: Step) -> tuple[str, int]:
        """Return the file and the line of a field."""
        patch = self._patch(path)
        source, start = patch[:2] if patch is not None else (self.source, self.place(*path)[1])
        return source.path, source.lines.position(start).line

    def scalar(self, *path: Step) -> ScalarNode | None:
        """Return the scalar at a path, if it is in the resource's own text; None if there is none."""
        node: Node | None = self.root if self._patch(path) is None else None
        for step in path:
            node = follow(node) if node is not None else None
            if isinstance(node, MapNode) and isinstance(step, str):
                node = node.get(step)
            elif isinstance(node, SeqNode) and isinstance(step, int) and step < len(node.items):
                node = node.items[step]
            else:
                return None
        node = follow(node) if node is not None else None
        return node if isinstance(node, ScalarNode) else None

    def report(
        self,
        rule: str,
        severity: Severity,
        path: tuple[Step, ...],
        message: str,
        *,
        piece: tuple[int, int] | None = None,
        proposed: str | None = None,
        tags: dict[str, str] | None = None,
        fix: Fix | None = None,
    ) -> Finding:
        """Return a finding at a field: at its value where that is a scalar, else at its key.

        piece: where in the value, as (index, length).
        """
        patch = self._patch(path)
        if patch is not None:
            source, start, end = patch
            value = self.get(*path)
            return source.finding(
                rule,
                severity,
                (start, end),
                message,
                resource=self.ref,
                path=path,
                current=value if isinstance(value, str) else None,
                proposed=proposed,
                tags=tags,
            )
        key, value = self.pair(path)
        node = follow(value)
        span = self.source.span(key)
        current = None
        if isinstance(node, ScalarNode) and node.start < node.end:
            current = node.value
            span = self.source.inside(node, *piece) if piece else self.source.span(node)
        return self.source.finding(
            rule,
            severity,
            span,
            message,
            resource=self.ref,
            path=path,
            current=current,
            proposed=proposed,
            tags=tags,
            fix=fix,
        )

    def _patch(self, path: Sequence[Step]) -> tuple[Source, int, int] | None:
        """Return where another text than the resource's own wrote a field; None if its own did."""
        if self._built is None or self._tree is None:
            return None
        origin = self._built.origin(path)
        if origin.file == self._built.file:
            return None
        source, start = self._tree.locate(origin.file, origin.start)
        return None if source is None else (source, start, start + origin.end - origin.start)


def _word(node: Node, key: str) -> str:
    found = node.get(key) if isinstance(node, MapNode) else None
    return found.value if isinstance(found, ScalarNode) else ""

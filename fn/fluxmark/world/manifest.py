"""One document that is a resource, and findings at its fields."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any

from krmfn.data import DataError, to_data
from krmfn.node import MapNode, Node, ScalarNode, SeqNode, follow
from krmfn.result import ResourceRef

if TYPE_CHECKING:
    from fluxmark.finding import Finding, Fix
    from fluxmark.world.source import Source
    from krmfn.path import Step
    from krmfn.result import Severity

# what another tool fills in before Flux sees it: Flux's own substitution, Helm and Go templates
_TEMPLATING = re.compile(r"\$\{[^}]*\}?|\{\{")


def is_templated(value: object) -> bool:
    """Tell whether a text waits for another tool to fill something in."""
    return isinstance(value, str) and _TEMPLATING.search(value) is not None


class Manifest:
    """A resource as it stands in a text: its identity, its data, and where its fields are."""

    def __init__(self, source: Source, root: MapNode) -> None:
        self.source = source
        self.root = root
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
    def group(self) -> str:
        """The API group; '' for the core group."""
        return self.api_version.rpartition("/")[0]

    @property
    def ref(self) -> ResourceRef:
        """Its identity for findings."""
        return ResourceRef(self.api_version, self.kind, self.name, self.namespace)

    @property
    def described(self) -> str:
        """`ImagePolicy flux-system/app`, for messages."""
        return f"{self.kind} {f'{self.namespace}/' if self.namespace else ''}{self.name}"

    @cached_property
    def data(self) -> dict[str, Any]:
        """Its plain data; empty where it has none (an alias without its anchor)."""
        try:
            data = to_data(self.root)
        except DataError:
            return {}
        return data if isinstance(data, dict) else {}

    @property
    def spec(self) -> dict[str, Any]:
        """Its spec; empty where that is no mapping."""
        spec = self.data.get("spec")
        return spec if isinstance(spec, dict) else {}

    @property
    def labels(self) -> dict[str, Any]:
        """Its labels."""
        labels = self.get("metadata", "labels")
        return labels if isinstance(labels, dict) else {}

    def get(self, *path: Step) -> Any:
        """Return the data at a path; None where there is none."""
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
        """Return the text at a path; '' where there is none, or something else."""
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

    def scalar(self, *path: Step) -> ScalarNode | None:
        """Return the scalar at a path; None where there is none."""
        node: Node | None = self.root
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


def _word(node: Node, key: str) -> str:
    found = node.get(key) if isinstance(node, MapNode) else None
    return found.value if isinstance(found, ScalarNode) else ""

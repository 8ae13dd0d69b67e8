"""Who a resource is: apiVersion, kind, name, namespace, labels, annotations, and its file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from krmfn.fields import Fields
from krmfn.result import File, ResourceRef
from krmfn.tree import MapNode, ScalarNode, find

if TYPE_CHECKING:
    from collections.abc import Iterable

PATH = "internal.config.kubernetes.io/path"
INDEX = "internal.config.kubernetes.io/index"
ID = "internal.config.kubernetes.io/id"
SEQUENCES = "internal.config.kubernetes.io/seqindent"
"""How an orchestrator indents lists when it writes a document; `compact` where this is not said."""
LEGACY_PATH = "config.kubernetes.io/path"
LEGACY_INDEX = "config.kubernetes.io/index"
LEGACY_ID = "config.k8s.io/id"
LOCAL_CONFIG = "config.kubernetes.io/local-config"
INTERNAL = "internal.config.kubernetes.io/"
"""What starts with this belongs to the orchestrator: a function MUST NOT change it, path and index excepted."""


class Metadata(Fields):
    """The identity of a resource, and the metadata that Kubernetes and the orchestrators give a meaning to."""

    __slots__ = ()

    if TYPE_CHECKING:
        api_version: str
        kind: str
        source: str

    @property
    def name(self) -> str:
        """metadata.name, or ''."""
        return self._metadata("name")

    @property
    def namespace(self) -> str:
        """metadata.namespace, or ''."""
        return self._metadata("namespace")

    @property
    def group(self) -> str:
        """The group in apiVersion; '' for the core group."""
        return self.api_version.rpartition("/")[0]

    @property
    def version(self) -> str:
        """The version in apiVersion."""
        return self.api_version.rpartition("/")[2]

    @property
    def identity(self) -> tuple[str, str, str, str]:
        """Group, kind, namespace and name: what makes two resources the same one, whatever their version."""
        return self.group, self.kind, self.namespace, self.name

    @property
    def ref(self) -> ResourceRef:
        """The identity, for results."""
        return ResourceRef(self.api_version, self.kind, self.name, self.namespace)

    def describe(self) -> str:
        """Return `Kind namespace/name` for a message, or the file's name where there is no kind."""
        name = "/".join(filter(None, (self.namespace, self.name)))
        return " ".join(filter(None, (self.kind, name))) or self.source or "resource"

    # labels and annotations

    @property
    def labels(self) -> dict[str, str]:
        """metadata.labels as text; empty where there are none."""
        return self._strings("labels")

    @property
    def annotations(self) -> dict[str, str]:
        """metadata.annotations as text; empty where there are none."""
        return self._strings("annotations")

    def set_label(self, key: str, value: str) -> None:
        """Give a label this value; metadata.labels is added where it is missing."""
        self.set(("metadata", "labels", key), str(value))

    def set_annotation(self, key: str, value: str) -> None:
        """Give an annotation this value; metadata.annotations is added where it is missing."""
        self.set(("metadata", "annotations", key), str(value))

    def remove_labels(self, *keys: str) -> None:
        """Remove labels, and metadata.labels with the last of them."""
        self._remove("labels", keys)

    def remove_annotations(self, *keys: str) -> None:
        """Remove annotations, and metadata.annotations with the last of them."""
        self._remove("annotations", keys)

    @property
    def is_local_config(self) -> bool:
        """Whether the resource is not meant for a cluster. Source: config.kubernetes.io/local-config."""
        return self.annotations.get(LOCAL_CONFIG, "false") not in ("", "false")

    # the file

    @property
    def file(self) -> File | None:
        """Path and index, for results; None where the orchestrator says nothing of files."""
        path = self.path
        return File(path, self.index) if path else None

    @property
    def path(self) -> str:
        """The file's path relative to the package (internal.config.kubernetes.io/path), or ''."""
        annotations = self.annotations
        return annotations.get(PATH) or annotations.get(LEGACY_PATH) or ""

    @property
    def index(self) -> int:
        """The document's index in its file, 0 where it is not said or no number."""
        annotations = self.annotations
        value = annotations.get(INDEX) or annotations.get(LEGACY_INDEX) or "0"
        return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0

    def move_to(self, path: str, index: int) -> None:
        """Say where an orchestrator is to write the resource.

        The older annotations follow where they are there: kpt refuses an item whose two paths differ.
        """
        annotations = self.annotations
        for key, legacy, value in ((PATH, LEGACY_PATH, path), (INDEX, LEGACY_INDEX, str(index))):
            for name in (key, legacy) if legacy in annotations else (key,):
                self.set_annotation(name, value)

    # how it is done

    def _metadata(self, key: str) -> str:
        node = find(self.node, ("metadata", key), merged=True)
        return node.value if isinstance(node, ScalarNode) else ""

    def _strings(self, key: str) -> dict[str, str]:
        node = find(self.node, ("metadata", key))
        if not isinstance(node, MapNode):
            return {}
        return {
            name.value: value.value
            for name, value in node.pairs
            if isinstance(name, ScalarNode) and isinstance(value, ScalarNode)
        }

    def _remove(self, key: str, names: Iterable[str]) -> None:
        node = find(self.node, ("metadata", key))
        gone = set(names)
        if isinstance(node, MapNode) and gone:
            left = any(not isinstance(name, ScalarNode) or name.value not in gone for name, _ in node.pairs)
            if left:
                with self.editing() as editor:
                    editor.delete(node, *gone)
            else:
                self.delete(("metadata", key))

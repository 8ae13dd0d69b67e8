"""Who a resource is: apiVersion, kind, name, namespace, labels, annotations, and its file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from krmfn.resources.fields import FieldError, Fields
from krmfn.resources.result import File, ResourceRef
from krmfn.yaml.nodes import MERGE, AliasNode, MapNode, ScalarNode, SeqNode, find

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from krmfn.resources.identity import Identity, PackageId
    from krmfn.yaml.edit import Editor
    from krmfn.yaml.nodes import Node

PATH = "internal.config.kubernetes.io/path"
INDEX = "internal.config.kubernetes.io/index"
ID = "internal.config.kubernetes.io/id"
SEQUENCES = "internal.config.kubernetes.io/seqindent"
"""How an orchestrator indents lists when it writes a document; `compact` where this is not set."""
LEGACY_PATH = "config.kubernetes.io/path"
LEGACY_INDEX = "config.kubernetes.io/index"
LEGACY_ID = "config.k8s.io/id"
LOCAL_CONFIG = "config.kubernetes.io/local-config"
INTERNAL = "internal.config.kubernetes.io/"
"""What starts with this belongs to the orchestrator: a function MUST NOT change it, path and index excepted."""
UPSTREAM = "internal.kpt.dev/upstream-identifier"
"""Where kpt notes which resource of an upstream package this one was copied from; nobody else may write it."""


class Metadata(Fields):
    """The identity of a resource, and the metadata that Kubernetes and the orchestrators give a meaning to."""

    __slots__ = ()

    if TYPE_CHECKING:
        api_version: str
        kind: str
        source: str

        @property
        def node(self) -> MapNode: ...
        def mentions(self, text: str) -> bool: ...

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
    def identity(self) -> Identity:
        """Group, kind, namespace and name: what makes two resources the same one, whatever their version."""
        from krmfn.resources.identity import Identity

        return Identity(self.group, self.kind, self.namespace, self.name)

    @property
    def ref(self) -> ResourceRef:
        """The identity with the version, for results; equal for two resources that are the same in all of it."""
        return ResourceRef(self.api_version, self.kind, self.name, self.namespace)

    @property
    def package_id(self) -> PackageId:
        """The identity with path and index: no two resources of a package share it."""
        from krmfn.resources.identity import PackageId

        return PackageId(self.ref, self.path, self.index)

    @property
    def origin(self) -> Identity:
        """The resource of an upstream package that this is a copy of, as kpt notes it; its own identity else.

        Raises FieldError if the annotation is malformed. Source: internal.kpt.dev/upstream-identifier,
        `group|kind|namespace|name`, with `~C` for a namespace that is not known.
        """
        from krmfn.resources.identity import Identity

        noted = self._metadata("annotations", UPSTREAM).strip()
        if not noted:
            return self.identity
        parts = noted.split("|")
        if len(parts) != len(Identity._fields):
            what = f"must be `group|kind|namespace|name`, but {noted!r} is there"
            raise FieldError(self.resource, ("metadata", "annotations", UPSTREAM), what)
        group, kind, namespace, name = parts
        return Identity(group, kind, "" if namespace == "~C" else namespace, name)

    @property
    def has_origin(self) -> bool:
        """Whether kpt notes a resource of an upstream package that this is a copy of."""
        return bool(self._metadata("annotations", UPSTREAM))

    @property
    def is_namespaced(self) -> bool:
        """Whether the resource belongs into a namespace.

        Known for Kubernetes' own kinds; one of someone else's does where it says so (metadata.namespace).
        """
        from krmfn.resources.namespaced_kinds import namespaced

        known = namespaced(self.group, self.kind)
        return bool(self.namespace) if known is None else known

    def describe(self) -> str:
        """Return `Kind namespace/name` for a message, or the file's name if there is no kind."""
        name = "/".join(filter(None, (self.namespace, self.name)))
        return " ".join(filter(None, (self.kind, name))) or self.source or "resource"

    # labels and annotations

    @property
    def labels(self) -> dict[str, str]:
        """metadata.labels as text; empty if there are none."""
        return self._strings("labels")

    @property
    def annotations(self) -> dict[str, str]:
        """metadata.annotations as text; empty if there are none."""
        return self._strings("annotations")

    def set_label(self, key: str, value: str) -> None:
        """Give a label this value; metadata.labels is added where it is missing.

        Raises FieldError for a key or a value that Kubernetes refuses.
        """
        self.set_labels({key: value})

    def set_annotation(self, key: str, value: str) -> None:
        """Give an annotation this value; metadata.annotations is added where it is missing.

        Raises FieldError for a key that Kubernetes refuses.
        """
        self.set_annotations({key: value})

    def set_labels(self, labels: Mapping[str, str]) -> None:
        """Give labels these values, in one edit; the others stay. Raises what `set_label` raises."""
        from krmfn.resources.label_syntax import key_problem, value_problem

        texts = {key: str(value) for key, value in labels.items()}
        for key, value in texts.items():
            if problem := key_problem(key) or value_problem(value):
                raise FieldError(self.resource, ("metadata", "labels", key), problem)
        self.update("metadata.labels", texts)

    def set_annotations(self, annotations: Mapping[str, str]) -> None:
        """Give annotations these values, in one edit; the others stay. Raises what `set_annotation` raises."""
        from krmfn.resources.label_syntax import annotation_problem

        for key in annotations:
            if problem := annotation_problem(key):
                raise FieldError(self.resource, ("metadata", "annotations", key), problem)
        self.update("metadata.annotations", {key: str(value) for key, value in annotations.items()})

    def remove_labels(self, *keys: str) -> None:
        """Remove labels, and metadata.labels with the last of them."""
        self._remove("labels", keys)

    def remove_annotations(self, *keys: str) -> None:
        """Remove annotations, and metadata.annotations with the last of them."""
        self._remove("annotations", keys)

    @property
    def is_local_config(self) -> bool:
        """Whether the resource is not meant for a cluster. Source: config.kubernetes.io/local-config."""
        return self._metadata("annotations", LOCAL_CONFIG) not in ("", "false")

    # the file

    @property
    def file(self) -> File | None:
        """Path and index, for results; None if the orchestrator says nothing of files."""
        path = self.path
        return File(path, self.index) if path else None

    @property
    def path(self) -> str:
        """The file's path relative to the package (internal.config.kubernetes.io/path), or ''."""
        return self._metadata("annotations", PATH) or self._metadata("annotations", LEGACY_PATH)

    @property
    def index(self) -> int:
        """The document's index in its file, 0 if it is not set or no number."""
        value = self._metadata("annotations", INDEX) or self._metadata("annotations", LEGACY_INDEX) or "0"
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

    def _metadata(self, *keys: str) -> str:
        node = find(self.node, ("metadata", *keys), merged=True)
        return node.value if isinstance(node, ScalarNode) else ""

    def _strings(self, key: str) -> dict[str, str]:
        node = find(self.node, ("metadata", key), merged=True)
        return _texts(node, set()) if isinstance(node, MapNode) else {}

    def _remove(self, key: str, names: Iterable[str]) -> None:
        with self._editing() as editor:
            self._drop(editor, key, set(names))

    def _drop(self, editor: Editor, key: str, names: set[str]) -> None:
        """Edit: remove labels or annotations. Raises BlockedError if others use them, too."""
        from krmfn.yaml.set_value import owner

        parent, node = owner(self.node, ("metadata",)), owner(self.node, ("metadata", key))
        if not isinstance(parent, MapNode) or not isinstance(node, MapNode) or not names:
            return
        if all(isinstance(name, ScalarNode) and name.value in names for name, _ in node.pairs):
            editor.delete(parent, key)
        else:
            editor.delete(node, *names)


def _texts(node: MapNode, seen: set[int]) -> dict[str, str]:
    """Return the scalars of a mapping as they are written; aliases and merge keys are followed, once each."""
    own: dict[str, str] = {}
    merged: list[Node] = []
    seen.add(id(node))
    for key, value in node.pairs:
        target = value.target if type(value) is AliasNode else value
        if type(key) is not ScalarNode or target is None:
            continue
        if key.value == MERGE and not key.style:
            merged += target.items if type(target) is SeqNode else [target]
        elif type(target) is ScalarNode:
            own[key.value] = target.value
    for more in merged:
        target = more.target if type(more) is AliasNode else more
        if type(target) is MapNode and id(target) not in seen:
            own = _texts(target, seen) | own
    return own

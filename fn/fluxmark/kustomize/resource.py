"""A resource on its way through a build, with the names that it had before.

Source: https://github.com/kubernetes-sigs/kustomize, `api/resource/resource.go` and `kyaml/resid/resid.go`;
kustomize keeps the earlier names in annotations that it removes in the end.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import NamedTuple

from fluxmark.kustomize.errors import BuildError
from fluxmark.kustomize.kinds import CLUSTER_SCOPED
from fluxmark.kustomize.tree import Mapping, Place, Scalar, Tree, is_null, put, string

_NO_NAMESPACE = "_non_namespaceable_"


class Id(NamedTuple):
    """What a resource is known by."""

    group: str
    version: str
    kind: str
    name: str
    namespace: str

    @property
    def is_cluster_scoped(self) -> bool:
        """Whether kustomize knows that the kind has no namespace."""
        return (self.group, self.kind) in CLUSTER_SCOPED

    @property
    def effective_namespace(self) -> str:
        """The namespace by which resources are compared."""
        return _NO_NAMESPACE if self.is_cluster_scoped else self.namespace or "default"

    @property
    def key(self) -> tuple[str, str, str, str, str]:
        """Equal for identities that are the same to kustomize."""
        return (self.group, self.version, self.kind, self.name, self.effective_namespace)

    def __str__(self) -> str:
        """Write it as kustomize does."""
        kind = f"{self.kind or '[noKind]'}.{self.version or '[noVer]'}.{self.group or '[noGrp]'}"
        return f"{kind}/{self.name or '[noName]'}.{self.namespace or '[noNs]'}"


def split_api_version(api_version: str) -> tuple[str, str]:
    """Return group and version."""
    group, slash, version = api_version.partition("/")
    return (group, version) if slash else ("", api_version)


def _text(tree: Tree | None) -> str:
    return tree.text if type(tree) is Scalar and tree.data is not None else ""


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource, never changed in place.

    file, document, item: where it was read; item is -1 but in a list. previous: earlier identities, the first one
    first. prefixes, suffixes: added so far. hashed: whether its name gets a hash in the end. behavior: of a
    generator's resource. variables: names of vars that read from it. undefined: variables of
    `postBuild` that nothing defines.
    """

    tree: Mapping
    file: str
    document: int = 0
    item: int = -1
    start: int = 0
    previous: tuple[Id, ...] = ()
    prefixes: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ()
    hashed: bool = False
    behavior: str = ""
    variables: tuple[str, ...] = ()
    uncertain: tuple[str, ...] = ()
    undefined: tuple[str, ...] = ()
    touched: bool = False
    id: Id = field(init=False)

    def __post_init__(self) -> None:
        """Read the identity once."""
        metadata = self.tree.get("metadata")
        named = metadata.fields if type(metadata) is Mapping else {}
        group, version = split_api_version(_text(self.tree.get("apiVersion")))
        kind, name, namespace = self.tree.get("kind"), named.get("name"), named.get("namespace")
        object.__setattr__(self, "id", Id(group, version, _text(kind), _text(name), _text(namespace)))

    @property
    def original(self) -> Id:
        """The identity that it was read with."""
        return self.previous[0] if self.previous else self.id

    @property
    def ids(self) -> tuple[Id, ...]:
        """Every identity that it had, and has."""
        return (*self.previous, self.id)

    def with_tree(self, tree: Mapping) -> Resource:
        """Return it with other contents."""
        if tree is self.tree:
            return self
        # `replace` without its checks: this is what builds do most
        return Resource(tree, *(getattr(self, name) for name in _KEPT))

    def remembered(self) -> Resource:
        """Return it with its identity among the earlier ones."""
        current = self.id._replace(namespace=self.id.effective_namespace)
        return replace(self, previous=(*self.previous, current))

    @property
    def is_marked(self) -> bool:
        """Whether kustomize keeps annotations of its own on it."""
        return bool(self.previous or self.prefixes or self.suffixes or self.hashed or self.behavior)

    def forgotten(self) -> Resource:
        """Return it as it is once kustomize has lost those annotations."""
        return replace(self, previous=(), prefixes=(), suffixes=(), hashed=False, behavior="")

    def doubted(self, reason: str) -> Resource:
        """Return it as one that may be something else in truth."""
        return self if reason in self.uncertain else replace(self, uncertain=(*self.uncertain, reason))

    def with_text(self, path: tuple[str, ...], text: str, place: Place) -> Resource:
        """Return it with a text at a path.

        Raises BuildError if something else is there.
        """
        found = self.field(*path)
        if not is_null(found) and type(found) is not Scalar:
            name = "/".join(path)
            what = f"considering field '{name}' of object {self.id}: wrong node kind: expected ScalarNode"
            raise BuildError(what, place if found is None else found.place)
        return self.with_tree(put(self.tree, path, string(text, place), place))

    def field(self, *path: str) -> Tree | None:
        """Return the value at a path of keys."""
        here: Tree | None = self.tree
        for key in path:
            here = here.fields.get(key) if type(here) is Mapping else None
        return here


_KEPT = tuple(one.name for one in fields(Resource) if one.init and one.name != "tree")

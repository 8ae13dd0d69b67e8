"""What a kustomization's `images` change in resources: lists of containers, wherever they are.

Source: kustomize's `api/filters/imagetag` and `api/internal/image/image.go`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmark.kustomize.errors import BuildError
from fluxmark.kustomize.fields import FieldSpec, change_at
from fluxmark.kustomize.tree import Mapping, Scalar, Sequence, string, text_at

if TYPE_CHECKING:
    from fluxmark.kustomize.kustomization import Kustomization
    from fluxmark.kustomize.resource import Resource
    from fluxmark.kustomize.state import State
    from fluxmark.kustomize.tree import Tree

_LISTS = ("containers", "initContainers")
_FIELDS = tuple(
    FieldSpec(path)
    for path in (
        "spec/containers[]/image",
        "spec/initContainers[]/image",
        "spec/volumes[]/image/reference",
        "spec/template/spec/containers[]/image",
        "spec/template/spec/initContainers[]/image",
        "spec/template/spec/volumes[]/image/reference",
    )
)


def set_images(state: State, kustomization: Kustomization) -> None:
    """Apply `images`.

    Raises BuildError if a field that must be an image is none.
    """
    for entry in kustomization.mappings("images", "imageTags"):
        image = _Image(entry)
        specs = [*_FIELDS, *state.configuration.of("images")]

        def change(resource: Resource, image: _Image = image, specs: list[FieldSpec] = specs) -> Resource:
            tree = image.everywhere(resource.tree)
            for spec in specs:
                if spec.selects(resource.id):
                    assert type(tree) is Mapping
                    tree = change_at(tree, spec, image.value, tree.place)
            assert type(tree) is Mapping
            return resource if tree is resource.tree else resource.with_tree(tree)

        state.change(change)


class _Image:
    def __init__(self, entry: Mapping) -> None:
        import re2

        options = re2.Options()
        options.log_errors = False
        self.entry = entry
        pattern = f"^{text_at(entry, 'name')}(:[a-zA-Z0-9_.{{}}-]*)?(@sha256:[a-zA-Z0-9_.{{}}-]*)?$"
        try:
            self.pattern = re2.compile(pattern, options)
        except re2.error as error:
            raise BuildError(f"error parsing regexp: {error}", entry.place) from None

    def everywhere(self, tree: Tree) -> Tree:
        """Return a tree with the images in all lists of containers changed; itself if there are none."""
        if type(tree) is Mapping:
            fields = {key: self._field(key, value) for key, value in tree.fields.items()}
            same = all(fields[key] is value for key, value in tree.fields.items())
            return tree if same else Mapping(fields, tree.keys, tree.place)
        if type(tree) is Sequence:
            items = tuple(self.everywhere(item) for item in tree.items)
            same = all(new is old for new, old in zip(items, tree.items, strict=True))
            return tree if same else Sequence(items, tree.place)
        return tree

    def _field(self, key: str, value: Tree) -> Tree:
        value = self.everywhere(value)
        if key not in _LISTS or type(value) is not Sequence:
            return value
        return Sequence(tuple(self._container(item) for item in value.items), value.place)

    def _container(self, tree: Tree) -> Tree:
        image = tree.get("image") if type(tree) is Mapping else None
        if type(tree) is not Mapping or image is None:
            return tree
        new = self.value(image)
        return tree if new is None else tree.with_field("image", new, image.place)

    def value(self, tree: Tree | None) -> Tree | None:
        """Return the new image for one that this entry names."""
        if tree is None:
            return None
        if type(tree) is not Scalar:
            raise BuildError("wrong node kind: expected ScalarNode", tree.place)
        if self.pattern.search(tree.text) is None:
            return None
        name, tag, digest = split(tree.text)
        new_tag, new_digest = text_at(self.entry, "newTag"), text_at(self.entry, "digest")
        if new_tag or new_digest:
            tag, digest = new_tag, new_digest
        elif suffix := text_at(self.entry, "tagSuffix"):
            tag, digest = tag + suffix, ""
        name = text_at(self.entry, "newName") or name
        image = name + (f":{tag}" if tag else "") + (f"@{digest}" if digest else "")
        return string(image, self.entry.place)


def split(image: str) -> tuple[str, str, str]:
    """Return name, tag and digest of an image, as kustomize takes it apart."""
    slash = max(image.find("/"), 0)
    at, colon = image.find("@", slash), image.find(":", slash)
    if at < 0 and colon < 0:
        return image, "", ""
    if at >= 0 and (at < colon or colon < 0):
        return image[:at], "", image[at + 1 :]
    if at >= 0:
        return image[:colon], image[colon + 1 : at], image[at + 1 :]
    return image[:colon], image[colon + 1 :], ""

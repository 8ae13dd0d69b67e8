"""Lists of tags that a user gives: `{image: [tag, …]}` in JSON or YAML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmark import image
from krmfn.node import MapNode, Node, ScalarNode, SeqNode, follow, parse
from krmfn.text import InputError, Lines

if TYPE_CHECKING:
    from typing import NoReturn


def read(text: str, name: str) -> dict[str, list[str]]:
    """Return the tags of each image, by its canonical name; the lists of one image in two spellings are joined.

    Tags are taken as they are written: an unquoted 1.20 is the tag `1.20`.

    Raises InputError (`name:line:column`) where the text has another form.
    """
    lines = Lines(text)

    def fail(node: Node, what: str) -> NoReturn:
        place = lines.position(node.start)
        raise InputError(f"{name}:{place.line}:{place.column}: {what}")

    roots = [document.root for document in parse(text, name) if document.root is not None]
    if len(roots) != 1 or not isinstance(roots[0], MapNode):
        raise InputError(
            f"{name}:1:1: a mapping of images to lists of tags is expected: {{registry/app: [v1, v2]}}"
        )
    found: dict[str, list[str]] = {}
    for key, value in roots[0].pairs:
        tags = follow(value)
        if not isinstance(key, ScalarNode):
            fail(key, "an image is expected")
        if not isinstance(tags, SeqNode):
            fail(value, f"a list of the tags of {key.value} is expected")
        try:
            canonical = image.parse(key.value).canonical
        except image.ImageError as error:
            fail(key, str(error))
        into = found.setdefault(canonical, [])
        for item in tags.items:
            tag = follow(item)
            if not isinstance(tag, ScalarNode):
                fail(item, f"a tag of {key.value} is expected")
            into.append(tag.value)
    return found

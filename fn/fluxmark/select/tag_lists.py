"""Lists of tags that a user gives: `{image: [tag, …]}` in JSON or YAML."""

from __future__ import annotations

from fluxmark import image
from fluxmark.mapping_file import MappingFile
from krmfn.yaml.parser import ScalarNode, SeqNode, follow


def read(text: str, name: str) -> dict[str, list[str]]:
    """Return the tags of each image, by its canonical name; the lists of one image in two spellings are joined.

    Tags are taken as they are written: an unquoted 1.20 is the tag `1.20`.

    Raises InputError (`name:line:column`) where the text has another form.
    """
    given = MappingFile(text, name, "expected a mapping of images to lists of tags: {registry/app: [v1, v2]}")
    found: dict[str, list[str]] = {}
    for key, value in given.root.pairs:
        tags = follow(value)
        if not isinstance(key, ScalarNode):
            given.fail(key, "an image is expected")
        if not isinstance(tags, SeqNode):
            given.fail(value, f"a list of the tags of {key.value} is expected")
        try:
            canonical = image.parse(key.value).canonical
        except image.ImageError as error:
            given.fail(key, str(error))
        into = found.setdefault(canonical, [])
        for item in tags.items:
            tag = follow(item)
            if not isinstance(tag, ScalarNode):
                given.fail(item, f"a tag of {key.value} is expected")
            into.append(tag.value)
    return found

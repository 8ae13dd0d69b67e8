"""Image fields found by what they hold: whole references, and names next to their tags, anywhere in a document.

A document is walked once, and each of its mappings and lists is visited once, however many aliases lead to it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fluxmark import image
from fluxmark.fields.field import ImageField, field_of
from fluxmark.fields.names import DIGEST_KEYS, NAME_KEYS, REGISTRY_KEYS, TAG_KEYS, plain
from fluxmark.fields.paths import follow
from krmfn.yaml.parser import MapNode, ScalarNode, SeqNode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from krmfn.yaml.parser import Node
    from krmfn.yaml.path import Step

    Pairs = Mapping[str, tuple[Node, Node, str]]

_BLOCK_STYLES = ("|", ">")
_ENDS = (*TAG_KEYS, *DIGEST_KEYS)
_SKIPPED = frozenset((("status",), ("metadata", "labels")))


@dataclass(frozen=True, slots=True)
class Search:
    """What to look for. selected: tells whether a policy selects from a repository, by its canonical name.

    values: whether this part of the document holds the values of a chart: then short names count, and names
    without a tag are worth a word.
    """

    selected: Callable[[str], bool]
    values: bool = False


def find(root: Node, search: Search, path: tuple[Step, ...] = ()) -> Iterator[ImageField]:
    """Yield the image fields below a node."""
    for node, here in _collections(root, path):
        if isinstance(node, MapNode):
            yield from _of_mapping(node, here, search)
        else:
            for index, item in enumerate(node.items):
                value = follow(item)
                if isinstance(value, ScalarNode) and (":" in value.value or "@" in value.value):
                    yield from _whole(node, item, item, (*here, index), search)


def _collections(root: Node, path: tuple[Step, ...]) -> Iterator[tuple[MapNode | SeqNode, tuple[Step, ...]]]:
    stack: list[tuple[Node, tuple[Step, ...]]] = [(root, path)]
    seen: set[int] = set()
    while stack:
        node, here = stack.pop()
        node = follow(node)
        if id(node) in seen or here in _SKIPPED:
            continue
        seen.add(id(node))
        if type(node) is MapNode:
            yield node, here
            stack += [
                (value, (*here, key_text(key)))
                for key, value in reversed(node.pairs)
                if type(value) is not ScalarNode
            ]
        elif type(node) is SeqNode:
            yield node, here
            stack += [
                (node.items[index], (*here, index))
                for index in range(len(node.items) - 1, -1, -1)
                if type(node.items[index]) is not ScalarNode
            ]


def mappings(root: Node, path: tuple[Step, ...]) -> Iterator[tuple[MapNode, tuple[Step, ...]]]:
    """Yield the mappings below a node, itself included, each once, with its path."""
    return ((node, here) for node, here in _collections(root, path) if isinstance(node, MapNode))


def key_text(key: Node) -> str:
    """Return the text of a key, also where an alias stands for it; '' for a key that is not a scalar."""
    node = follow(key)
    return node.value if isinstance(node, ScalarNode) else ""


def _of_mapping(node: MapNode, path: tuple[Step, ...], search: Search) -> Iterator[ImageField]:
    pairs: dict[str, tuple[Node, Node, str]] = {}
    tags = False
    for key, value in node.pairs:
        scalar = follow(value)
        if type(scalar) is not ScalarNode:
            continue
        name = key_text(key)
        short = plain(name)
        pairs[short] = key, value, name
        tags = tags or short.endswith(_ENDS)
        if ":" in scalar.value or "@" in scalar.value:
            yield from _whole(node, key, value, (*path, name), search)
    named: set[str] = set()
    if tags:
        for stem in dict.fromkeys(_stems(pairs)):
            yield from _parts(node, path, pairs, stem, search, named)
    if search.values:
        yield from _untagged(node, path, pairs, search, named)


def _whole(parent: Node, key: Node, value: Node, path: tuple[Step, ...], search: Search) -> Iterator[ImageField]:
    """Yield a scalar that is a whole reference with a tag or a digest."""
    node = follow(value)
    assert isinstance(node, ScalarNode)
    text = node.value
    if node.style in _BLOCK_STYLES or len(text) > image.MAX_REFERENCE:
        return
    ref = image.parse_templated(text)
    if ref is None or not (ref.tag or ref.digest):
        return
    last = plain(next((step for step in reversed(path) if isinstance(step, str)), ""))
    if ("image" in last or "/" in ref.name) and (search.selected(ref.canonical) or last == "image"):
        found = field_of(parent, key, value, path)
        if found:
            yield found


def _stems(pairs: Pairs) -> Iterator[str]:
    """Yield what is before `tag`, `digest` and the like in the keys of a mapping."""
    for key in pairs:
        for end in _ENDS:
            if key.endswith(end):
                yield key.removesuffix(end)
                break


def _parts(
    node: MapNode, path: tuple[Step, ...], pairs: Pairs, stem: str, search: Search, named: set[str]
) -> Iterator[ImageField]:
    """Yield the tag and the digest of the image whose keys begin with a stem."""
    tag_key = next((key for end in TAG_KEYS if (key := stem + end) in pairs and _is_tag(pairs[key], end)), "")
    digest_key = next((key for end in DIGEST_KEYS if (key := stem + end) in pairs), "")
    digest = follow(pairs[digest_key][1]) if digest_key else None
    pinned = digest if isinstance(digest, ScalarNode) and digest.value else None
    name_key, name = _name(pairs, stem, search, named, weak=not tag_key.endswith("tag"))
    if not name or not (tag_key or pinned):
        return
    for key, part in ((name_key, "name"), (tag_key, "tag"), (digest_key if pinned else "", "digest")):
        if key and not (part == "digest" and key.endswith("sha")):
            at, value, written = pairs[key]
            beside = pinned if part == "tag" else None
            found = field_of(node, at, value, (*path, written), image=name, part=part, digest=beside)
            if found:
                yield found


def _is_tag(pair: tuple[Node, Node, str], end: str) -> bool:
    """Tell whether a value can be a tag: a `version` may be something else, such as a range."""
    node = follow(pair[1])
    return isinstance(node, ScalarNode) and (end.endswith("tag") or image.is_tag(node.value))


def _name(pairs: Pairs, stem: str, search: Search, named: set[str], *, weak: bool) -> tuple[str, str]:
    """Return the key of the name that a tag belongs to, and the name; the one that a policy selects goes first.

    weak: whether the tag's key is one of other things, too; then only a name with a path counts.
    """
    first = "", ""
    registry = stem + REGISTRY_KEYS[-1]
    alone = (
        [] if any(stem + end in pairs for end in NAME_KEYS) or "/" not in _value(pairs, registry) else [registry]
    )
    for key in (*(stem + end for end in NAME_KEYS), *alone):
        if key not in pairs:
            continue
        for text in _written_names(pairs, stem, key):
            try:
                ref = image.parse(text)
            except image.ImageError:
                continue
            if ref.tag or ref.digest:
                continue
            named.add(key)
            short = "/" not in text
            if short and (not search.values or (weak and key != "image")):
                continue
            if search.selected(ref.canonical):
                return key, text
            first = first if first[0] else (key, text)
    return first if search.values else ("", "")


def _written_names(pairs: Pairs, stem: str, key: str) -> Iterator[str]:
    """Yield what a name may be: as it is, behind the registry next to it, or after the repository."""
    name = _value(pairs, key)
    for end in REGISTRY_KEYS if not key.endswith(REGISTRY_KEYS) else ():
        for registry in dict.fromkeys((stem + end, end)):
            if text := _value(pairs, registry):
                yield f"{text.rstrip('/')}/{name}"
    if key.endswith(("image", "name")):
        for end in ("repository", "repo"):
            if (text := _value(pairs, stem + end)) and stem + end != key:
                yield f"{text.rstrip('/')}/{name}"
    yield name


def _value(pairs: Pairs, key: str) -> str:
    found = follow(pairs[key][1]) if key in pairs else None
    return found.value.strip() if isinstance(found, ScalarNode) else ""


def _untagged(
    node: MapNode, path: tuple[Step, ...], pairs: Pairs, search: Search, named: set[str]
) -> Iterator[ImageField]:
    """Yield the names of selected images that have no tag next to them: nobody knows what the chart adds."""
    for key in NAME_KEYS[:-1]:
        if key not in pairs or key in named:
            continue
        at, value, written = pairs[key]
        for text in _written_names(pairs, "", key):
            try:
                ref = image.parse(text)
            except image.ImageError:
                continue
            if not (ref.tag or ref.digest) and "/" in text and search.selected(ref.canonical):
                found = field_of(node, at, value, (*path, written), image=text, part="name")
                if found:
                    yield replace(found, alone=True)
                break

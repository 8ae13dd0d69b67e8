"""Reads a repository: from the files of a directory, or from the items of a ResourceList."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fluxmark.cluster.directory import checkout_of, directory_tree, text_of
from fluxmark.cluster.git import around
from fluxmark.cluster.markers import MENTION
from fluxmark.cluster.repository import Repository, manifests_of
from fluxmark.cluster.source import Source
from fluxmark.cluster.tree import Tree, enter
from fluxmark.flux.api_groups import (
    FLUX_KUSTOMIZE_GROUP,
    KUSTOMIZATION_NAMES,
    KUSTOMIZE_GROUP,
    LOGIN_WORD,
    MODEL_WORDS,
    POLICY,
    TOKEN,
)
from fluxmark.flux.files import is_flux_file
from krmfn.packages.package import Package
from krmfn.yaml.parser import Document, SeqNode, parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from krmfn.resources.resource import Resource
    from krmfn.yaml.parser import Node

_MODEL = re.compile("|".join(map(re.escape, (*MODEL_WORDS, LOGIN_WORD))))
_YAML_ENDINGS = tuple(
    f".{kind}{ending}"
    for kind in ("yaml", "yml")
    for ending in ("", ".tpl", ".tmpl", ".gotmpl", ".j2", ".jinja", ".jinja2", ".erb", ".mustache", ".template")
)
_OTHER_ENDINGS = (
    ".env",
    ".properties",
    ".toml",
    ".hcl",
    ".tf",
    ".tfvars",
    ".json",
    ".jsonc",
    ".json5",
    ".cue",
    ".jsonnet",
    ".libsonnet",
)


def may_hold_marker(name: str) -> bool:
    """Tell whether someone may take a file of this name for one of Flux's: its comments are like YAML's."""
    lower = name.lower()
    return (
        lower.endswith((*_YAML_ENDINGS, *_OTHER_ENDINGS))
        or lower in ("kustomization", "dockerfile", "containerfile", ".env")
        or lower.startswith(("dockerfile.", ".env."))
    )


def belongs_to_model(text: str, name: str) -> bool:
    """Tell whether the model of the clusters needs a file."""
    return name in KUSTOMIZATION_NAMES or _MODEL.search(text) is not None


def is_of_interest(text: str, name: str) -> bool:
    """Tell whether a text must be parsed."""
    return belongs_to_model(text, name) or TOKEN in text or MENTION.search(text) is not None


def find_root(directory: Path) -> tuple[Path, str]:
    """Return the repository that a directory is in, and the directory's path in it, '' for all of it.

    That is the Git repository around it, unless the directory is a repository of its own, an example or a copy:
    then the paths of its own automations lead into it.
    """
    here = directory.resolve()
    root = around(here)
    if root is None or root == here or _leads_into(here, root):
        return directory, ""
    return root, here.relative_to(root).as_posix()


def _leads_into(here: Path, root: Path) -> bool:
    from fluxmark.cluster.automation import update_path
    from fluxmark.cluster.entry import path_of

    package = Package(here)
    for path in package.walk(is_flux_file):
        text, _ = text_of(package.read_bytes(path))
        if not _MODEL.search(text):
            continue
        for manifest in manifests_of(Source(path, text)):
            automation = manifest.kind == "ImageUpdateAutomation"
            if automation or manifest.group == FLUX_KUSTOMIZE_GROUP:
                leads = update_path(manifest) if automation else path_of(manifest)
                if leads and (here / leads).exists() and not (root / leads).exists():
                    return True
    return False


def read_directory(
    package: Package,
    *,
    flux_version: str | None = None,
    texts: Mapping[str, str] | None = None,
    focus: str = "",
) -> Repository:
    """Read a directory.

    texts: that take the place of files, by path. focus: the directory below it that findings are wanted for.

    Raises InputError for a file that cannot be read; one that is not YAML, or not UTF-8, is for the rules to
    report.
    """
    sources: list[Source] = []
    unparsed: dict[str, str] = {}
    members: list[str] = []
    generators: list[str] = []
    given = texts or {}
    paths = [*package.walk(may_hold_marker), *(path for path in given if not package.exists(path))]
    for path in paths:
        text, failure = (given[path], "") if path in given else text_of(package.read_bytes(path))
        name = path.rpartition("/")[2]
        if not is_flux_file(name):
            if POLICY in text:
                generators.append(path)
            if MENTION.search(text):
                sources.append(Source(path, text, show=package.show(path)))
        elif is_of_interest(text, name):
            sources.append(Source(path, text, failure=failure, show=package.show(path)))
            if belongs_to_model(text, name):
                members.append(path)
        else:
            unparsed[path] = text
    here = package.root.resolve()
    return Repository(
        directory_tree(package, sources, given, unparsed),
        members,
        checkout=checkout_of(package),
        flux_version=flux_version,
        focus=focus,
        is_root=around(here) == here,
        generators=generators,
    )


def read_text(text: str, path: str, *, flux_version: str | None = None) -> Repository:
    """Read manifests that are not in a directory, such as those of standard input; path: what they are called."""
    source = Source(path, text)
    tree = list_tree([source], {"": {path}})
    return Repository(tree, [path] if belongs_to_model(text, path) else [], flux_version=flux_version)


def read_items(
    items: Iterable[Resource],
    files: Mapping[str, str] | None = None,
    *,
    flux_version: str | None = None,
    has_comments: bool = True,
) -> Repository:
    """Read the items of a ResourceList; their text is not their file's, so their findings have no position.

    files: texts by path of files that are not items.
    """
    sources = []
    members: dict[str, None] = {}
    names: dict[str, set[str]] = {"": set()}
    for item in items:
        enter(names, item.path)
        source = item_source(item)
        name = item.path.rpartition("/")[2]
        is_member = belongs_to_model(source.text, name)
        if is_member or has_comments or MENTION.search(source.text):
            sources.append(source)
        if is_member:
            members[item.path] = None
    for path, text in (files or {}).items():
        enter(names, path)
        name = path.rpartition("/")[2]
        if has_comments or is_of_interest(text, name):
            sources.append(Source(path, text))
        if belongs_to_model(text, name):
            members[path] = None
    return Repository(list_tree(sources, names), members, flux_version=flux_version, has_comments=has_comments)


def is_member(item: Resource) -> bool:
    """Tell whether the model of the clusters needs an item, by what can be told without reading all of it."""
    group = item.api_version.rpartition("/")[0]
    return (
        group in MODEL_WORDS
        or group == KUSTOMIZE_GROUP
        or item.kind.endswith("List")
        or item.path.rpartition("/")[2] in KUSTOMIZATION_NAMES
    )


def list_tree(sources: Iterable[Source], names: Mapping[str, set[str]], *, is_partial: bool = True) -> Tree:
    """Return the tree of a ResourceList. names: of what is in each directory. is_partial: see `Tree`."""
    return Tree(
        sources,
        load=lambda _: None,
        entries=lambda directory: sorted(names.get(directory, ())),
        is_directory=lambda path: path in names,
        is_partial=is_partial,
    )


def item_source(item: Resource) -> Source:
    """Return an item as a text of its own."""
    text = item.text
    read = parse(text, item.path)
    # `- kind: …`, a piece of a list, is a document of its own without the dash; comments may come before
    dash = read[0].root.start if read and isinstance(read[0].root, SeqNode) else -1
    if dash >= 0 and text[dash] == "-":
        text = f"{text[:dash]} {text[dash + 1 :]}"
    documents = [Document(0, False, _item(one.root)) for one in read]
    return Source(item.path, text, index=item.index, exact=False, documents=documents, item=item)


def _item(root: Node | None) -> Node | None:
    """Return the resource in a piece of a list, `- apiVersion: …`."""
    return root.items[0] if isinstance(root, SeqNode) and len(root.items) == 1 else root

"""Packages for tests of rules: small trees of files, checked from memory or from a directory."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fluxmark.cluster import Repository, Source
from fluxmark.cluster.read import belongs_to_model, list_tree
from fluxmark.output.rule_docs import CONTEXT
from fluxmark.rules.engine import Selection, run

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fluxmark.finding import Finding

_FILE = re.compile(r"^# file: (?P<path>\S+)\n", re.MULTILINE)
_KIND = re.compile(r"^kind: (\w+)$", re.MULTILINE)


def files(example: str) -> dict[str, str]:
    """Return an example's files by path, and the context of all examples without the kinds that it has itself."""
    pieces = _FILE.split(example)
    own = dict(zip(pieces[1::2], pieces[2::2], strict=True)) if len(pieces) > 1 else {"example.yaml": example}
    kinds = set(_KIND.findall(example))
    context = [document for document in CONTEXT.split("---\n") if not kinds & set(_KIND.findall(document))]
    return {**own, "context.yaml": "---\n".join(context)} if context else own


def repository_of(texts: Mapping[str, str], flux_version: str | None = None) -> Repository:
    """Return the repository of files that are all of it."""
    names: dict[str, set[str]] = {"": set()}
    for text in texts:
        path = text
        while path:
            above, _, name = path.rpartition("/")
            names.setdefault(above, set()).add(name)
            path = above
    sources = [Source(path, text) for path, text in texts.items()]
    members = [path for path, text in texts.items() if belongs_to_model(text, path.rpartition("/")[2])]
    return Repository(
        list_tree(sources, names, is_partial=False), members, flux_version=flux_version, is_root=True
    )


def check(texts: Mapping[str, str], *rules: str, flux_version: str | None = None) -> list[Finding]:
    """Return the findings of some rules, or of all, over files."""
    return run(repository_of(texts, flux_version), Selection.of(rules))


def places(findings: list[Finding]) -> list[tuple[str, int, int]]:
    """Return rule, line and column of findings."""
    return [(finding.rule, finding.line, finding.column) for finding in findings]

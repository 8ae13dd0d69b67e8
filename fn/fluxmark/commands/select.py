"""`fluxmark select`: shows which tag each policy of a directory would select, and why."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from fluxmark import tag_lists
from fluxmark.flux_files import search
from fluxmark.output import selection, unfollowed
from fluxmark.output.standard import put
from fluxmark.select import FileTags, RegistryTags, TagSource, select
from fluxmark.update import files
from krmfn.named import text_or_input
from krmfn.package import Package
from krmfn.streams import say

if TYPE_CHECKING:
    import argparse

    from fluxmark.select import PolicyReport

DESCRIPTION = """\
Show which tag each ImagePolicy in DIR would select, and why: which tags are dropped, and how the others are
ordered. Exit status 1 if a policy selects no tag.
"""
OK, A_POLICY_FAILS = 0, 1
PATIENCE = 1.0
"""Seconds after which a run shows its progress."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Define the arguments."""
    parser.add_argument("directory", nargs="?", default="-", metavar="DIR", help="default: current directory")
    tags = parser.add_mutually_exclusive_group(required=True)
    tags.add_argument("--tags", metavar="FILE", help="JSON or YAML: {image: [tag, …]}; `-`: standard input")
    tags.add_argument("--registry", action="store_true", help="list the tags in the registries")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument(
        "--flux-version",
        metavar="X.Y",
        help="the Flux version whose behaviour to follow; default: the newest known",
    )


def run(arguments: argparse.Namespace) -> int:
    """Print what is selected; the status is 1 where a policy selects nothing."""
    package = Package(Path("." if arguments.directory == "-" else arguments.directory))
    read = files.read(search(package, secrets=arguments.registry)(), package, secrets=arguments.registry)
    for line in read.unreadable:
        say(f"skipped: {line}")
    if left := unfollowed.line(read.model):
        say(left)
    clusters = [cluster for cluster in read.model.clusters if cluster.policies]
    if not clusters:
        say(f"{package.root}: no ImagePolicy found")
    tags = None if arguments.registry else _file(arguments.tags)
    total = sum(len(cluster.policies) for cluster in clusters)
    reports: list[tuple[str, list[PolicyReport]]] = []
    start = said = time.monotonic()
    for cluster in clusters:
        source: TagSource = tags or RegistryTags(cluster, say)
        found = []
        for report in select(cluster, source, flux_version=arguments.flux_version):
            found.append(report)
            now = time.monotonic()
            if now - start > PATIENCE and now - said > PATIENCE:
                said = now
                say(f"{sum(len(one) for _, one in reports) + len(found)} of {total} policies")
        reports.append((cluster.name, found))
    as_format = selection.as_json if arguments.format == "json" else selection.as_text
    put(as_format(reports))
    return A_POLICY_FAILS if any(report.error for _, found in reports for report in found) else OK


def _file(name: str) -> FileTags:
    """Read a list of tags; `-` is standard input."""
    text, shown = text_or_input(name)
    return FileTags(tag_lists.read(text, shown), shown)

"""`fluxmark select`: shows which tag each policy of a directory would select, and why."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from fluxmark import tag_lists
from fluxmark.flux_resources import POLICY, in_package
from fluxmark.output import selection
from fluxmark.output.standard import put
from fluxmark.select import FileTags, RegistryTags, TagSource, select
from krmfn.named import text_or_input
from krmfn.package import Package
from krmfn.streams import say

if TYPE_CHECKING:
    import argparse

DESCRIPTION = """\
Show which tag each ImagePolicy in DIR would select, and why: which tags are dropped, and how the others are
ordered. Exit status 1 if a policy selects no tag.
"""
OK, A_POLICY_FAILS = 0, 1
PATIENCE = 1.0
"""Seconds after which a run says what it is doing."""


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
    resources = in_package(package, secrets=arguments.registry)
    for line in resources.unreadable:
        say(f"left out: {line}")
    policies = resources.all(POLICY)
    if not policies:
        say(f"{package.root}: there is no ImagePolicy")
    source: TagSource = RegistryTags(resources, say) if arguments.registry else _file(arguments.tags)
    reports = []
    start = said = time.monotonic()
    for number, report in enumerate(select(resources, source, flux_version=arguments.flux_version), 1):
        reports.append(report)
        now = time.monotonic()
        if now - start > PATIENCE and now - said > PATIENCE:
            said = now
            say(f"{number} of {len(policies)} policies")
    as_format = selection.as_json if arguments.format == "json" else selection.as_text
    put(as_format(reports))
    return A_POLICY_FAILS if any(report.error for report in reports) else OK


def _file(name: str) -> FileTags:
    """Read a list of tags; `-` is standard input."""
    text, shown = text_or_input(name)
    return FileTags(tag_lists.read(text, shown), shown)

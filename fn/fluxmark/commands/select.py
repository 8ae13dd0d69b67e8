"""`fluxmark select`: what each policy of a directory would choose, and why."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from fluxmark import tag_lists
from fluxmark.flux_resources import POLICY, in_package
from fluxmark.output import selection
from fluxmark.select import FileTags, RegistryTags, TagSource, select
from krmfn.named import text_or_input
from krmfn.package import Package

if TYPE_CHECKING:
    import argparse

OK, A_POLICY_FAILS = 0, 1
PATIENCE = 1.0
"""Seconds after which a run says what it is doing."""


def run(arguments: argparse.Namespace) -> int:
    """Print what is selected; the status is 1 where a policy selects nothing."""
    package = Package(Path("." if arguments.directory == "-" else arguments.directory))
    resources = in_package(package, secrets=arguments.registry)
    for line in resources.unreadable:
        print(f"left out: {line}", file=sys.stderr)
    policies = resources.all(POLICY)
    if not policies:
        print(f"{package.root}: there is no ImagePolicy", file=sys.stderr)
    source: TagSource
    if arguments.registry:
        source = RegistryTags(resources, lambda line: print(line, file=sys.stderr))
    else:
        source = _file(arguments.tags)
    reports = []
    start = said = time.monotonic()
    for number, report in enumerate(select(resources, source, flux_version=arguments.flux_version), 1):
        reports.append(report)
        now = time.monotonic()
        if now - start > PATIENCE and now - said > PATIENCE:
            said = now
            print(f"{number} of {len(policies)} policies", file=sys.stderr)
    as_format = selection.as_json if arguments.format == "json" else selection.as_text
    sys.stdout.write(as_format(reports))
    return A_POLICY_FAILS if any(report.error for report in reports) else OK


def _file(name: str) -> FileTags:
    """Read a list of tags; `-` is standard input."""
    text, shown = text_or_input(name)
    return FileTags(tag_lists.read(text, shown), shown)

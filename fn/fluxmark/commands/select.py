"""`fluxmark select`: shows which tag each policy of a directory would select, and why."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from fluxmark.commands import registries
from fluxmark.commands.progress import Progress
from fluxmark.flux.files import search
from fluxmark.flux.releases import known, note
from fluxmark.flux.schema.did_you_mean import nearest
from fluxmark.output import selection, unfollowed
from fluxmark.output.stdout import put
from fluxmark.select import FileTags, TagSource, live, select, tag_lists
from fluxmark.select.what_if import WhatIf
from fluxmark.update import files
from krmfn.errors import InputError
from krmfn.functions.streams import say
from krmfn.packages.input_file import text_or_input
from krmfn.packages.package import Package

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator

    from fluxmark.cluster.cluster import Cluster
    from fluxmark.select import PolicyReport

DESCRIPTION = """\
Show which tag each ImagePolicy in DIR would select, and why: which tags are dropped, and how the others are
ordered. Exit status 1 if a policy selects no tag. --pattern, --extract, --semver, --alphabetical and --numerical
show what the policy of --policy would select with them, next to what it selects now.
"""
OK, A_POLICY_FAILS = 0, 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Define the arguments."""
    parser.add_argument("directory", nargs="?", default="-", metavar="DIR", help="default: current directory")
    tags = parser.add_mutually_exclusive_group(required=True)
    tags.add_argument("--tags", metavar="FILE", help="JSON or YAML: {image: [tag, …]}; `-`: standard input")
    tags.add_argument("--registry", action="store_true", help="list the tags in the registries")
    tags.add_argument(
        "--latest",
        metavar="FILE",
        help="what `kubectl get imagepolicies,imagerepositories -A -o json` prints: show what the cluster "
        "selects; `-`: standard input",
    )
    parser.add_argument("--policy", default="", metavar="NAMESPACE:NAME", help="show only this policy")
    instead = parser.add_argument_group("what if the policy of --policy had another")
    instead.add_argument("--pattern", metavar="REGEX", help="filterTags.pattern; empty for no filter")
    instead.add_argument("--extract", metavar="TEMPLATE", help="filterTags.extract, such as $ts")
    choice = instead.add_mutually_exclusive_group()
    choice.add_argument("--semver", metavar="RANGE", help="policy.semver.range")
    choice.add_argument(
        "--alphabetical", nargs="?", const="asc", choices=("asc", "desc"), help="asc (default) or desc"
    )
    choice.add_argument(
        "--numerical", nargs="?", const="asc", choices=("asc", "desc"), help="asc (default) or desc"
    )
    registries.add_arguments(parser)
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument(
        "--strict-flux",
        action="store_true",
        help="fail a policy if Flux cannot read its registry, though fluxmark can",
    )
    parser.add_argument(
        "--flux-version",
        metavar="X.Y",
        help="the Flux version whose behaviour to follow; default: the newest known",
    )


def run(arguments: argparse.Namespace) -> int:
    """Print what is selected; the status is 1 where a policy selects nothing."""
    what_if = _what_if(arguments)
    if what_if and not arguments.policy:
        arguments.fail("--policy says which policy to try this for")
    if arguments.latest is not None:
        return _live(arguments)
    package = Package(Path("." if arguments.directory == "-" else arguments.directory))
    read = files.read(search(package, secrets=arguments.registry)(), package, secrets=arguments.registry)
    for line in read.unreadable:
        say(f"skipped: {line}")
    if left := unfollowed.line(read.model):
        say(left)
    clusters = [cluster for cluster in read.model.clusters if cluster.policies]
    _check_policy(arguments.policy, [one.id for cluster in clusters for one in cluster.policies])
    if not clusters:
        say(f"{package.root}: no ImagePolicy found")
    total = sum(len(cluster.policies) for cluster in clusters)
    reports: list[tuple[str, list[PolicyReport]]] = []
    version = known(arguments.flux_version) if arguments.flux_version else None
    if assumed := note(version):
        say(assumed)
    with _source(arguments) as source_of, Progress("policies") as progress:
        for cluster in clusters:
            found: list[PolicyReport] = []
            reports.append((cluster.name, found))
            for report in select(
                cluster,
                source_of(cluster),
                flux_version=version,
                strict=arguments.strict_flux,
                only=arguments.policy,
                what_if=what_if,
            ):
                found.append(report)
                progress(sum(len(one) for _, one in reports), total)
    return _show(arguments, reports)


def _show(arguments: argparse.Namespace, reports: list[tuple[str, list[PolicyReport]]]) -> int:
    if arguments.format == "json":
        put(selection.as_json(reports))
    else:
        put(selection.as_text(reports, width=selection.WIDTH if sys.stdout.isatty() else None))
    return A_POLICY_FAILS if any(report.error for _, found in reports for report in found) else OK


def _live(arguments: argparse.Namespace) -> int:
    """Print what a cluster selects, from what kubectl prints."""
    text, name = text_or_input(arguments.latest)
    found = list(live.reports(live.resources(text, name)))
    if not found:
        raise InputError(f"{name}: no ImagePolicy found; kubectl get imagepolicies -A -o json prints them")
    _check_policy(arguments.policy, [report.policy.id for report in found])
    return _show(arguments, [("", [one for one in found if arguments.policy in ("", one.policy.id)])])


def _check_policy(wanted: str, known: list[str]) -> None:
    if wanted and wanted not in known:
        close = nearest(wanted, known)
        hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(sorted(set(known))) or 'none'}"
        raise InputError(f"there is no ImagePolicy {wanted}: {hint}")


def _what_if(arguments: argparse.Namespace) -> WhatIf:
    choice = None
    if arguments.semver is not None:
        choice = {"semver": {"range": arguments.semver}}
    for kind in ("alphabetical", "numerical"):
        if (order := getattr(arguments, kind)) is not None:
            choice = {kind: {"order": order}}
    return WhatIf(arguments.pattern, arguments.extract, choice)


@contextmanager
def _source(arguments: argparse.Namespace) -> Iterator[Callable[[Cluster], TagSource]]:
    """Give where the tags of a cluster come from."""
    if arguments.registry:
        with registries.reading(arguments) as found:
            yield found.of
        return
    tags = _file(arguments.tags)
    yield lambda _: tags


def _file(name: str) -> FileTags:
    """Read a list of tags; `-` is standard input."""
    text, shown = text_or_input(name)
    return FileTags(tag_lists.read(text, shown), shown)

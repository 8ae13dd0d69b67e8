"""`fluxmark update`: updates the marked fields of a directory, as Flux would commit them."""

from __future__ import annotations

import gc
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from fluxmark.commands import registries
from fluxmark.flux.files import search
from fluxmark.output.stdout import put
from krmfn.escape import printable
from krmfn.functions.streams import say
from krmfn.packages.input_file import text_or_input
from krmfn.packages.package import Package

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

    from fluxmark.cluster.cluster import Cluster
    from fluxmark.finding import Finding
    from fluxmark.flux.value_change import Change
    from fluxmark.update.directory import Outcome
    from fluxmark.update.plan import Latest

DESCRIPTION = """\
Update marked fields in DIR to the latest images, as each ImageUpdateAutomation in it would, and change nothing
else. Without a source, the latest images are those in the status of the policies in DIR.
"""
OK, A_POLICY_FAILS, BAD_INPUT = 0, 1, 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Define the arguments."""
    parser.add_argument("directory", nargs="?", default="-", metavar="DIR", help="default: current directory")
    source = parser.add_mutually_exclusive_group()
    source.add_argument(
        "--latest",
        metavar="FILE",
        help='JSON or YAML: {"namespace:policy": {"name": …, "tag": …, "digest": …}}, or what kubectl get '
        "imagepolicies -A -o json prints; `-`: standard input",
    )
    source.add_argument("--tags", metavar="FILE", help="JSON or YAML: {image: [tag, …]}; `-`: standard input")
    source.add_argument("--registry", action="store_true", help="list the tags in the registries")
    parser.add_argument("--diff", action="store_true", help="print the changes as a diff and write nothing")
    parser.add_argument("--message", action="store_true", help="print the commit message, above the diff")
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="json: changes, message and patch in one object"
    )
    parser.add_argument("--dry-run", action="store_true", help="report what would change and write nothing")
    registries.add_arguments(parser)
    deviations = parser.add_argument_group("deviations from Flux")
    deviations.add_argument(
        "--no-downgrade", action="store_true", help="keep a tag that the policy orders after the new one"
    )
    deviations.add_argument("--lists", action="store_true", help="also update files whose top level is a list")
    deviations.add_argument("--any-namespace", action="store_true", help="use the policies of every namespace")
    deviations.add_argument(
        "--strict-flux",
        action="store_true",
        help="fail where Flux's whole run would, for example on an invalid latest image",
    )


def run(arguments: argparse.Namespace) -> int:
    """Update, or show what that would change."""
    gc.disable()  # trees hold no cycles, and the process ends with the run
    package = Package(Path("." if arguments.directory == "-" else arguments.directory))
    found = search(package, secrets=arguments.registry)

    # what takes longest to import, while the files are read
    from fluxmark.output import text, unfollowed
    from fluxmark.update import Options, directory, files

    read = files.read(found(), package, secrets=arguments.registry)
    for line in read.unreadable:
        say(f"skipped: {line}")
    if left := unfollowed.line(read.model):
        say(left)
    clusters = read.model.clusters
    latest, findings = _latest(arguments, clusters)
    wishes = directory.Wishes(
        Options(
            lists=arguments.lists,
            whole=arguments.strict_flux,
            older=_older(clusters) if arguments.no_downgrade else None,
        ),
        any_namespace=arguments.any_namespace,
        strict=arguments.strict_flux,
    )
    outcome = directory.update_package(package, read, latest, wishes)
    dry = arguments.diff or arguments.dry_run
    if not dry:
        for note in package.write({path: new for path, (_, new) in outcome.texts.items()}):
            say(note)
    _show(arguments, outcome, package)
    text.write((*findings, *outcome.findings))
    _summarize(outcome, dry=dry)
    return _status(read.model.clusters, (*findings, *outcome.findings)) if arguments.registry else OK


_POLICY_FAILED = frozenset(("selects-nothing", "no-digest", "invalid-image"))
"""The rules of the findings that a policy has when its latest image is not used."""


def _status(clusters: Sequence[Cluster], findings: Sequence[Finding]) -> int:
    """Return 1 where a policy failed, 2 where all did that Flux would run."""
    said = [finding.message for finding in findings if finding.rule in _POLICY_FAILED]
    running = {
        policy.where: policy.id
        for cluster in clusters
        for policy in cluster.policies
        if policy.spec.get("suspend") is not True
    }
    failed = sum(any(f"{name}: " in message for message in said) for name in running.values())
    if not failed:
        return OK
    return BAD_INPUT if failed == len(running) else A_POLICY_FAILS


def _latest(arguments: argparse.Namespace, clusters: Sequence[Cluster]) -> tuple[Latest, list[Finding]]:
    """Return the latest images of every cluster; without any cluster, those that the command line names."""
    from fluxmark.update import latest_sources

    if arguments.latest is not None:
        images = latest_sources.from_text(*text_or_input(arguments.latest))
        return {name: dict(images) for name in [cluster.name for cluster in clusters] or [""]}, []
    if arguments.tags is not None:
        from fluxmark.select import FileTags, tag_lists

        content, name = text_or_input(arguments.tags)
        tags = FileTags(tag_lists.read(content, name), name)
        found = {cluster.name: latest_sources.from_tags(cluster, tags) for cluster in clusters}
    elif arguments.registry:
        found = {}
        with registries.reading(arguments) as reading:
            for cluster in clusters:
                registry = reading.of(cluster)
                found[cluster.name] = latest_sources.from_tags(
                    cluster, registry, registry.digest, strict=arguments.strict_flux
                )
    else:
        found = {cluster.name: latest_sources.from_status(cluster) for cluster in clusters}
    findings = {(one.rule, one.message): one for _, said in found.values() for one in said}
    shown = latest_sources.summarized(list(findings.values()))
    return {name: images for name, (images, _) in found.items()}, shown


def _older(clusters: Sequence[Cluster]) -> Callable[[str, str, str], bool]:
    """Return what tells whether a policy prefers the present tag; of several clusters' policies any may."""
    from fluxmark.update.downgrade import Ages

    ages = [Ages(cluster) for cluster in clusters]
    return lambda policy, present, selected: any(one.older(policy, present, selected) for one in ages)


def _show(arguments: argparse.Namespace, outcome: Outcome, package: Package) -> None:
    """Print what was asked for to standard output."""
    if arguments.format == "json":
        put(_as_json(outcome, _patch(outcome, package)))
        return
    if arguments.message and outcome.commits:
        # exactly what Flux commits; a diff, or the prompt of a terminal, begins on a line of its own
        ends = outcome.message.endswith("\n") or not (arguments.diff or sys.stdout.isatty())
        put(outcome.message if ends else f"{outcome.message}\n")
    if arguments.diff:
        # git apply skips what is before the first `diff --git`
        put(_patch(outcome, package))
    elif not arguments.message:
        put(
            "".join(
                printable(f"{change.file}:{change.line}: {change.old} -> {change.new} ({change.setter})") + "\n"
                for change in outcome.changes
            )
        )


def _patch(outcome: Outcome, package: Package) -> str:
    from fluxmark.output import diff

    return diff.diff(package, outcome.texts)


def _as_json(outcome: Outcome, patch: str) -> str:
    """Return all changes and messages; and, commit by commit, what Flux commits in which cluster."""
    from fluxmark.golang.text import valid
    from fluxmark.output.json import dumps

    commits: list[dict[str, object]] = [
        {
            "cluster": commit.work.cluster,
            "automation": ":".join(commit.work.name) if commit.work.name[1] else None,
            "policies": sorted({":".join(change.setter.split(":")[:2]) for change in commit.changes}),
            "message": valid(commit.message),
            "changes": [_change(change, commit.work.cluster) for change in commit.changes],
        }
        for commit in outcome.commits
    ]
    changes = [_change(change, commit.work.cluster) for commit in outcome.commits for change in commit.changes]
    data = {"changes": changes, "message": valid(outcome.message), "patch": patch, "commits": commits}
    return dumps(data)


def _change(change: Change, cluster: str) -> dict[str, object]:
    return {
        "cluster": cluster,
        "file": change.file,
        "line": change.line,
        "setter": change.setter,
        "old": change.old,
        "new": change.new,
        "resource": {
            "apiVersion": change.resource.api_version,
            "kind": change.resource.kind,
            "namespace": change.resource.namespace,
            "name": change.resource.name,
        },
    }


def _summarize(outcome: Outcome, *, dry: bool) -> None:
    values, count = len(outcome.changes), len(outcome.texts)
    if not count:
        say("already up to date")
        return
    what = f"{values} {'value' if values == 1 else 'values'} in {count} {'file' if count == 1 else 'files'}"
    say(f"{what} {'would be updated' if dry else 'updated'}")

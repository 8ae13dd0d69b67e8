"""`fluxmark check`: finds mistakes that Flux does not report, in a directory, in files or in manifests."""

from __future__ import annotations

import gc
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from fluxmark.cluster.read import find_root, read_directory, read_text
from fluxmark.commands import CONFIG_NAMES
from fluxmark.flux.releases import known, note
from fluxmark.output import FORMATS, Report, render, unfollowed
from fluxmark.output.stdout import put
from fluxmark.output.text import painter
from fluxmark.rules import settings
from fluxmark.rules.engine import BY_ID, Selection, run as run_rules
from fluxmark.rules.fix import fixed
from krmfn.errors import InputError
from krmfn.functions.streams import say
from krmfn.packages.input_file import text_of, text_or_input
from krmfn.packages.package import Package
from krmfn.resources.result import Severity

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Mapping, Sequence

    from fluxmark.cluster import Repository
    from fluxmark.finding import Finding

DESCRIPTION = """\
Find mistakes that Flux does not report: markers that it ignores, policies that select an older build, templates
that fail at the next commit. `fluxmark explain` describes the rules. `.fluxmark-check.yaml`, in the directory or
above it, excludes files and sets the levels of rules.
"""
OK, FINDINGS = 0, 1
MOST_ROUNDS = 10
"""Rounds of `--fix`: one fixes all that does not touch the same text."""
LEVELS = ("error", "warning", "info")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Define the arguments."""
    parser.add_argument(
        "paths",
        nargs="*",
        metavar="PATH",
        help="a directory, or files, whose findings are shown; `-`: manifests on standard input; "
        "default: current directory",
    )
    parser.add_argument("--format", choices=FORMATS, default=FORMATS[0])
    parser.add_argument(
        "--severity", choices=LEVELS, default="info", help="the lowest severity that is shown (default: info)"
    )
    parser.add_argument(
        "--fail-on",
        choices=(*LEVELS, "never"),
        default="error",
        help="the lowest severity for which the exit status is 1 (default: error)",
    )
    parser.add_argument("--select", action="append", default=[], metavar="RULE,…", help="run only these rules")
    parser.add_argument("--ignore", action="append", default=[], metavar="RULE,…", help="skip these rules")
    parser.add_argument("--fix", action="store_true", help="apply safe fixes, then check again")
    parser.add_argument(
        "--diff", action="store_true", help="with --fix: print the fixes as a diff and write nothing"
    )
    parser.add_argument("--baseline", metavar="FILE", help="report only findings that are not in this baseline")
    parser.add_argument(
        "--update-baseline", action="store_true", help="write today's findings to the file of --baseline"
    )
    parser.add_argument(
        "--tags", metavar="FILE", help="JSON or YAML: {image: [tag, …]}: tags that policies are judged by as well"
    )
    parser.add_argument("--color", choices=("auto", "always", "never"), default="auto")
    parser.add_argument(
        "--flux-version",
        metavar="X.Y",
        help="the Flux version to check for; default: the configured one, else the newest known",
    )


@dataclass(frozen=True, slots=True)
class Target:
    """What is checked. package: None for standard input. files: those whose findings are shown, None for all."""

    package: Package | None
    world: Repository
    settings: settings.Settings
    files: frozenset[str] | None = None

    def findings(self, selection: Selection) -> list[Finding]:
        """Return the findings that are wanted."""
        found = self.settings.apply(run_rules(self.world, selection))
        return [one for one in found if self.files is None or one.file in self.files]


def run(arguments: argparse.Namespace) -> int:
    """Check; return whether there are findings of the severity that counts."""
    gc.disable()  # trees hold no cycles, and collecting them takes longer than parsing
    _check_options(arguments)
    selection = Selection.of(_names(arguments.select), _names(arguments.ignore))
    target = _target(arguments)
    target.world.tags = _tags(arguments.tags)
    found = target.findings(selection)
    if arguments.fix:
        target, found = _fix(target, found, selection, preview=arguments.diff)
    if left := unfollowed.line(target.world.model):
        say(left)
    if arguments.baseline:
        found = _compared(arguments, target, found)
    if not arguments.diff:
        _show(arguments, target, [one for one in found if one.severity in _from(arguments.severity)])
    return FINDINGS if any(one.severity in _from(arguments.fail_on) for one in found) else OK


def _check_options(arguments: argparse.Namespace) -> None:
    if arguments.diff and not arguments.fix:
        arguments.fail("--diff previews fixes: give --fix, too")
    if arguments.update_baseline and not arguments.baseline:
        arguments.fail("--update-baseline writes the file of --baseline: give that, too")
    if arguments.fix and "-" in arguments.paths:
        arguments.fail("--fix writes files, and standard input is not one")


def _target(arguments: argparse.Namespace) -> Target:
    paths = list(map(Path, arguments.paths)) or [Path()]
    version = known(arguments.flux_version) if arguments.flux_version else None
    if assumed := note(version):
        say(assumed)
    if arguments.paths == ["-"]:
        text, name = text_or_input("-")
        return Target(None, read_text(text, f"{name}.yaml", flux_version=version), settings.Settings())
    if len(paths) == 1 and not paths[0].is_file():
        Package(paths[0])  # names a directory that does not exist as the user wrote it
        root, focus = find_root(paths[0])
        files = None
    else:
        root, focus = _common_root(paths), ""
        files = frozenset(path.resolve().relative_to(root.resolve()).as_posix() for path in paths)
    directory = paths[0] if files is None else root
    package = Package(root)
    world = read_directory(package, flux_version=version or _configured(directory), focus=focus)
    return Target(package, world, settings.find(directory, root, BY_ID), files)


def _tags(name: str | None) -> Mapping[str, Sequence[str]]:
    if name is None:
        return {}
    from fluxmark.select import tag_lists

    return tag_lists.read(*text_or_input(name))


def _common_root(paths: Sequence[Path]) -> Path:
    """Return the repository of some files, or the current directory; raises InputError for files outside it."""
    for path in paths:
        if not path.is_file():
            what = "is a directory; give one directory, or files" if path.is_dir() else "does not exist"
            raise InputError(f"{path}: {what}")
    root, _ = find_root(Path())
    for path in paths:
        if not path.resolve().is_relative_to(root.resolve()):
            raise InputError(f"{path}: is outside {root.resolve()}; run in the repository of the files")
    return root


def _fix(
    target: Target, found: list[Finding], selection: Selection, *, preview: bool
) -> tuple[Target, list[Finding]]:
    """Apply the safe fixes until nothing is left to fix; return what there is then. preview: print a diff."""
    package = target.package
    assert package is not None
    texts: dict[str, str] = {}
    applied: list[Finding] = []
    for _ in range(MOST_ROUNDS):
        more, done = fixed(target.world, found)
        if not more:
            break
        texts |= more
        applied += done
        world = read_directory(
            package, flux_version=target.world.flux_version, texts=texts, focus=target.world.focus
        )
        world.tags = target.world.tags
        target = replace(target, world=world)
        found = target.findings(selection)
    _report_fixes(target, package, texts, applied, preview=preview)
    return target, found


def _report_fixes(
    target: Target, package: Package, texts: dict[str, str], applied: Sequence[Finding], *, preview: bool
) -> None:
    """Write the fixed texts, or print them as a diff, and say what was done."""
    verb = "would fix" if preview else "fixed"
    for one in applied:
        what = one.fix.description if one.fix else ""
        say(f"{verb} {one.where}: {what} [{one.rule}]")
    if preview:
        from fluxmark.output.diff import diff

        changes = {path: (package.read(path), new) for path, new in texts.items()}
        put(diff(package, changes, prefix=_prefix(target)))
    elif texts:
        for note in package.write(texts):
            say(note)
        say(f"Fixed {_count(len(applied), 'issue')} in {_count(len(texts), 'file')}")


def _compared(arguments: argparse.Namespace, target: Target, found: list[Finding]) -> list[Finding]:
    """Write the baseline, or return the findings that are not in it."""
    from fluxmark.output import baseline

    report = Report(found, lambda path: target.world.tree.read(path) if path else None)
    file = Path(arguments.baseline)
    if arguments.update_baseline:
        file.write_text(baseline.render(found, report.line_of), encoding="utf-8")
        say(f"{file}: holds {_count(len(found), 'finding')} now")
        return []
    new, gone = baseline.compare(found, text_of(file), str(file), report.line_of)
    if len(new) < len(found):
        say(f"{_count(len(found) - len(new), 'finding')} in the baseline {file}")
    if gone:
        say(f"{_count(gone, 'finding')} of the baseline {file} gone; --update-baseline removes them")
    return new


def _show(arguments: argparse.Namespace, target: Target, found: Sequence[Finding]) -> None:
    prefix, world = _prefix(target), target.world
    shown = [replace(one, file=one.file.removeprefix(prefix)) for one in found] if prefix else found

    def text_of_file(path: str) -> str | None:
        return world.tree.read(prefix + path) if path else None

    scope = _scope(world, arguments)
    paint = painter(sys.stdout, arguments.color)
    put(render(arguments.format, Report(shown, text_of_file, paint, scope)))
    if arguments.format == "text" and not found:
        say(f"No issues found ({scope})")


def _scope(world: Repository, arguments: argparse.Namespace) -> str:
    selection = Selection.of(_names(arguments.select), _names(arguments.ignore))
    files = len({source.path for source in world.sources} | world.tree.unparsed.keys())
    rules = sum(rule in selection for rule in BY_ID)
    clusters = [_count(len(world.clusters), "cluster")] if world.clusters else []
    return ", ".join((_count(files, "file"), *clusters, _count(rules, "rule")))


def _prefix(target: Target) -> str:
    return f"{target.world.focus}/" if target.world.focus else ""


def _from(level: str) -> list[Severity]:
    """Return the severities from the worst to a level; none for `never`."""
    return [] if level == "never" else list(Severity)[: list(Severity).index(Severity(level)) + 1]


def _names(given: Iterable[str]) -> list[str]:
    return [name for names in given for name in names.split(",") if name]


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _configured(directory: Path) -> str | None:
    """Return the Flux version of the directory's configuration; None without one."""
    if not any((directory / name).is_file() for name in CONFIG_NAMES):
        return None
    from fluxmark.commands.load_config import load

    return load(None, directory).flux_version

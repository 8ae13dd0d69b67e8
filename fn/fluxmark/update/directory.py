"""A whole package, as its ImageUpdateAutomations would update it; nothing is written here."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from fluxmark.errors import FluxmarkError
from fluxmark.finding import Finding
from fluxmark.flux.latest_image import refused
from fluxmark.flux.setters.update_text import AS_FLUX, Options, Updated, update
from fluxmark.update.plan import Work, work_of
from krmfn.errors import InputError
from krmfn.packages.process_pool import each
from krmfn.resources.result import Severity
from krmfn.yaml.text import Lines, decode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fluxmark.flux.latest_image import LatestImage
    from fluxmark.flux.value_change import Change
    from fluxmark.update.files import Files
    from fluxmark.update.plan import Latest
    from krmfn.packages.package import Package
    from krmfn.yaml.text import Position

_LIST = re.compile(r"^kind:.*List", re.MULTILINE)
_SHARE = 100
"""How many files are worth a process of their own."""
_LEFT = "skipped, and Flux silently skips the file"


@dataclass(frozen=True, slots=True)
class Wishes:
    """How a run is to differ from Flux. strict: what fails a run of Flux fails this one, too."""

    options: Options = AS_FLUX
    any_namespace: bool = False
    strict: bool = False


@dataclass(slots=True)
class Commit:
    """What one automation changes, and its commit message; '' if it changes nothing.

    A byte of the message that is not UTF-8 is a lone surrogate (`template.render_exact`).
    """

    work: Work
    changes: list[Change] = field(default_factory=list)
    message: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run changes. texts: old and new text by path; commits: of every automation that changes anything."""

    texts: dict[str, tuple[str, str]]
    commits: tuple[Commit, ...]
    findings: tuple[Finding, ...]

    @property
    def changes(self) -> list[Change]:
        """All changes, in the order in which the automations make them."""
        return [change for commit in self.commits for change in commit.changes]

    @property
    def message(self) -> str:
        """The commit message; of several automations one after the other, with an empty line between them."""
        *others, last = [commit.message for commit in self.commits] or [""]
        return "\n\n".join([*(message.rstrip("\n") for message in others), last])


def update_package(package: Package, files: Files, latest: Latest, wishes: Wishes | None = None) -> Outcome:
    """Compute what the automations of a package would commit.

    files: what `files.read` read of it. Raises FluxmarkError for what fails the run, which is something only where
    that is wished.
    """
    return _Run(package, files, wishes or Wishes()).run(latest)


class _Run:
    def __init__(self, package: Package, files: Files, wishes: Wishes) -> None:
        self.package = package
        self.files = files
        self.wishes = wishes
        self.texts: dict[str, tuple[str, str]] = {}
        self.findings: dict[tuple[object, ...], Finding] = {}  # each once: several automations may update a file
        self.skipped: set[str] = set()

    def run(self, latest: Latest) -> Outcome:
        good = {cluster: self._good(images) for cluster, images in latest.items()}
        found, findings = work_of(self.files.model.clusters, good, any_namespace=self.wishes.any_namespace)
        for finding in findings:
            self._say(finding)
        commits = []
        for work in found:
            if work.obstacle:
                name = ":".join(work.name)
                self._fails(
                    "automation-fails",
                    f"ImageUpdateAutomation {name}: Flux commits nothing: {work.obstacle}",
                    work.obstacle,
                )
            located = self._located(work)
            if located is not None:
                commit = Commit(located)
                self._update(commit)
                if commit.changes:
                    commit.message = self._message(commit)
                    commits.append(commit)
        self._say_shared(commits)
        return Outcome(self.texts, tuple(commits), tuple(self.findings.values()))

    def _say_shared(self, commits: list[Commit]) -> None:
        """Say which files several clusters write: each replaces what the other one wrote."""
        first: dict[str, str] = {}
        for commit in commits:
            for change in commit.changes:
                cluster = first.setdefault(change.file, commit.work.cluster)
                if cluster != commit.work.cluster:
                    message = (
                        f"the clusters {cluster or '.'} and {commit.work.cluster or '.'} both update this file; "
                        "the latter's values are kept here, and in Git the two replace each other"
                    )
                    self._say(Finding("shared-file", Severity.WARNING, message, change.file, change.line, 1))

    def _good(self, latest: dict[str, LatestImage]) -> dict[str, LatestImage]:
        """Return the latest images without those that Flux would refuse."""
        bad = refused(latest)
        for policy, why in bad.items():
            self._fails("invalid-image", f"{policy}: skipped: {why}", why)
        return {policy: image for policy, image in latest.items() if policy not in bad} if bad else latest

    def _located(self, work: Work) -> Work | None:
        """Return work with its path resolved, links included; None if the directory does not hold that path."""
        if not work.path:
            return work
        root = self.package.root.resolve()
        name = ":".join(work.name)
        problem = ""
        try:
            target = (root / work.path).resolve()
            problem = "" if target.exists() else "no such file or directory"
        except (OSError, RuntimeError, ValueError) as error:  # links in a circle, a NUL, too long a name
            target, problem = root, getattr(error, "strerror", None) or str(error)
        if problem:
            why = f"walking path for files: lstat {work.path}: {problem}"
            hint = "; its ${…} is filled in by Flux only" if "${" in work.path else ""
            self._fails("update-path", f"ImageUpdateAutomation {name}: skipped: {why}{hint}", why)
            return None
        if not target.is_relative_to(root):
            self._fails(
                "update-path",
                f"ImageUpdateAutomation {name}: skipped: {work.path} leads out of the repository",
                work.path,
            )
            return None
        path = target.relative_to(root).as_posix()
        return replace(work, path="" if path == "." else path)

    def _update(self, commit: Commit) -> None:
        work = commit.work
        if not work.latest:
            return
        paths = [path for path in self.files.marked if path not in self.skipped and work.covers(path)]
        for path, done in zip(paths, each(partial(self._updated, work), paths, share=_SHARE), strict=True):
            if isinstance(done, Finding):
                self.skipped.add(path)
                self._say(done)
                continue
            for finding in done.findings:
                self._say(finding)
            text = self._text(path)
            relative = work.relative(path)
            if "config.kubernetes.io/path" in text and (place := _leftover(text, relative)):
                why = "resource input to function has mismatched legacy and internal path annotations"
                said = f"a path annotation fails every run of Flux: {why}; remove the annotation"
                self._fails("path-annotation", said, why, path, place.line, place.column)
            self._check_list(path, text, changes=bool(done.changes))
            if not done.changes:
                continue
            if "sops" in text:
                self._check_sops(path, text, done.changes)
            if ".." in relative:
                why = f"resource must be written under package {self.package.root / work.path}: {relative}"
                self._fails("dots-in-name", f"the name fails every run of Flux: {why}; rename it", why, path, 1, 1)
            self.texts[path] = self.texts[path][0] if path in self.texts else text, done.text
            commit.changes += done.changes

    def _check_list(self, path: str, text: str, *, changes: bool) -> None:
        """Say which item of a List fails Flux's run; changes: whether something in the file changes."""
        if not _LIST.search(text):
            return
        from fluxmark.flux.setters.list_items import failing  # few files are Lists

        if (found := failing(text)) and (found.always or changes):
            place = Lines(text).position(found.offset)
            self._fails("list-item", found.said, found.why, path, place.line, place.column)

    def _check_sops(self, path: str, text: str, changes: Sequence[Change]) -> None:
        """Warn of the first change in a document that SOPS signs as a whole."""
        from fluxmark.flux.yaml_file import signed_by_sops  # few files are encrypted
        from krmfn.yaml.parser import MapNode, parse

        lines = Lines(text)
        for document in parse(text, path):
            root = document.root
            if not isinstance(root, MapNode) or not signed_by_sops(root):
                continue
            first, last = lines.position(root.start).line, lines.position(root.end).line
            for change in changes:
                if first <= change.line <= last:
                    said = "SOPS signs this file, so with the new value it cannot be decrypted; encrypt it again "
                    said += "with mac_only_encrypted, or move the image to a file that is not encrypted"
                    self._say(Finding("sops-mac", Severity.WARNING, said, path, change.line, 1))
                    break

    def _updated(self, work: Work, path: str) -> Updated | Finding:
        """Return a file's text with the latest images in it; why it cannot be read, where that is so."""
        try:
            return update(self._text(path), work.latest, file=path, options=self.wishes.options)
        except InputError as error:
            return _unreadable(path, error)

    def _text(self, path: str) -> str:
        """Return a file's text, with what was changed in it before."""
        return self.texts[path][1] if path in self.texts else decode(self.files.marked[path], path)

    def _message(self, commit: Commit) -> str:
        """Return the commit message that Flux would write."""
        from fluxmark.flux.template import DEFAULT_TEMPLATE, TemplateError, render_exact

        work = commit.work
        if not work.template:
            return DEFAULT_TEMPLATE
        known = [change._replace(file=work.relative(change.file)) for change in commit.changes]
        try:
            return render_exact(work.template, known, automation=work.name, values=work.values)
        except TemplateError as error:
            why = f"ImageUpdateAutomation {':'.join(work.name)}: Flux could not commit this: {error}"
            self._fails("message-template", f"{why}; its default message is used instead", str(error))
            return DEFAULT_TEMPLATE

    def _fails(self, rule: str, message: str, why: str, path: str = "", line: int = 0, column: int = 0) -> None:
        """Say what fails a run of Flux; fail this one, too, where that is wished."""
        if self.wishes.strict:
            raise FluxmarkError(f"{path}: {why}" if path else why)
        self._say(Finding(rule, Severity.ERROR, message, path, line, column))

    def _say(self, finding: Finding) -> None:
        self.findings[finding.rule, finding.where, finding.message] = finding


def _leftover(text: str, path: str) -> Position | None:
    """Return where the text has a path annotation that names another path."""
    from fluxmark.flux.setters.path_annotations import leftover  # few files have any

    return leftover(text, path)


def _unreadable(path: str, error: InputError) -> Finding:
    """Return an InputError (`path:line:column: what`) as a finding."""
    where, _, what = str(error).split("\n", 1)[0].removeprefix(f"{path}:").partition(": ")
    line, _, column = where.partition(":")
    if not (line.isdigit() and column.isdigit()):
        return Finding("unreadable", Severity.WARNING, f"{_LEFT}: {error}", path)
    return Finding("unreadable", Severity.WARNING, f"{_LEFT}: {what}", path, int(line), int(column))

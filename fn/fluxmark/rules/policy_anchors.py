"""A pattern without `^` or `$` also matches other tags, and one of those is selected.

RE2 looks for the pattern anywhere in the tag. `^1\\.23\\.[0-9]+-k0s\\.[0-9]+` also matches `1.23.16-k0s.1-arm64`,
which is a greater version; `main-[0-9]+$` also matches the builds of the branch `not-main`. The rule reports only
what the evaluator confirms: that Flux selects the other tag.

Fails:
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImagePolicy
    metadata: {name: app, namespace: flux-system}
    spec:
      imageRepositoryRef: {name: app}
      filterTags: {pattern: '^1\\.23\\.[0-9]+-k0s\\.[0-9]+'}
      policy: {semver: {range: 1.23.x-0}}

Passes:
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImagePolicy
    metadata: {name: app, namespace: flux-system}
    spec:
      imageRepositoryRef: {name: app}
      filterTags: {pattern: '^1\\.23\\.[0-9]+-k0s\\.[0-9]+$'}
      policy: {semver: {range: 1.23.x-0}}

Fix: write `^` before and `$` after the pattern.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from fluxmark.rules.ordering import judge
from fluxmark.rules.ordering.evaluator import evaluator
from fluxmark.rules.ordering.fields import fields_of
from fluxmark.rules.ordering.pattern import rows
from fluxmark.rules.ordering.reader import UnknownSyntaxError
from fluxmark.rules.ordering.roles import Role
from fluxmark.rules.ordering.samples import samples
from fluxmark.rules.policies import current_tags, final_policies, pattern_of
from krmfn.resources.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.cluster import Repository
    from fluxmark.finding import Finding
    from fluxmark.rules.ordering.evaluator import Evaluator
    from fluxmark.rules.ordering.pattern import Row

ID: Final = "policy-anchors"
SEVERITY: Final = Severity.WARNING

_TAIL: Final = "-arm64"
_HEAD: Final = "not-"
_SAME_CAUSE: Final = ("open", "hash", "misread", "descending", "left-out")
"""Of these, policy-order reports that the pattern does not say what a tag is made of."""
_SHORTEST_TIME: Final = 8
_NUMBERED: Final = re.compile(r"[A-Za-z][-_.]?[0-9]+[-_.]$")
_REQUEST: Final = re.compile(r"(?:^|[^A-Za-z])(?:pr|pull|mr|merge)[-_.]?$", re.IGNORECASE)
_PATH = ("spec", "filterTags", "pattern")


def check(world: Repository) -> Iterator[Finding]:
    """Yield the patterns whose open end changes what is selected."""
    for policy in final_policies(world):
        pattern, compiled = pattern_of(policy), evaluator(policy.spec)
        if not pattern or compiled is None:
            continue
        known = [tag for tag in current_tags(world, policy) if compiled.admits(tag)]
        verdict = judge(policy.spec, known).order
        if verdict is not None and verdict.cause in _SAME_CAUSE:
            continue
        try:
            found = rows(pattern)
        except UnknownSyntaxError:
            continue
        if not known and (pair := next(filter(None, (_hash_for_time(compiled, row) for row in found)), None)):
            message = (
                f"of {pair[0]} and the newer {pair[1]} Flux would select {pair[0]}: without a '$' this pattern"
            )
            message += " may take the first digits of a commit hash for the key"
            yield policy.report(ID, SEVERITY, _PATH, f"{message}; write the whole tag, with '$' at the end")
        elif all(map(_ends_openly, found)) and (pair := _selected_before(compiled)):
            message = f"without a '$' this pattern takes {pair[1]}, too, and Flux selects it before {pair[0]}"
            yield policy.report(ID, SEVERITY, _PATH, f"{message}; write '$' at the end")
        elif all(map(_begins_openly, found)) and (tag := _other_branch(compiled)):
            message = f"without a '^' this pattern takes {tag}, too, and Flux selects it when it is newer"
            yield policy.report(ID, Severity.INFO, _PATH, f"{message}; write '^' at the beginning")


def _ends_openly(row: Row) -> bool:
    """Tell whether a row reads like a whole tag, and yet is not closed."""
    if len(row) < 2 or not row[-1].is_open:
        return False
    last, role = row[-2], fields_of(row, is_version=False)[-2].role
    return role in (Role.TIME, Role.NUMBER, Role.DIGITS, Role.HASH) or last.text[-1:].isdigit()


def _begins_openly(row: Row) -> bool:
    return len(row) > 1 and row[0].is_open and (bool(row[1].options) or row[1].text[:1].isalpha())


def _selected_before(compiled: Evaluator) -> tuple[str, str] | None:
    """Return a tag that is meant and one that is not, where the second is selected."""
    for tag in samples(compiled.pattern, open_ends=False) or ():
        other = f"{tag}{_TAIL}"
        if compiled.result(tag, other) == "newer" and compiled.confirms(other, tag):
            return tag, other
    return None


def _other_branch(compiled: Evaluator) -> str:
    """Return a tag of another branch that takes part in the selection; '' without one."""
    tags = samples(compiled.pattern, open_ends=False) or ()
    return next((other for tag in tags if compiled.admits(tag) and compiled.admits(other := f"{_HEAD}{tag}")), "")


def _hash_for_time(compiled: Evaluator, row: Row) -> tuple[str, str] | None:
    """Return two tags in the wrong order where a commit hash follows the number of a pull request or issue.

    `^pr-[a-f0-9]+-(?P<ts>[0-9]+)` reads `12` of `pr-12-9abcdef-1700000000` as the hash, and `9` as the time.
    """
    if len(row) < 3 or not row[-1].is_open or not row[-2].is_digits or row[-2].low >= _SHORTEST_TIME:
        return None
    fields = fields_of(row, is_version=False)
    before, hashes = row[-3].text, [field for field in fields if field.role is Role.HASH]
    numbered = not hashes and _NUMBERED.search(before)
    requested = len(hashes) == 1 and len(row) > 4 and row[-4] is hashes[0].part and _REQUEST.search(row[-5].text)
    if not (numbered or requested):
        return None
    head = "".join("12" if field in hashes else field.texts[0] for field in fields[:-2])
    older, newer = f"{head}9abcdef-1700000000", f"{head}1abcdef-1800000000"
    return (older, newer) if compiled.result(older, newer) == "older" and compiled.confirms(older, newer) else None

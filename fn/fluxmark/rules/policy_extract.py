"""`extract` refers to a group that the pattern does not have.

Go's `Regexp.Expand` puts nothing in its place, and says nothing. The name is as long as possible: `$1x` is the
group called `1x`, `$ts_` the one called `ts_`, `$01` the one called `01`. Where all tags give the same text, only
one of them, the smallest, is left to select from.

Fails:
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImagePolicy
    metadata: {name: app, namespace: flux-system}
    spec:
      imageRepositoryRef: {name: app}
      filterTags:
        pattern: '^main-(?P<ts>[0-9]{10})$'
        extract: '$timestamp'
      policy: {alphabetical: {order: asc}}

Passes:
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImagePolicy
    metadata: {name: app, namespace: flux-system}
    spec:
      imageRepositoryRef: {name: app}
      filterTags:
        pattern: '^main-(?P<ts>[0-9]{10})$'
        extract: '$ts'
      policy: {alphabetical: {order: asc}}

Fix: write the name of a group, in braces where a letter, digit or underscore follows: `${1}x`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmark.flux.schema.did_you_mean import nearest
from fluxmark.golang.expand import parse_template
from fluxmark.golang.regexp import RegexpError, compile_pattern
from fluxmark.rules.policies import filter_path, pattern_of
from krmfn.resources.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fluxmark.cluster import Repository
    from fluxmark.finding import Finding
    from fluxmark.golang.expand import Reference

ID: Final = "policy-extract"
SEVERITY: Final = Severity.ERROR


def check(world: Repository) -> Iterator[Finding]:
    """Yield the references to groups that are not there, and extracts without any."""
    for policy in world.policies:
        extract, pattern = policy.get("spec", "filterTags", "extract"), pattern_of(policy)
        if not isinstance(extract, str) or not extract or pattern is None or not policy.is_final:
            continue
        try:
            names = compile_pattern(pattern).names
        except RegexpError:
            continue
        references = parse_template(extract).references
        path = filter_path(policy, "extract")
        if not references:
            message = f"every tag gives the same text, {extract!r}, so Flux can select only one; refer to a group"
            yield policy.report(ID, SEVERITY, path, message + _groups(names))
        for reference in references:
            braced = extract[reference.start + 1 : reference.start + 2] == "{"
            if reference.groups(names) or (braced and policy.uncertain):
                continue
            yield policy.report(
                ID,
                SEVERITY,
                path,
                _message(reference, names, pattern),
                piece=(reference.start, reference.end - reference.start),
            )


def _message(reference: Reference, names: Sequence[str], pattern: str) -> str:
    if not pattern:
        return f"there is no group {reference.name!r}, because there is no pattern: every tag gives nothing here"
    what = f"the pattern has no group {reference.name!r}, so every tag gives nothing here"
    known = [*filter(None, names), *(str(number) for number in range(len(names)))]
    for name in sorted(known, key=len, reverse=True):
        if reference.name.startswith(name) and reference.name != name and reference.number is None:
            return f"{what}; write ${{{name}}}{reference.name[len(name) :]}"
    close = nearest(reference.name, list(filter(None, names)))
    return f"{what}; did you mean ${close[0]}?" if close else what + _groups(names)


def _groups(names: Sequence[str]) -> str:
    named = [f"${name}" for name in names if name]
    if named:
        return f"; it has {', '.join(named)}"
    return f"; it has $1{f' to ${len(names) - 1}' if len(names) > 2 else ''}" if len(names) > 1 else ""

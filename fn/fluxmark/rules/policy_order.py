"""A policy does not order tags by time, so it selects an older build.

Alphabetical policies compare texts, numerical ones floating-point numbers: neither knows what a timestamp is. The
order is right only if what is compared, the whole tag or the text that `extract` makes, grows with every build.
The usual mistakes are a commit hash in front of the timestamp (`extract: $0` is the whole match), versions
compared as text (`9` after `10`) or as numbers (`1.10` is `1.1`), groups glued together, and a descending order.
The message shows two tags that the pattern matches, made up from it, and which of them Flux selects: that is
computed, not guessed.

Fails:
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImagePolicy
    metadata: {name: app, namespace: flux-system}
    spec:
      imageRepositoryRef: {name: app}
      filterTags:
        pattern: '^main-[a-f0-9]{7}-[0-9]{10}$'
        extract: '$0'
      policy: {alphabetical: {order: asc}}

Passes:
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImagePolicy
    metadata: {name: app, namespace: flux-system}
    spec:
      imageRepositoryRef: {name: app}
      filterTags:
        pattern: '^main-[a-f0-9]{7}-(?P<ts>[0-9]{10})$'
        extract: '$ts'
      policy: {numerical: {order: asc}}

Fix: put the part that increases into a group, extract only that, and compare it as a number; use semver for
versions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmark.rules.ordering import judge
from fluxmark.rules.policies import current_tags, filter_path, final_policies, kind_of, pattern_of
from krmfn.resources.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.cluster import Manifest, Repository
    from fluxmark.finding import Finding
    from fluxmark.rules.ordering import Verdict

ID: Final = "policy-order"
SEVERITY: Final = Severity.WARNING


def check(world: Repository) -> Iterator[Finding]:
    """Yield the policies for which there is a counterexample."""
    for policy in final_policies(world):
        if pattern_of(policy) is None:
            continue
        verdict = judge(policy.spec, current_tags(world, policy)).order
        if verdict is None or verdict.cause == "precision":  # policy-number reports that
            continue
        message = (
            f"of {verdict.older} and the newer {verdict.newer} Flux selects {verdict.older}: {verdict.reason}"
        )
        yield policy.report(
            ID,
            Severity.INFO if verdict.cause == "revision" else SEVERITY,
            _place(policy, verdict),
            message + _advice(verdict),
            tags={"cause": verdict.cause, "older": verdict.older, "newer": verdict.newer},
        )


def _place(policy: Manifest, verdict: Verdict) -> tuple[str, ...]:
    """Return the field at fault: the order, the extract, else the pattern."""
    if verdict.cause == "descending":
        return ("spec", "policy", kind_of(policy), "order")
    if policy.get("spec", "filterTags", "extract"):
        return filter_path(policy, "extract")
    return filter_path(policy, "pattern") if policy.get("spec", "filterTags", "pattern") else ("spec", "policy")


def _advice(verdict: Verdict) -> str:
    if verdict.better is None or verdict.cause == "descending":
        return ""
    fields = verdict.better["filterTags"]
    ((kind, options),) = verdict.better["policy"].items()
    choice = ", ".join(f"{name}: '{value}'" for name, value in options.items())
    return f"; write pattern: '{fields['pattern']}', extract: '{fields['extract']}', {kind}: {{{choice}}}"

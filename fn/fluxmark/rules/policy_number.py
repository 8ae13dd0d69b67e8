"""A numerical policy meets tags whose keys are not numbers, or numbers that are too large.

A single tag whose key is not a number fails the whole policy (`failed to parse invalid numeric value`), and Flux
keeps what it had selected. An empty key is not a number either: `[0-9]*` and optional groups let it in. Keys are
64-bit floating-point numbers: above 2^53, that is from 17 digits on, neighbours are the same number, and which of
them Flux selects is chance.

Fails:
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImagePolicy
    metadata: {name: app, namespace: flux-system}
    spec:
      imageRepositoryRef: {name: app}
      filterTags: {pattern: '^build-[0-9]+$'}
      policy: {numerical: {order: asc}}

Passes:
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImagePolicy
    metadata: {name: app, namespace: flux-system}
    spec:
      imageRepositoryRef: {name: app}
      filterTags: {pattern: '^build-(?P<n>[0-9]+)$', extract: '$n'}
      policy: {numerical: {order: asc}}

Fix: extract the digits alone, and require one at least (`[0-9]+`); compare long timestamps of one width
alphabetically.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmark.rules.ordering import judge
from fluxmark.rules.ordering.evaluator import evaluator
from fluxmark.rules.ordering.samples import samples
from fluxmark.rules.policies import current_tags, filter_path, final_policies, kind_of, pattern_of
from krmfn.resources.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.cluster import Manifest, Repository
    from fluxmark.finding import Finding

ID: Final = "policy-number"
SEVERITY: Final = Severity.ERROR


def check(world: Repository) -> Iterator[Finding]:
    """Yield the numerical policies whose keys may not be numbers, or are too large."""
    for policy in final_policies(world):
        pattern = pattern_of(policy)
        if kind_of(policy) != "numerical" or pattern is None:
            continue
        if not pattern and not policy.get("spec", "filterTags", "extract"):
            yield policy.report(
                ID,
                Severity.WARNING,
                ("spec", "policy", "numerical"),
                "without filterTags one tag that is not a number, such as latest, fails this policy; "
                "write a pattern for the numbers, such as '^[0-9]+$'",
            )
            continue
        yield from _of_pattern(world, policy, pattern)


def _of_pattern(world: Repository, policy: Manifest, pattern: str) -> Iterator[Finding]:
    compiled = evaluator(policy.spec)
    if compiled and compiled.extract and not compiled.references:
        return  # policy-extract reports that it refers to no group
    tags = [*current_tags(world, policy), *(samples(pattern, open_ends=False) or ())]
    keys = {key: tag for tag in reversed(tags) if compiled and (key := compiled.key(tag)) is not None}
    wrong = [key for key in reversed(keys) if compiled and compiled.objection(key)]
    path = filter_path(policy, "extract")
    if wrong:
        key, always = wrong[0], len(wrong) == len(keys)
        message = f"of {'the tag' if always else 'a tag such as'} {keys[key]} this policy gets {key!r}, "
        message += "which is not a number, so it fails" if always else "which is not a number and fails all of it"
        yield policy.report(
            ID, SEVERITY if always else Severity.WARNING, path, f"{message}; extract one or more digits"
        )
        return
    verdict = judge(policy.spec, current_tags(world, policy)).order
    if verdict is not None and verdict.cause == "precision":
        message = f"{verdict.reason}, so chance decides between such tags; compare them alphabetically"
        yield policy.report(ID, Severity.WARNING, path, message)

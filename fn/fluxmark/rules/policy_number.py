"""A numerical policy meets what is no number, or numbers that are too large.

A single tag whose key is no number fails the whole policy (`failed to parse invalid numeric value`), and Flux
keeps what it had selected. Keys are 64-bit floating-point numbers: above 2^53, that is from 17 digits on,
neighbours are the same number, and which of them is selected is chance.

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

Fix: extract the digits alone; compare long timestamps of one width alphabetically.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmark.golang.numbers import parse_float
from fluxmark.policy import PolicyError
from fluxmark.policy.factory import filter_of
from fluxmark.rules.ordering.pattern import DIGITS, rows
from fluxmark.rules.ordering.samples import samples
from fluxmark.rules.policies import filter_path, final_policies, kind_of, pattern_of
from krmfn.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.finding import Finding
    from fluxmark.world import Manifest, World

ID: Final = "policy-number"
SEVERITY: Final = Severity.ERROR

_LONG: Final = 17


def check(world: World) -> Iterator[Finding]:
    """Yield the numerical policies whose keys are no numbers, or too large ones."""
    for policy in final_policies(world):
        pattern = pattern_of(policy)
        if kind_of(policy) != "numerical" or pattern is None:
            continue
        if not pattern and not policy.get("spec", "filterTags", "extract"):
            yield policy.report(
                ID,
                Severity.WARNING,
                ("spec", "policy", "numerical"),
                "without filterTags one tag that is no number, such as latest, fails this policy; "
                "write a pattern for the numbers, such as '^[0-9]+$'",
            )
            continue
        yield from _of_pattern(policy, pattern)


def _of_pattern(policy: Manifest, pattern: str) -> Iterator[Finding]:
    try:
        tag_filter = filter_of(policy.spec)
    except PolicyError:
        return
    tags = samples(pattern)
    if not tags or tag_filter is None:
        return
    keys = [(key, tag) for key, tag in tag_filter.pairs(tags) if key]
    numbers = [key for key, _ in keys if parse_float(key) is not None]
    path = filter_path(policy, "extract")
    if keys and not numbers:
        key, tag = keys[0]
        yield policy.report(
            ID,
            SEVERITY,
            path,
            f"of the tag {tag} this policy gets {key!r}, which is no number, so it fails; extract the digits",
        )
    elif long := next((key for key in numbers if _is_long(key) and _has_long_times(pattern)), None):
        yield policy.report(
            ID,
            Severity.WARNING,
            path,
            f"{long} and {_next(long)} are the same number for Flux, so chance decides between such tags; "
            "compare them alphabetically",
        )


def _is_long(key: str) -> bool:
    return key.isdecimal() and len(key) >= _LONG and parse_float(key) == parse_float(_next(key))


def _has_long_times(pattern: str) -> bool:
    """Tell whether a pattern asks for that many digits in a row, rather than letting them be so many."""
    return any(part.chars <= DIGITS and part.low >= _LONG for row in rows(pattern) for part in row if part.chars)


def _next(key: str) -> str:
    return str(int(key) + 1).zfill(len(key))

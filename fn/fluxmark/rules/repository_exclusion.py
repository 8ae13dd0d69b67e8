"""An exclusionList does not compile, or takes the place of the default.

The list is of RE2 patterns, unanchored. One that is invalid fails every scan (`failed to compile regex`). Setting
the list replaces the default `^.*\\.sig$`, so the signatures of cosign (`sha256-….sig`) become tags like any
other, unless the list says so itself; under an alphabetical policy without a filter they win.

Fails:
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImageRepository
    metadata: {name: app, namespace: flux-system}
    spec: {image: example.com/app, interval: 5m0s, exclusionList: ['^nightly']}

Passes:
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImageRepository
    metadata: {name: app, namespace: flux-system}
    spec: {image: example.com/app, interval: 5m0s, exclusionList: ['^nightly', '^.*\\.sig$']}

Fix: correct the pattern; add `^.*\\.sig$`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmark.flux_releases import release_of
from fluxmark.golang.regexp import RegexpError, compile_pattern
from fluxmark.policy import PolicyError
from fluxmark.policy.exclusion import DEFAULT, exclude
from fluxmark.world.manifest import is_templated
from krmfn.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.finding import Finding
    from fluxmark.world import World

ID: Final = "repository-exclusion"
SEVERITY: Final = Severity.ERROR

_PATH = ("spec", "exclusionList")
_SIGNATURE: Final = f"sha256-{'0' * 64}.sig"


def check(world: World) -> Iterator[Finding]:
    """Yield the patterns that are none, and the lists that let signatures in."""
    release = release_of(world.flux_version)
    for repository in world.repositories:
        patterns = repository.get(*_PATH)
        if not isinstance(patterns, list) or not all(isinstance(one, str) for one in patterns):
            continue
        if any(map(is_templated, patterns)) or not world.is_final(repository):
            continue
        for index, pattern in enumerate(patterns):
            try:
                compile_pattern(pattern, angle_groups=release.angle_groups)
            except RegexpError as error:
                message = f"Flux cannot scan this repository: failed to compile regex {pattern}: {error}"
                yield repository.report(ID, SEVERITY, (*_PATH, index), message)
        try:
            lets_in = bool(patterns) and bool(exclude([_SIGNATURE], patterns, release))
        except PolicyError:
            continue
        if lets_in:
            yield repository.report(
                ID,
                Severity.INFO,
                _PATH,
                f"this list takes the place of the default, so signatures (sha256-….sig) count as tags; "
                f"add '{DEFAULT[0]}'",
            )

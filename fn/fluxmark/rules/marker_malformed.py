"""A comment looks like a marker, and Flux ignores it.

Flux reads a marker only if the whole comment is one JSON object, with the key `$imagepolicy` exactly and
a value of the form `namespace:policy`, optionally with `:name`, `:tag` or `:digest`. Anything else is an
ordinary comment to it (kyaml's `fieldmeta.go`): the automation reports "repository up-to-date", and the value
stays as it is.

Fails:
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: app}
    spec:
      template:
        spec:
          containers:
            - name: app
              image: example.com/app:1.0.0 # {"$imagePolicy": "flux-system:app"}

Passes:
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: app}
    spec:
      template:
        spec:
          containers:
            - name: app
              image: example.com/app:1.0.0 # {"$imagepolicy": "flux-system:app"}

Fix: write the comment as the message shows it. `--fix` does so if the meaning is clear; other text in the
comment moves to a line above.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmark.cluster import Spot
from fluxmark.finding import Fix
from fluxmark.flux import marker as markers
from krmfn.resources.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.cluster import Marker, Repository
    from fluxmark.finding import Finding
    from fluxmark.flux.marker import Problem
    from krmfn.yaml.edit import Editor

ID: Final = "marker-malformed"
SEVERITY: Final = Severity.ERROR


def check(world: Repository) -> Iterator[Finding]:
    """Yield every comment that looks like a marker and is none."""
    for marker in world.markers:
        if marker.problem is None or marker.spot is Spot.TEXT:
            continue
        problem = _with_namespace(world, marker) or marker.problem
        start = marker.comment.start + problem.offset
        write = f"; write {problem.proposed}" if problem.proposed else ""
        yield marker.source.finding(
            ID,
            SEVERITY,
            (start, start + problem.length),
            problem.message + write,
            resource=marker.manifest.ref if marker.manifest else None,
            path=marker.path,
            current=marker.comment.text,
            proposed=problem.proposed,
            tags={"problem": problem.code},
            fix=_fix(marker, problem),
        )


def _with_namespace(world: Repository, marker: Marker) -> Problem | None:
    """Look again with the namespace of the policies, if they all are in one."""
    namespaces = {policy.namespace for policy in world.policies}
    return markers.diagnose(marker.comment.text, namespace=namespaces.pop()) if len(namespaces) == 1 else None


def _fix(marker: Marker, problem: Problem) -> Fix | None:
    node, proposed = marker.node, problem.proposed
    if node is None or proposed is None or marker.spot is not Spot.VALUE:
        return None

    def apply(editor: Editor) -> None:
        editor.set_line_comment(node, proposed)
        if problem.lost:
            editor.add_head_comment(node, problem.lost)

    return Fix(f"write {proposed}", apply)

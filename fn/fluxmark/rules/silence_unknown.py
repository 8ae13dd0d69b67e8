"""A comment suppresses a rule that does not exist.

`# fluxmark: ignore[rule]` suppresses a rule on its line and the next, `# fluxmark: ignore-file[rule]` in the whole
file. A misspelt name suppresses nothing.

Fails:
    # fluxmark: ignore[marker-imge]
    image: example.com/app:1.0.0 # {"$imagepolicy": "flux-system:app"}

Passes:
    # fluxmark: ignore[marker-image]
    image: example.com/app:1.0.0 # {"$imagepolicy": "flux-system:app"}

Fix: write the name as it is in the finding.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmark.flux.schema.did_you_mean import nearest
from fluxmark.rules.suppressions import silencers
from krmfn.resources.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.cluster import Repository
    from fluxmark.finding import Finding

ID: Final = "silence-unknown"
SEVERITY: Final = Severity.WARNING


def check(world: Repository) -> Iterator[Finding]:
    """Yield the names in suppressing comments that no rule has."""
    from fluxmark.rules.registry import RULES  # the registry imports this module

    known = {rule.ID for rule in RULES}
    for source in world.sources:
        for _, name, start, end in silencers(source):
            if name not in known:
                close = nearest(name, known)
                hint = f"; did you mean {close[0]}?" if close else ""
                yield source.finding(ID, SEVERITY, (start, end), f"there is no rule {name!r}{hint}")

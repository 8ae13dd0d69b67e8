"""Which of two tags is the older one, as the policy that selects them sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmark.flux.policy import PolicyError, latest

if TYPE_CHECKING:
    from fluxmark.cluster.cluster import Cluster


class Ages:
    """Compares tags through the policies of a cluster."""

    def __init__(self, cluster: Cluster) -> None:
        self._policies = {policy.id: policy for policy in cluster.policies}

    def older(self, policy: str, present: str, selected: str) -> bool:
        """Tell whether the policy would choose the present tag over the one that was selected.

        Where it would not consider one of them (another branch's tag, a version out of range), or is not known,
        there is nothing to compare, and neither is older.
        """
        found = self._policies.get(policy)
        if found is None or present == selected:
            return False
        try:
            both = latest(found.spec, [present, selected])
            alone = latest(found.spec, [selected])
        except PolicyError:
            return False
        return alone.tag == selected and both.tag == present and not both.ties

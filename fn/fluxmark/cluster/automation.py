"""What an ImageUpdateAutomation updates: in which repository, below which path, from which policies.

Source: image-automation-controller 1.2, `internal/controller/imageupdateautomation_controller.go` (getPolicies):
the policies of its own namespace that `policySelector` selects; `internal/source/source.go`: `update.path` is
joined to the repository's root and cannot leave it.
"""

from __future__ import annotations

import enum
import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fluxmark.cluster.git import repository_name
from fluxmark.cluster.label_selector import Selector, SelectorError, selector
from fluxmark.cluster.manifest import DEFAULT_NAMESPACE, is_templated
from fluxmark.flux.api_groups import GIT_REPOSITORY

if TYPE_CHECKING:
    from fluxmark.cluster.cluster import Cluster
    from fluxmark.cluster.manifest import Manifest


class Origin(enum.Enum):
    """Whose files a source holds."""

    OWN = "this repository"
    OTHER = "another repository"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Scope:
    """What one automation updates in one cluster.

    path: below which files are updated, relative to the repository's root and normalised, '' for all of them; None
    where it is not known. source: the GitRepository, None if the repository does not hold it. origin: whether
    that is the repository at hand. branch: that is pushed to, '' if it is not known. selects: the policy
    selector, None if Kubernetes refuses it, and `selector_error` says why.
    """

    cluster: Cluster
    automation: Manifest
    path: str | None
    source: Manifest | None
    origin: Origin
    branch: str
    selects: Selector | None
    selector_error: str = ""

    @property
    def namespace(self) -> str:
        """The namespace whose policies count."""
        return self.automation.namespace or DEFAULT_NAMESPACE

    @property
    def is_suspended(self) -> bool:
        """Whether Flux runs it at all."""
        return self.automation.get("spec", "suspend") is True

    def covers(self, path: str) -> bool | None:
        """Tell whether a file of this repository is updated; None if that is not known."""
        if self.origin is Origin.OTHER:
            return False
        if self.path is None:
            return None
        return is_below(path, self.path)

    def takes(self, policy: Manifest) -> bool:
        """Tell whether a policy of the cluster is one of those whose images are written."""
        if (policy.namespace or DEFAULT_NAMESPACE) != self.namespace or self.selects is None:
            return False
        labels = policy.labels
        return self.selects.selects({str(key): str(value) for key, value in labels.items()})

    @property
    def policies(self) -> list[Manifest]:
        """The policies whose images are written."""
        return [policy for policy in self.cluster.policies if self.takes(policy)]


def scope_of(automation: Manifest, cluster: Cluster) -> Scope:
    """Return what an automation of a cluster updates."""
    selects, why = None, ""
    try:
        selects = selector(automation.get("spec", "policySelector"))
    except SelectorError as error:
        why = f"failed to parse policy selector: {error}"
    source = source_of(automation, cluster)
    return Scope(
        cluster,
        automation,
        update_path(automation),
        source,
        origin_of(source, cluster.own),
        _branch(automation, source),
        selects,
        why,
    )


def update_path(automation: Manifest) -> str | None:
    """Return what an automation updates, relative to the repository's root, '' for all of it; None if not
    known."""
    text = automation.get("spec", "update", "path")
    if text is None:
        return ""
    if not isinstance(text, str) or is_templated(text):
        return None
    return normal_path(text)


def normal_path(path: str) -> str:
    """Return a path of the repository as Flux takes it: relative to the root, '' for the root; `..` stops
    there."""
    return posixpath.normpath(f"/{path}").lstrip("/")


def is_below(path: str, directory: str) -> bool:
    """Tell whether a path is a directory ('' is the root), or lies below it."""
    return not directory or path == directory or path.startswith(f"{directory}/")


def source_of(automation: Manifest, cluster: Cluster) -> Manifest | None:
    """Return the GitRepository that an automation checks out; None if the repository does not hold it."""
    ref = automation.get("spec", "sourceRef")
    if not isinstance(ref, dict) or ref.get("kind", GIT_REPOSITORY) != GIT_REPOSITORY:
        return None
    return cluster.get(GIT_REPOSITORY, str(ref.get("namespace") or automation.namespace), str(ref.get("name", "")))


def origin_of(source: Manifest | None, own: frozenset[str]) -> Origin:
    """Tell whether a GitRepository is the repository at hand; own: the names of its remotes."""
    url = source.get("spec", "url") if source is not None else None
    if not isinstance(url, str) or is_templated(url) or not own:
        return Origin.UNKNOWN
    name = repository_name(url)
    if not name:
        return Origin.UNKNOWN
    return Origin.OWN if name in own else Origin.OTHER


def _branch(automation: Manifest, source: Manifest | None) -> str:
    """Return the branch that is pushed to; '' if it is not known."""
    git: Any = automation.get("spec", "git")
    push = automation.get("spec", "git", "push", "branch")
    own = automation.get("spec", "git", "checkout", "ref") if isinstance(git, dict) else None
    ref = own if isinstance(own, dict) else source.get("spec", "ref") if source is not None else None
    branch = push or (ref.get("branch") if isinstance(ref, dict) else "master" if source is not None else "")
    return branch if isinstance(branch, str) and not is_templated(branch) else ""

"""Why Flux does nothing with a resource, in the wording of its conditions; '' if nothing is known to stop it.

Source: image-reflector-controller 1.2 `internal/controller` and fluxcd/pkg/runtime `acl` (access to a repository);
image-automation-controller 1.2 `internal/controller` and `internal/source/git.go` (what starts a run).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from fluxmark import image
from fluxmark.cluster.manifest import is_templated
from fluxmark.flux.providers import PROVIDERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.cluster.automation import Scope
    from fluxmark.cluster.manifest import Manifest

_NAME = "kubernetes.io/metadata.name"
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://")


def of_policy(policy: Manifest, repository: Manifest) -> str:
    """Return what keeps an ImagePolicy from selecting a tag of its ImageRepository."""
    return next(_of_policy(policy, repository), "")


def _of_policy(policy: Manifest, repository: Manifest) -> Iterator[str]:
    for one in (policy, repository):
        if fault := refused(one):
            yield f"{one.where}: the API server refuses {one.described}: {fault}"
    if fault := denied(policy, repository):
        yield fault
    if fault := bad_image(repository):
        yield f"{repository.where}: {fault}"
    if fault := foreign_provider(repository):
        yield f"{repository.where}: scan failed: {fault}"
    if repository.get("spec", "suspend") is True:
        said = f"{repository.described} is suspended, so Flux does not scan it"
        yield f"{repository.where}: no tags in database: {said}"


def of_automation(scope: Scope) -> str:
    """Return what keeps every run of an ImageUpdateAutomation from starting."""
    automation = scope.automation
    if not automation.is_final or automation.api_version.endswith("/v1alpha1"):
        return ""  # v1alpha1 has other fields
    if fault := refused(automation):
        return f"the API server refuses {automation.described}: {fault}"
    if automation.get("spec", "git") is None:
        return "source kind 'GitRepository' necessitates field .spec.git: invalid source configuration"
    if missing_source(scope):
        name = automation.text("spec", "sourceRef", "name")
        return (
            "failed configuring source manager: referenced git repository does not exist: "
            f'GitRepository.source.toolkit.fluxcd.io "{name}" not found'
        )
    if has_no_branch(scope):
        return (
            "push spec not provided, and cannot be inferred from .spec.git.checkout.ref or GitRepository .spec.ref"
        )
    return ""


def refused(one: Manifest) -> str:
    """Return the first thing for which the API server refuses a resource."""
    from fluxmark.flux import schema

    if not one.is_final:
        return ""
    for error in schema.validate(one.data):
        templated = any(is_templated(one.get(*error.path[:end])) for end in range(1, len(error.path) + 1))
        if error.kind is schema.ErrorKind.INVALID and not templated:
            return str(error)
    return ""


def denied(policy: Manifest, repository: Manifest) -> str:
    """Return why a policy may not read a repository of another namespace."""
    here, there = policy.namespace, repository.namespace
    if here == there or is_templated(here + there):
        return ""
    name = f"{there}/{repository.name}"
    access = repository.get("spec", "accessFrom")
    if not access:
        return f"access denied: '{name}' can't be accessed due to missing ACL labels on 'accessFrom'"
    selectors = access.get("namespaceSelectors") if isinstance(access, dict) else None
    if any(_may_select(one, here) for one in (selectors if isinstance(selectors, list) else [])):
        return ""
    return f"access denied: '{name}' can't be accessed due to ACL labels mismatch on namespace '{here}'"


def _may_select(selector: Any, namespace: str) -> bool:
    """Tell whether a selector may match a namespace; of its labels only the name is known."""
    labels = selector.get("matchLabels") if isinstance(selector, dict) else None
    wanted = labels.get(_NAME, namespace) if isinstance(labels, dict) else namespace
    return wanted == namespace or is_templated(wanted)


def bad_image(repository: Manifest) -> str:
    """Return what is wrong with the image of a repository: a scheme, a tag or a digest."""
    text = repository.text("spec", "image")
    if not text or is_templated(text):
        return ""
    if scheme := _SCHEME.match(text):
        return f"image '{text}' should not include a URL scheme; remove '{scheme[0]}'"
    try:
        rest = text[len(image.parse(text).name) :]
    except image.ImageError:
        return ""  # the tags cannot be found either
    return (
        f"image '{text}' should not include a {'digest' if '@' in rest else 'tag'}; remove '{rest}'"
        if rest
        else ""
    )


def foreign_provider(repository: Manifest) -> str:
    """Return why a repository's provider has no credentials for its host."""
    provider = repository.text("spec", "provider")
    text = repository.text("spec", "image")
    is_its = PROVIDERS.get(provider)
    if is_its is None or is_templated(text):
        return ""
    try:
        host = image.parse(text).registry
    except image.ImageError:
        return ""
    return "" if is_its(host) else f"{host} is not a registry of provider {provider}"


def missing_source(scope: Scope) -> bool:
    """Tell whether the cluster should hold the GitRepository of an automation, and does not.

    It should where it holds others and all of it is known.
    """
    automation, cluster = scope.automation, scope.cluster
    name = automation.text("spec", "sourceRef", "name")
    namespace = automation.text("spec", "sourceRef", "namespace") or automation.namespace
    if not name or scope.source is not None or is_templated(name + namespace):
        return False
    others = cluster.git_repositories
    return (
        bool(others) and cluster.is_complete and not any(is_templated(one.name + one.namespace) for one in others)
    )


def has_no_branch(scope: Scope) -> bool:
    """Tell whether an automation has no branch to push to."""
    automation, source = scope.automation, scope.source
    if automation.get("spec", "git", "push", "branch"):
        return False
    ref = automation.get("spec", "git", "checkout", "ref")
    if ref is None and source is not None and source.is_final:
        ref = source.get("spec", "ref")
    return isinstance(ref, dict) and not ref.get("branch")

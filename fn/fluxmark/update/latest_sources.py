"""Where latest images come from: a file, the status of policies, or what policies select from tags."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from fluxmark.errors import FluxmarkError
from fluxmark.finding import Finding
from fluxmark.flux.api_groups import POLICY
from fluxmark.flux.latest_image import LatestImage
from fluxmark.flux.marker import MarkerError, Setter
from fluxmark.mapping_file import MappingFile
from krmfn.resources.result import Severity
from krmfn.yaml.parser import MapNode, ScalarNode, follow

if TYPE_CHECKING:
    from collections.abc import Callable

    from fluxmark.cluster.cluster import Cluster
    from fluxmark.cluster.manifest import Manifest
    from fluxmark.select import TagSource

Digest: TypeAlias = "Callable[[Manifest, str], tuple[str, tuple[str, ...]]]"
"""Finds the digest of a tag of a repository, and says what Flux refuses of the answer."""

_KEYS = ("name", "tag", "digest")
_EXPECTED = '{"namespace:policy": {"name": …, "tag": …, "digest": …}}'
NEVER, IF_NOT_PRESENT = "Never", "IfNotPresent"


def from_text(text: str, name: str) -> dict[str, LatestImage]:
    """Read latest images from JSON or YAML. Values are taken as they are written: 1.20 is the tag `1.20`.

    What kubectl prints of ImagePolicies counts by their status.

    name: of the file. Raises InputError (`name:line:column`) where the text has another form.
    """
    if POLICY in text:
        from fluxmark.select import live

        policies = [one for one in live.resources(text, name) if one.kind == POLICY]
        if policies:
            images = {policy.id: live.latest_image(policy) for policy in policies}
            return {key: image for key, image in images.items() if image is not None}
    given_file = MappingFile(text, name, f"expected latest images: {_EXPECTED}")
    found = {}
    for key, value in given_file.root.pairs:
        parts = follow(value)
        if not isinstance(key, ScalarNode) or not _is_policy(key.value):
            given_file.fail(key, f"a policy is expected: {_EXPECTED}")
        if not isinstance(parts, MapNode):
            given_file.fail(value, f"the name and the tag of {key.value}'s latest image are expected")
        image = dict.fromkeys(_KEYS, "")
        for part, given in parts.pairs:
            if not isinstance(part, ScalarNode) or part.value not in _KEYS:
                given_file.fail(part, f"one of {', '.join(_KEYS)} is expected")
            said = follow(given)
            if not isinstance(said, ScalarNode):
                given_file.fail(given, f"the {part.value} of {key.value}'s latest image is expected")
            image[part.value] = "" if said.value in ("null", "~") and not said.style else said.value
        if not image["name"] or not image["tag"]:
            given_file.fail(value, f"{key.value}'s latest image needs a name and a tag")
        found[key.value] = LatestImage(**image)
    return found


_NO_STATUS = (
    "it has no status.latestRef: Flux writes that in the cluster, not in Git; use --latest, --tags or --registry"
)


def from_status(cluster: Cluster) -> tuple[dict[str, LatestImage], list[Finding]]:
    """Take the latest images that Flux wrote into the status of a cluster's policies."""
    found = {}
    findings = []
    for policy in cluster.policies:
        try:
            image = _status(policy)
        except ValueError as error:
            findings.append(_left(policy, "latest-ref", f"status.latestRef {error}", Severity.WARNING))
            continue
        if image is None:
            findings.append(_left(policy, "no-latest-image", _NO_STATUS, Severity.INFO))
        else:
            found[policy.id] = image
    return found, findings


def summarized(findings: list[Finding]) -> list[Finding]:
    """Return findings with one for all policies that have no latest image: in Git none of them has."""
    without = [finding for finding in findings if finding.rule == "no-latest-image"]
    if len(without) < 2:
        return findings
    message = (
        f"{len(without)} policies have no status.latestRef: Flux writes that in the cluster, not in Git; "
        "use --latest, --tags or --registry"
    )
    others = [finding for finding in findings if finding.rule != "no-latest-image"]
    return [*others, Finding("no-latest-image", Severity.INFO, message)]


def from_tags(
    cluster: Cluster, source: TagSource, digest: Digest | None = None, *, strict: bool = False
) -> tuple[dict[str, LatestImage], list[Finding]]:
    """Select the latest images from tags, as the cluster's policies do.

    A policy that fails keeps the latest image of its status, as in Flux. digest: finds the digest of a tag of a
    repository, for policies that reflect it; without it they keep theirs. strict: a policy fails where Flux cannot
    read the registry, though fluxmark could.
    """
    from fluxmark.select import select

    found, findings = from_status(cluster)
    findings = [finding for finding in findings if finding.rule != "no-latest-image"]
    for report in select(cluster, source, strict=strict):
        policy = report.policy
        if policy.get("spec", "suspend") is True:
            findings.append(_left(policy, "suspended", "suspended, so Flux selects nothing new", Severity.INFO))
            continue
        repository = cluster.repository_of(policy)
        if repository is not None and repository.get("spec", "suspend") is True:
            said = f"its {repository.described} is suspended, so Flux selects nothing new"
            findings.append(_left(policy, "suspended", said, Severity.INFO))
            continue
        selection = report.explanation.selection if report.explanation else None
        if report.error or selection is None:
            findings.append(_left(policy, "selects-nothing", report.error, Severity.ERROR))
            continue
        key = policy.id
        image = LatestImage(report.image, selection.tag)
        try:
            image, refused = _with_digest(image, policy, cluster, found.get(key), digest)
        except FluxmarkError as error:
            findings.append(_left(policy, "no-digest", str(error), Severity.ERROR))
            continue
        if refused and strict:
            findings.append(_left(policy, "no-digest", refused[0], Severity.ERROR))
            continue
        found[key] = image
        for what in (*report.refused, *refused):
            findings.append(_left(policy, "registry-refused", what, Severity.WARNING))
    return found, findings


def _with_digest(
    image: LatestImage,
    policy: Manifest,
    cluster: Cluster,
    before: LatestImage | None,
    digest: Digest | None,
) -> tuple[LatestImage, tuple[str, ...]]:
    """Return an image with its digest where the policy reflects it, and what Flux refuses of the answer.

    Raises FluxmarkError if no digest is known.
    """
    reflection = policy.spec.get("digestReflectionPolicy") or NEVER
    if reflection == NEVER:
        return image, ()
    known = before is not None and before.digest and (before.name, before.tag) == (image.name, image.tag)
    if known and reflection == IF_NOT_PRESENT:
        return before or image, ()
    repository = cluster.repository_of(policy)
    if digest is None or repository is None:
        raise FluxmarkError(
            "skipped: its digest cannot be known from tags; give it with --latest, or use --registry"
        )
    text, refused = digest(repository, image.tag)
    return replace(image, digest=text), refused


def _status(policy: Manifest) -> LatestImage | None:
    data = policy.get("status", "latestRef")
    return None if data is None else LatestImage.from_data(data)


def _is_policy(text: str) -> bool:
    try:
        return not Setter.parse(text).suffix
    except MarkerError:
        return False


def _left(policy: Manifest, rule: str, message: str, severity: Severity) -> Finding:
    return Finding(rule, severity, f"{policy.where}: ImagePolicy {policy.id}: {message}")

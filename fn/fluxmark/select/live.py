"""What a cluster selects now: `kubectl get imagepolicies,imagerepositories -A -o json`, or yaml.

Source of the fields: image-reflector-controller, api/v1, ImagePolicyStatus and ImageRepositoryStatus.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmark.cluster.manifest import Manifest
from fluxmark.cluster.source import Source
from fluxmark.flux.api_groups import GROUP, POLICY, REPOSITORY
from fluxmark.flux.latest_image import LatestImage
from fluxmark.image import ImageError, parse
from fluxmark.select.select import PolicyReport
from krmfn.yaml.parser import MapNode, SeqNode, follow

if TYPE_CHECKING:
    from collections.abc import Iterator


def resources(text: str, name: str) -> list[Manifest]:
    """Return the image resources that kubectl prints, in a List or one alone; none where the text is no such."""
    source = Source(name, text)
    found = []
    for document in source.documents:
        root = follow(document.root) if document.root is not None else None
        if not isinstance(root, MapNode) or not Manifest(source, root).kind:
            continue
        items = root.get("items")
        nodes = items.items if isinstance(items, SeqNode) else [root]
        found += [Manifest(source, node) for node in map(follow, nodes) if isinstance(node, MapNode)]
    return [one for one in found if one.group == GROUP and one.kind in (POLICY, REPOSITORY)]


def latest_image(policy: Manifest) -> LatestImage | None:
    """Return the latest image in a policy's status, of any API version; None if there is none."""
    data = policy.get("status", "latestRef")
    if data is not None:
        return LatestImage.from_data(data)
    try:
        ref = parse(policy.text("status", "latestImage"))
    except ImageError:
        return None
    return LatestImage(ref.name, ref.tag, ref.digest)


def reports(found: list[Manifest]) -> Iterator[PolicyReport]:
    """Yield what each policy selects in the cluster, with the message of one that is not ready."""
    repositories = {one.id: one for one in found if one.kind == REPOSITORY}
    for policy in found:
        if policy.kind != POLICY:
            continue
        image = latest_image(policy)
        ref = policy.get("spec", "imageRepositoryRef")
        ref = ref if isinstance(ref, dict) else {}
        repository = repositories.get(f"{ref.get('namespace') or policy.namespace}:{ref.get('name')}")
        name = image.name if image else repository.text("spec", "image") if repository else ""
        error = _not_ready(policy) or ("" if image else "the cluster has not selected a tag yet")
        yield PolicyReport(policy, name, error=error, live=image.tag if image else "")


def _not_ready(policy: Manifest) -> str:
    conditions = policy.get("status", "conditions")
    for condition in conditions if isinstance(conditions, list) else ():
        if isinstance(condition, dict) and (condition.get("type"), condition.get("status")) == ("Ready", "False"):
            return str(condition.get("message") or condition.get("reason") or "not ready")
    return ""

"""Flux's Kustomizations: where a cluster starts, and what each of them applies.

Source: kustomize-controller 1.9, `internal/controller/kustomization_controller.go` (reconcile, generate, build),
and `github.com/fluxcd/pkg/kustomize` (generator). A FluxInstance with `spec.sync` stands for a GitRepository and a
Kustomization (flux-operator, `internal/builder/templates.go`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fluxmark.cluster.automation import normal_path
from fluxmark.cluster.manifest import DEFAULT_NAMESPACE, Manifest, is_templated
from fluxmark.flux.api_groups import FLUX_KUSTOMIZE_GROUP, OPERATOR_GROUP, SOURCE_GROUP

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fluxmark.kustomize import FluxSettings

KUSTOMIZATION, INSTANCE = "Kustomization", "FluxInstance"


def entries(manifests: Iterable[Manifest]) -> list[Manifest]:
    """Return the Kustomizations of Flux among resources; and those that a FluxInstance stands for."""
    found = []
    for manifest in manifests:
        if manifest.group == FLUX_KUSTOMIZE_GROUP and manifest.kind == KUSTOMIZATION:
            found.append(manifest)
        elif manifest.group == OPERATOR_GROUP and manifest.kind == INSTANCE:
            found += [one for one in synchronised(manifest) if one.kind == KUSTOMIZATION]
    return found


def synchronised(instance: Manifest) -> list[Manifest]:
    """Return the source and the Kustomization that a FluxInstance makes of its `spec.sync`; none without it."""
    sync = instance.get("spec", "sync")
    if not isinstance(sync, dict) or not isinstance(sync.get("path"), str):
        return []
    namespace = instance.namespace or DEFAULT_NAMESPACE
    metadata = {"name": str(sync.get("name") or namespace), "namespace": namespace}
    kind = str(sync.get("kind") or "GitRepository")
    ref = str(sync.get("ref") or "")
    branch = ref.removeprefix("refs/heads/") if ref.startswith("refs/heads/") else ""
    source = {
        "apiVersion": f"{SOURCE_GROUP}/v1",
        "kind": kind,
        "metadata": metadata,
        "spec": {"url": sync.get("url"), "ref": {"branch": branch} if branch else {"name": ref}},
    }
    kustomization = {
        "apiVersion": f"{FLUX_KUSTOMIZE_GROUP}/v1",
        "kind": KUSTOMIZATION,
        "metadata": metadata,
        "spec": {"path": sync["path"], "sourceRef": {"kind": kind, "name": metadata["name"]}},
    }
    return [Manifest(instance.source, instance.root, given=given) for given in (source, kustomization)]


def path_of(kustomization: Manifest) -> str | None:
    """Return the directory that a Kustomization applies; None if it is not known."""
    text = kustomization.get("spec", "path")
    if text is None:
        return ""
    return normal_path(text) if isinstance(text, str) and not is_templated(text) else None


def source_name(kustomization: Manifest) -> tuple[str, str, str]:
    """Return kind, namespace and name of the source that a Kustomization applies."""
    ref = kustomization.get("spec", "sourceRef")
    ref = ref if isinstance(ref, dict) else {}
    namespace = ref.get("namespace") or kustomization.namespace
    return str(ref.get("kind", "")), str(namespace), str(ref.get("name", ""))


def settings_of(
    kustomization: Manifest, values_of: Callable[[str, str, str], dict[str, str] | None], ignore: str | None = None
) -> FluxSettings:
    """Return what a Kustomization adds to the build of its directory.

    values_of: returns the data of a ConfigMap or Secret by kind, namespace and name; None if it is not known.
    ignore: the patterns that its source leaves out.
    """
    from fluxmark.kustomize import FluxSettings

    spec = kustomization.spec
    metadata = _mapping(spec.get("commonMetadata"))
    build = spec.get("postBuild")
    return FluxSettings(
        namespace=_text(spec.get("targetNamespace")),
        name_prefix=_text(spec.get("namePrefix")),
        name_suffix=_text(spec.get("nameSuffix")),
        patches=tuple(_list(spec.get("patches"))),
        images=tuple(_list(spec.get("images"))),
        components=tuple(str(one) for one in _list(spec.get("components"))),
        common_labels=_mapping(metadata.get("labels")),
        common_annotations=_mapping(metadata.get("annotations")),
        ignore=ignore,
        substitute=None if not isinstance(build, dict) else _variables(kustomization, build, values_of),
        any_unknown=isinstance(build, dict) and _has_unknown(kustomization, build, values_of),
        ignore_missing_components=spec.get("ignoreMissingComponents") is True,
        spec=kustomization.spec_tree,
    )


def _variables(
    kustomization: Manifest, build: dict[str, Any], values_of: Callable[[str, str, str], dict[str, str] | None]
) -> dict[str, str]:
    """Return the variables that are known; those of `substitute` win over all that `substituteFrom` names."""
    found: dict[str, str] = {}
    for kind, name in _references(build):
        found |= values_of(kind, kustomization.namespace, name) or {}
    return found | {str(key): str(value) for key, value in _mapping(build.get("substitute")).items()}


def _has_unknown(
    kustomization: Manifest, build: dict[str, Any], values_of: Callable[[str, str, str], dict[str, str] | None]
) -> bool:
    """Tell whether variables come from what this repository does not hold."""
    return any(values_of(kind, kustomization.namespace, name) is None for kind, name in _references(build))


def _references(build: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        (str(one.get("kind", "")), str(one.get("name", "")))
        for one in _list(build.get("substituteFrom"))
        if isinstance(one, dict)
    ]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}

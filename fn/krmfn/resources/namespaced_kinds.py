"""Which of Kubernetes' own kinds belong into a namespace.

Source: the scopes in Kubernetes' API reference, https://kubernetes.io/docs/reference/kubernetes-api/; kyaml's
table (openapi.go, precomputedIsNamespaceScoped), which the Go SDK copies, says the same of the kinds that it has.
"""

from __future__ import annotations

_CLUSTER = {
    "": ("ComponentStatus", "Namespace", "Node", "PersistentVolume"),
    "admissionregistration.k8s.io": (
        "MutatingAdmissionPolicy",
        "MutatingAdmissionPolicyBinding",
        "MutatingWebhookConfiguration",
        "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding",
        "ValidatingWebhookConfiguration",
    ),
    "apiextensions.k8s.io": ("CustomResourceDefinition",),
    "apiregistration.k8s.io": ("APIService",),
    "authentication.k8s.io": ("SelfSubjectReview", "TokenReview"),
    "authorization.k8s.io": ("SelfSubjectAccessReview", "SelfSubjectRulesReview", "SubjectAccessReview"),
    "certificates.k8s.io": ("CertificateSigningRequest", "ClusterTrustBundle"),
    "flowcontrol.apiserver.k8s.io": ("FlowSchema", "PriorityLevelConfiguration"),
    "internal.apiserver.k8s.io": ("StorageVersion",),
    "networking.k8s.io": ("IPAddress", "IngressClass", "ServiceCIDR"),
    "node.k8s.io": ("RuntimeClass",),
    "policy": ("PodSecurityPolicy",),
    "rbac.authorization.k8s.io": ("ClusterRole", "ClusterRoleBinding"),
    "resource.k8s.io": ("DeviceClass", "DeviceTaintRule", "ResourceSlice"),
    "scheduling.k8s.io": ("PriorityClass",),
    "storage.k8s.io": ("CSIDriver", "CSINode", "StorageClass", "VolumeAttachment", "VolumeAttributesClass"),
    "storagemigration.k8s.io": ("StorageVersionMigration",),
}
"""The kinds of a cluster, by their group."""
_NAMESPACED = frozenset(
    ("", "apps", "autoscaling", "batch", "coordination.k8s.io", "discovery.k8s.io", "events.k8s.io", "extensions")
)
"""Groups of Kubernetes of which everything else belongs into a namespace, as it does of those above."""


def namespaced(group: str, kind: str) -> bool | None:
    """Tell whether resources of a kind belong into a namespace; None for a group that is not Kubernetes' own."""
    if group in _CLUSTER:
        return kind not in _CLUSTER[group]
    return True if group in _NAMESPACED else None

"""The table of kinds whose schema says where an image is. To add a kind, add a row.

A row makes its fields image fields even without a tag, and tells `check` and messages which images a tree runs.
Other kinds need no row: `anywhere` finds the images that a policy selects in every document.

Paths: keys separated by dots; `[]` stands for every item of a list, `*` for every key of a mapping.
"""

from __future__ import annotations

from typing import NamedTuple


class Kind(NamedTuple):
    """Where documents of a kind hold whole image references.

    groups: the API groups that serve the kind, '' for the core group. source: of the schema.
    """

    groups: tuple[str, ...]
    kinds: tuple[str, ...]
    paths: tuple[str, ...]
    source: str


class Parts(NamedTuple):
    """Where documents of a kind hold an image in parts, each in a field of its own.

    at: the mappings that hold the parts. name: keys of the name, the first that is there counts; a key may be
    several joined with '/'. tag, digest: paths below `at`. version: whether the tag is the version of a chart,
    which may be a range. unless: a field that makes Flux ignore the tag.
    """

    groups: tuple[str, ...]
    kinds: tuple[str, ...]
    at: str
    name: tuple[str, ...]
    tag: str
    digest: str
    source: str
    version: bool = False
    unless: str = ""


_POD = (
    "containers[].image",
    "initContainers[].image",
    "ephemeralContainers[].image",
    "volumes[].image.reference",
)
_TEKTON_TASK = ("steps[].image", "sidecars[].image", "stepTemplate.image")
_ARGO_TEMPLATE = (
    "container.image",
    "script.image",
    "initContainers[].image",
    "sidecars[].image",
    "containerSet.containers[].image",
    "containerSet.initContainers[].image",
)


def _below(prefix: str, paths: tuple[str, ...] = _POD) -> tuple[str, ...]:
    return tuple(f"{prefix}.{path}" for path in paths)


_K8S = "https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/"
_ARGO = "https://github.com/argoproj/argo-workflows/blob/main/docs/fields.md"
_TEKTON = "https://github.com/tektoncd/pipeline/blob/main/docs/pipeline-api.md"
_ECK = "https://www.elastic.co/docs/reference/cloud-on-k8s/api-docs"
_STRIMZI = "https://strimzi.io/docs/operators/latest/configuring"
_KNATIVE = "https://knative.dev/docs/serving/reference/serving-api/"
_PROMETHEUS = "https://prometheus-operator.dev/docs/api-reference/api/"
_KUSTOMIZE = "https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/"
_FLUX_HELM = "https://fluxcd.io/flux/components/helm/api/v2/"

KINDS: tuple[Kind, ...] = (
    Kind(("",), ("Pod",), _below("spec"), _K8S),
    Kind(("",), ("PodTemplate",), _below("template.spec"), _K8S),
    Kind(("",), ("ReplicationController",), _below("spec.template.spec"), _K8S),
    Kind(("apps", "extensions"), ("Deployment", "DaemonSet", "ReplicaSet"), _below("spec.template.spec"), _K8S),
    Kind(("apps",), ("StatefulSet",), _below("spec.template.spec"), _K8S),
    Kind(("batch",), ("Job",), _below("spec.template.spec"), _K8S),
    Kind(("batch",), ("CronJob",), _below("spec.jobTemplate.spec.template.spec"), _K8S),
    Kind(
        ("argoproj.io",),
        ("Rollout",),
        _below("spec.template.spec"),
        "https://argo-rollouts.readthedocs.io/en/stable/features/specification/",
    ),
    Kind(
        ("argoproj.io",),
        ("Workflow", "WorkflowTemplate", "ClusterWorkflowTemplate"),
        (*_below("spec.templates[]", _ARGO_TEMPLATE), *_below("spec.templateDefaults", _ARGO_TEMPLATE)),
        _ARGO,
    ),
    Kind(
        ("argoproj.io",),
        ("CronWorkflow",),
        (
            *_below("spec.workflowSpec.templates[]", _ARGO_TEMPLATE),
            *_below("spec.workflowSpec.templateDefaults", _ARGO_TEMPLATE),
        ),
        _ARGO,
    ),
    Kind(("serving.knative.dev",), ("Service", "Configuration"), _below("spec.template.spec"), _KNATIVE),
    Kind(("serving.knative.dev",), ("Revision",), _below("spec"), _KNATIVE),
    Kind(("tekton.dev",), ("Task", "ClusterTask"), _below("spec", _TEKTON_TASK), _TEKTON),
    Kind(("tekton.dev",), ("TaskRun",), _below("spec.taskSpec", _TEKTON_TASK), _TEKTON),
    Kind(("tekton.dev",), ("StepAction",), ("spec.image",), _TEKTON),
    Kind(
        ("tekton.dev",),
        ("Pipeline",),
        (*_below("spec.tasks[].taskSpec", _TEKTON_TASK), *_below("spec.finally[].taskSpec", _TEKTON_TASK)),
        _TEKTON,
    ),
    Kind(
        ("tekton.dev",),
        ("PipelineRun",),
        (
            *_below("spec.pipelineSpec.tasks[].taskSpec", _TEKTON_TASK),
            *_below("spec.pipelineSpec.finally[].taskSpec", _TEKTON_TASK),
        ),
        _TEKTON,
    ),
    Kind(("openfaas.com",), ("Function",), ("spec.image",), "https://docs.openfaas.com/reference/crds/function/"),
    Kind(
        ("postgresql.cnpg.io",),
        ("Cluster",),
        ("spec.imageName",),
        "https://cloudnative-pg.io/documentation/current/cloudnative-pg.v1/",
    ),
    Kind(
        ("postgresql.cnpg.io",),
        ("ImageCatalog", "ClusterImageCatalog"),
        ("spec.images[].image",),
        "https://cloudnative-pg.io/documentation/current/image_catalog/",
    ),
    Kind(
        ("elasticsearch.k8s.elastic.co",),
        ("Elasticsearch",),
        ("spec.image", *_below("spec.nodeSets[].podTemplate.spec")),
        _ECK,
    ),
    Kind(("kibana.k8s.elastic.co",), ("Kibana",), ("spec.image", *_below("spec.podTemplate.spec")), _ECK),
    Kind(("apm.k8s.elastic.co",), ("ApmServer",), ("spec.image", *_below("spec.podTemplate.spec")), _ECK),
    Kind(("logstash.k8s.elastic.co",), ("Logstash",), ("spec.image", *_below("spec.podTemplate.spec")), _ECK),
    Kind(
        ("enterprisesearch.k8s.elastic.co",),
        ("EnterpriseSearch",),
        ("spec.image", *_below("spec.podTemplate.spec")),
        _ECK,
    ),
    Kind(
        ("beat.k8s.elastic.co",),
        ("Beat",),
        (
            "spec.image",
            *_below("spec.daemonSet.podTemplate.spec"),
            *_below("spec.deployment.podTemplate.spec"),
        ),
        _ECK,
    ),
    Kind(
        ("agent.k8s.elastic.co",),
        ("Agent",),
        (
            "spec.image",
            *_below("spec.daemonSet.podTemplate.spec"),
            *_below("spec.deployment.podTemplate.spec"),
        ),
        _ECK,
    ),
    Kind(
        ("kafka.strimzi.io",),
        ("Kafka",),
        (
            "spec.kafka.image",
            "spec.zookeeper.image",
            "spec.entityOperator.topicOperator.image",
            "spec.entityOperator.userOperator.image",
            "spec.cruiseControl.image",
            "spec.kafkaExporter.image",
        ),
        _STRIMZI,
    ),
    Kind(
        ("kafka.strimzi.io",),
        ("KafkaConnect", "KafkaBridge", "KafkaMirrorMaker2"),
        ("spec.image",),
        _STRIMZI,
    ),
    Kind(
        ("kubegres.reactive-tech.io",),
        ("Kubegres",),
        ("spec.image",),
        "https://www.kubegres.io/doc/properties-explained.html",
    ),
    Kind(
        ("apps.emqx.io",),
        ("EMQX",),
        ("spec.image",),
        "https://docs.emqx.com/en/emqx-operator/latest/reference/v2beta1-reference.html",
    ),
    Kind(
        ("monitoring.coreos.com",),
        ("Prometheus", "PrometheusAgent", "Alertmanager", "ThanosRuler"),
        ("spec.image", *_below("spec")),
        _PROMETHEUS,
    ),
    Kind(
        ("opentelemetry.io",),
        ("OpenTelemetryCollector", "TargetAllocator", "OpAMPBridge"),
        ("spec.image",),
        "https://github.com/open-telemetry/opentelemetry-operator/tree/main/docs/api",
    ),
    Kind(
        ("k8s.mariadb.com",),
        ("MariaDB", "MaxScale"),
        ("spec.image",),
        "https://github.com/mariadb-operator/mariadb-operator/blob/main/docs/api_reference.md",
    ),
    Kind(
        ("ceph.rook.io",),
        ("CephCluster",),
        ("spec.cephVersion.image",),
        "https://rook.io/docs/rook/latest/CRDs/specification/",
    ),
    Kind(
        ("pkg.crossplane.io",),
        ("Provider", "Configuration", "Function"),
        ("spec.package",),
        "https://docs.crossplane.io/latest/api/",
    ),
    Kind(
        ("kubevirt.io",),
        ("VirtualMachine",),
        ("spec.template.spec.volumes[].containerDisk.image",),
        "https://kubevirt.io/api-reference/main/definitions.html",
    ),
    Kind(
        ("keda.sh",),
        ("ScaledJob",),
        _below("spec.jobTargetRef.template.spec"),
        "https://keda.sh/docs/latest/reference/scaledjob-spec/",
    ),
    Kind(
        ("ray.io",),
        ("RayCluster",),
        (*_below("spec.headGroupSpec.template.spec"), *_below("spec.workerGroupSpecs[].template.spec")),
        "https://ray-project.github.io/kuberay/reference/api/",
    ),
)
"""Whole references."""

PARTS: tuple[Parts, ...] = (
    Parts(
        ("kustomize.config.k8s.io",),
        ("Kustomization", "Component"),
        "images[]",
        ("newName", "name"),
        "newTag",
        "digest",
        f"{_KUSTOMIZE}images/",
    ),
    Parts(
        ("kustomize.toolkit.fluxcd.io",),
        ("Kustomization",),
        "spec.images[]",
        ("newName", "name"),
        "newTag",
        "digest",
        "https://fluxcd.io/flux/components/kustomize/kustomizations/#images",
    ),
    Parts(
        ("helm.toolkit.fluxcd.io",),
        ("HelmRelease",),
        "spec.postRenderers[].kustomize.images[]",
        ("newName", "name"),
        "newTag",
        "digest",
        f"{_FLUX_HELM}#helm.toolkit.fluxcd.io/v2.Kustomize",
    ),
    Parts(
        ("source.toolkit.fluxcd.io",),
        ("OCIRepository",),
        "spec",
        ("url",),
        "ref.tag",
        "ref.digest",
        "https://fluxcd.io/flux/components/source/ocirepositories/#reference",
        unless="ref.semver",
    ),
    Parts(
        ("kustomize.config.k8s.io",),
        ("Kustomization", "Component"),
        "helmCharts[]",
        ("repo/name",),
        "version",
        "",
        f"{_KUSTOMIZE}helmcharts/",
        version=True,
    ),
    Parts(
        ("helm.toolkit.fluxcd.io",),
        ("HelmRelease",),
        "spec.chart.spec",
        ("sourceRef/chart",),
        "version",
        "",
        f"{_FLUX_HELM}#helm.toolkit.fluxcd.io/v2.HelmChartTemplateSpec",
        version=True,
    ),
    Parts(
        ("source.toolkit.fluxcd.io",),
        ("HelmChart",),
        "spec",
        ("sourceRef/chart",),
        "version",
        "",
        "https://fluxcd.io/flux/components/source/helmcharts/",
        version=True,
    ),
)
"""References in parts."""

VALUES: dict[tuple[str, str], tuple[str, ...]] = {("helm.toolkit.fluxcd.io", "HelmRelease"): ("spec", "values")}
"""Kinds that hold a Helm chart's values, and where: there a mapping may hold a short name next to its tag."""

NO_IMAGES = frozenset(
    (
        ("image.toolkit.fluxcd.io", "ImageRepository"),
        ("image.toolkit.fluxcd.io", "ImagePolicy"),
        ("image.toolkit.fluxcd.io", "ImageUpdateAutomation"),
        ("fluxmark.io", "ImageAutomation"),
        ("apiextensions.k8s.io", "CustomResourceDefinition"),
    )
)
"""Kinds that speak about images and run none."""

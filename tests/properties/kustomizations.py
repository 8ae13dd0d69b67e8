"""Repositories of kustomizations for the test against the real kustomize: bases, overlays, components, patches."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

KINDS = (
    ("image.toolkit.fluxcd.io/v1", "ImagePolicy"),
    ("image.toolkit.fluxcd.io/v1beta2", "ImagePolicy"),
    ("image.toolkit.fluxcd.io/v1", "ImageRepository"),
    ("image.toolkit.fluxcd.io/v1", "ImageUpdateAutomation"),
    ("source.toolkit.fluxcd.io/v1", "GitRepository"),
    ("kustomize.toolkit.fluxcd.io/v1", "Kustomization"),
    ("helm.toolkit.fluxcd.io/v2", "HelmRelease"),
    ("v1", "ConfigMap"),
    ("v1", "Namespace"),
)
NAMES = ("app", "web", "db", "api", "cache", "queue", "mail", "auth")
NAMESPACES = ("", "", "default", "flux-system", "team")
VALUES = (
    "x",
    "1.0",
    '"5"',
    "5",
    "true",
    "yes",
    "null",
    "~",
    "",
    "0777",
    "2020-01-01",
    '"a: b"',
    "[1, 2]",
    "{a: b, c: null}",
    "|\n    line\n    more",
)
METADATA = (
    "  labels: {env: prod}\n",
    '  labels: {env: prod, tier: "1", app: web}\n',
    "  annotations: {}\n",
    "  annotations: {note: a, other: b}\n",
)
MEMBERS = (
    "  items:\n  - name: one\n    v: 1\n  - name: two\n    v: null\n  - plain\n",
    "  deep: {x: {y: {z: 1, n: null}, w: [a]}}\n",
    "  chart: {containers: [{name: a, image: ghcr.io/app:1}]}\n",
)
PATCHED_METADATA = (
    "  labels: {env: test}\n",
    "  labels: {env: null}\n",
    "  labels: null\n",
    '  labels: {new: "1", tier: null}\n',
    "  labels: {$patch: replace, only: me}\n",
    "  labels: {$patch: delete}\n",
    "  annotations: {note: x}\n",
    "  annotations: null\n",
    "  annotations: {$patch: replace, q: r}\n",
)
PATCHED_SPEC = (
    "  image: patched\n",
    "  image: null\n",
    "  a: {b: c}\n",
    '  a: "1"\n',
    "  b: 0777\n",
    "  items: [{name: one, v: 2}]\n",
    "  items: null\n",
    "  deep: {x: {y: {z: null, q: 2}}}\n",
    "  deep: {x: {$patch: replace, v: 1}}\n",
    "  deep: {x: {$patch: delete}}\n",
    "  new: {a: null, b: {c: null}, d: {$patch: delete}, e: [null, {f: null}]}\n",
    "  sourceRef: {namespace: n}\n",
    "  $patch: replace\n  only: 1\n",
)
OPERATIONS = (
    "- op: replace\n  path: /spec/image\n  value: new\n",
    "- op: replace\n  path: /spec/missing\n  value: {q: null}\n",
    "- op: replace\n  path: /metadata/name\n  value: renamed\n",
    "- op: add\n  path: /spec/added\n  value: [yes, 1, null]\n",
    "- op: add\n  path: /metadata/labels\n  value: {q: r}\n",
    "- op: add\n  path: /metadata/annotations/k~1l\n  value: x\n",
    "- op: add\n  path: /metadata/namespace\n  value: other\n",
    '- op: add\n  path: /spec/items/-\n  value: "x"\n',
    "- op: remove\n  path: /spec/image\n",
    "- op: remove\n  path: /metadata/annotations\n",
    "- op: remove\n  path: /spec/items/0\n",
    "- op: copy\n  from: /spec/image\n  path: /spec/copied\n",
    "- op: move\n  from: /spec/image\n  path: /spec/moved\n",
    "- op: test\n  path: /spec/image\n  value: ghcr.io/app\n",
)
FIELDS = (
    "namespace: prod\n",
    "namespace: default\n",
    "namePrefix: p-\n",
    "nameSuffix: -s\n",
    "commonLabels: {env: common, team: a}\n",
    'commonAnnotations: {note: all, by: "1"}\n',
    "labels:\n- pairs: {l1: v1, env: lab}\n",
    "labels:\n- pairs: {l1: v1}\n  includeSelectors: true\n",
    "images:\n- name: ghcr.io/app\n  newTag: v2\n",
    "generatorOptions: {labels: {go: x}, annotations: {an: w}}\n",
    "configMapGenerator:\n- name: gen\n  literals: [a=b, 'q=\"x y\"']\n",
    "configMapGenerator:\n- name: app\n  behavior: merge\n  literals: [k=v]\n",
    "configMapGenerator:\n- name: gen\n  files: [data.txt, other=data.txt]\n  envs: [data.env]\n",
    "configMapGenerator:\n- name: gen\n  options: {disableNameSuffixHash: true, immutable: true}\n",
    "resources: [missing.yaml]\n",
    "configurations: [configuration.yaml]\n",
    """\
replacements:
- source: {kind: ImageRepository, fieldPath: spec.image}
  targets:
  - {select: {kind: ImagePolicy}, fieldPaths: [spec.copied], options: {create: true}}
""",
    """\
replacements:
- source: {kind: Namespace, fieldPath: metadata.name}
  targets:
  - {select: {kind: GitRepository}, fieldPaths: [spec.sourceRef.name], reject: [{name: app}]}
""",
    "vars:\n- name: VAR\n  objref: {apiVersion: v1, kind: Namespace, name: app}\n",
)
CONFIGURATION = """\
nameReference:
- kind: ImageRepository
  fieldSpecs: [{kind: ImagePolicy, path: spec/imageRepositoryRef/name}]
namespace:
- {kind: Kustomization, path: spec/sourceRef/namespace, create: true}
varReference:
- {path: spec/image}
"""
TARGETS = (
    {"kind": "ImagePolicy"},
    {"kind": "Image.*"},
    {"kind": "ImagePolicy|GitRepository", "name": "a.*"},
    {"group": "source.toolkit.fluxcd.io", "version": "v1"},
    {"kind": ".*", "namespace": "team|default"},
    {"kind": "HelmRelease", "labelSelector": "env in (prod, dev),app!=x"},
    {"name": "web|db", "annotationSelector": "note"},
    {"labelSelector": "!env"},
)
OPTIONS = ("", "", "", "  options: {allowNameChange: true}\n", "  options: {allowKindChange: true}\n")


@dataclass(slots=True)
class Tree:
    """Texts by path, and the directories of the kustomizations, each after its bases."""

    texts: dict[str, str] = field(default_factory=dict)
    directories: list[str] = field(default_factory=list)


def tree(random: Random) -> Tree:
    """Return a repository with up to four kustomizations and their components."""
    made = Tree()
    known: dict[str, list[tuple[str, str, str, str]]] = {}
    for number in range(random.randint(1, 4)):
        directory = f"{random.choice(('base', 'sub/one', 'over/prod'))}{number}"
        up = "../" * (directory.count("/") + 1)
        bases = random.sample(made.directories, min(len(made.directories), random.choice((0, 1, 1, 2))))
        objects = [one for base in bases for one in known[base]]
        components = []
        if random.random() < 0.2:
            _write(random, made, f"part{number}", objects, (), component=True)
            components = [f"{up}part{number}"]
        known[directory] = _write(
            random, made, directory, objects, [f"{up}{base}" for base in bases], components=components
        )
        made.directories.append(directory)
    return made


def _write(
    random: Random,
    made: Tree,
    directory: str,
    objects: list[tuple[str, str, str, str]],
    bases: Sequence[str],
    *,
    component: bool = False,
    components: Sequence[str] = (),
) -> list[tuple[str, str, str, str]]:
    """Write a kustomization and its files; return what its resources are known by."""
    text = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n" if component else ""
    resources = list(bases)
    objects = list(objects)
    for number in range(random.randint(0 if bases or component else 1, 3)):
        own = [_identity(random) for _ in range(random.randint(1, 2))]
        objects += own
        made.texts[f"{directory}/r{number}.yaml"] = _file(random, [_resource(random, *one) for one in own])
        resources.append(f"r{number}.yaml")
    fields = random.sample(FIELDS, random.choice((0, 1, 1, 2)))
    if not any(one.startswith("resources") for one in fields) and resources:
        text += "resources:\n" + "".join(f"- {path}\n" for path in resources)
    if components:
        text += "components:\n" + "".join(f"- {path}\n" for path in components)
    text += "".join({one.partition(":")[0]: one for one in fields}.values())
    if objects:
        patches = [
            _patch(random, made, directory, number, objects) for number in range(random.choice((0, 1, 1, 2)))
        ]
        text += "patches:\n" + "".join(patches) if patches else ""
    if not text or (component and text.count("\n") == 2):
        text += "commonAnnotations: {left: over}\n"
    made.texts[f"{directory}/data.txt"] = "text <&>\n"
    made.texts[f"{directory}/data.env"] = "# comment\nE=1\n\nF=a=b\n"
    made.texts[f"{directory}/configuration.yaml"] = CONFIGURATION
    made.texts[f"{directory}/{random.choice(('kustomization.yaml', 'kustomization.yml', 'Kustomization'))}"] = text
    return objects


def _identity(random: Random) -> tuple[str, str, str, str]:
    api_version, kind = random.choice(KINDS)
    return api_version, kind, random.choice(NAMES), "" if kind == "Namespace" else random.choice(NAMESPACES)


def _head(api_version: str, kind: str, name: str, namespace: str) -> str:
    text = f"apiVersion: {api_version}\nkind: {kind}\nmetadata:\n  name: {name}\n"
    return text + (f"  namespace: {namespace}\n" if namespace else "")


def _resource(random: Random, api_version: str, kind: str, name: str, namespace: str) -> str:
    text = _head(api_version, kind, name, namespace) + random.choice(("", *METADATA))
    if kind == "Namespace":
        return text
    if kind == "ConfigMap":
        return text + 'data:\n  a: b\n  c: "1"\n'
    text += f"spec:\n  image: ghcr.io/{name}\n  imageRepositoryRef: {{name: {random.choice(NAMES)}}}\n"
    text += f"  sourceRef:\n    kind: GitRepository\n    name: {random.choice(NAMES)}\n"
    for key in random.sample("abc", random.randint(0, 3)):
        text += f"  {key}: {random.choice(VALUES)}\n"
    return text + "".join(random.sample(MEMBERS, random.randint(0, 2)))


def _file(random: Random, resources: list[str]) -> str:
    if random.random() < 0.15:
        return "apiVersion: v1\nkind: List\nitems:\n" + "".join(f"- {_indented(one, 2)[2:]}" for one in resources)
    text = random.choice(("", "---\n", "# head\n")) + random.choice(("---\n", "--- \n", "---\n# c\n---\n")).join(
        resources
    )
    return text + random.choice(("", "---\n", "...\n"))


def _indented(text: str, by: int) -> str:
    return "".join(" " * by + line if line.strip() else line for line in text.splitlines(keepends=True))


def _patch(
    random: Random, made: Tree, directory: str, number: int, objects: list[tuple[str, str, str, str]]
) -> str:
    """Return an entry of `patches`; its text may be in a file."""
    api_version, kind, name, namespace = random.choice(objects)
    options = target = ""
    if random.random() < 0.5:
        text = "".join(random.sample(OPERATIONS, random.randint(1, 2)))
        target = f"  target: {json.dumps(random.choice((*TARGETS, {'kind': kind, 'name': name})))}\n"
    else:
        text = _head(api_version, kind, name, namespace) + random.choice(("", "", *PATCHED_METADATA))
        if kind == "ConfigMap":
            text += random.choice(("data: {a: z}\n", "data: {a: null, n: m}\n", "data: null\n"))
        elif kind != "Namespace":
            text += "spec:\n" + "".join(random.sample(PATCHED_SPEC, 1))
        if random.random() < 0.05:
            text += "$patch: delete\n"
        options = random.choice(OPTIONS)
        if random.random() < 0.4:
            target = f"  target: {json.dumps(random.choice(TARGETS))}\n"
    if random.random() < 0.6:
        return f"- patch: |\n{_indented(text, 4)}{target}{options}"
    made.texts[f"{directory}/p{number}.yaml"] = text
    return f"- path: p{number}.yaml\n{target}{options}"

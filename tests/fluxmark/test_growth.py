"""No command is quadratic in what someone else wrote: four times as much takes about four times as many steps."""

from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING

import pytest

from fluxmark.cli import main
from fluxmark.fields.compose import find
from fluxmark.flux.duration import seconds
from growth import assert_linear
from krmfn.yaml.nodes import MapNode
from krmfn.yaml.parser import parse

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MARKER = ' # {"$imagepolicy": "flux-system:app"}'
REPOSITORY = """---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageRepository
metadata: {{name: app{0}, namespace: flux-system}}
spec: {{image: reg.io/app{0}, interval: 1m}}
"""
POLICY = """---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImagePolicy
metadata: {{name: app{0}, namespace: flux-system}}
spec: {{imageRepositoryRef: {{name: app{0}}}, policy: {{semver: {{range: 1.x}}}}}}
status: {{latestRef: {{name: reg.io/app{0}, tag: 1.1.0}}}}
"""
FLUX = REPOSITORY.format("") + POLICY.format("")
RELEASE = """---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: web
spec:
  values:
"""
SUBSTITUTION = """---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {{name: k{0}}}
spec: {{path: ./k{0}, postBuild: {{substitute: {{VERSION_{0}: 1.0.0}}}}}}
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
metadata: {{name: o{0}}}
spec: {{url: 'oci://reg.io/app', ref: {{tag: '${{VERSION_{0}}}'}}}}
"""
POD = "---\napiVersion: v1\nkind: Pod\nmetadata: {{name: p{0}}}\nspec:\n  containers:\n"


def braced(text: str) -> str:
    """Return a text that `format` leaves as it is."""
    return text.replace("{", "{{").replace("}", "}}")


def numbered(count: int, text: str) -> str:
    return "".join(text.format(number) for number in range(count))


def chain(count: int, merge: str) -> str:
    """Return a compose file with merges of merges, the last of which gives a service its image."""
    return (
        "x0: &a0 {image: 'reg.io/app:1'}\n"
        + "".join(f"x{n}: &a{n} {{{merge.format(n - 1)}}}\n" for n in range(1, count))
        + f"services:\n  web:\n    <<: *a{count - 1}\n"
        + "".join(f"  s{n}: {{<<: *a{n}}}\n" for n in range(count))
    )


COMPOSE: dict[str, Callable[[int], str]] = {
    "chain of merges": lambda n: chain(n, "<<: *a{0}"),
    "merges of ten": lambda n: chain(n, f"<<: [{', '.join(['*a{0}'] * 10)}]"),
    "merges without an image": lambda n: chain(n, f"<<: [{', '.join(['*a{0}'] * 10)}]").replace("image", "i"),
    "a list that many merge": lambda n: (
        "l: &l\n"
        + "- {a: 1}\n" * n
        + numbered(n, "x{0}: &a{0}\n  <<: *l\n")
        + "services:\n"
        + numbered(n, "  s{0}: {{<<: *a{0}}}\n")
    ),
    "a circle": lambda n: (
        "x: &x\n  y: &y\n    <<: *x\n  <<: *y\nservices:\n" + numbered(n, "  s{0}: {{<<: [*x, *y]}}\n")
    ),
}


@pytest.mark.parametrize("kind", COMPOSE)
def test_merges_of_compose_files(kind: str) -> None:
    def work(size: int) -> None:
        root = parse(COMPOSE[kind](size), "compose.yaml")[0].root
        assert isinstance(root, MapNode)
        list(find(root))

    assert_linear(work)


def test_merges_find_the_image_that_is_named_first() -> None:
    text = """\
a: &a {<<: [&empty {}, &b {image: 'b:1'}]}
c: &c {image: 'c:1'}
services:
  one: {<<: [*empty, *a, *c]}
  two: {<<: [*c, *a]}
  three: {image: 'own:1', <<: *c}
  four: {<<: *empty}
"""
    root = parse(text, "compose.yaml")[0].root
    assert isinstance(root, MapNode)
    assert [place.image for place in find(root)] == ["b:1", "c:1", "own:1"]


TEXTS: dict[str, Callable[[int], str]] = {
    "markers at equal keys": lambda n: f"kind: A\n{FLUX}---\n" + f"image: reg.io/app:1{MARKER}\n" * n,
    "markers at keys": lambda n: f"{FLUX}---\nkind: A\n" + numbered(n, f"k{{0}}: reg.io/app:1{braced(MARKER)}\n"),
    "markers at items": lambda n: f"{FLUX}---\nkind: A\nitems:\n" + f"- reg.io/app:1{MARKER}\n" * n,
    "markers above items": lambda n: f"{FLUX}---\nkind: A\nitems:\n" + f"{MARKER}\n- reg.io/app:1\n" * n,
    "markers above keys": lambda n: f"{FLUX}---\nkind: A\n" + numbered(n, f"{braced(MARKER)}\nk{{0}}: 1\n"),
    "misspelt markers": lambda n: f"{FLUX}---\nkind: A\n" + f"k: a:1{MARKER.replace('$image', '$Image')}\n" * n,
    "markers in documents": lambda n: FLUX + f"---\nkind: A\nimage: reg.io/app:1{MARKER}\n" * n,
    "containers": lambda n: FLUX + POD.format(0) + numbered(n, "  - {{name: c{0}, image: 'reg.io/app:1'}}\n"),
    "workloads": lambda n: FLUX + numbered(n, POD + "  - image: reg.io/app:1\n"),
    "repositories": lambda n: FLUX + numbered(n, REPOSITORY),
    "policies": lambda n: FLUX + numbered(n, POLICY),
    "values": lambda n: FLUX + RELEASE + "    - {repository: reg.io/app, tag: 1.0.0}\n" * n,
    "keys of one mapping": lambda n: (
        FLUX + RELEASE + "    - a: b\n" + numbered(n, "      k{0}Tag: a\n      k{0}Image: b\n")
    ),
    "variables": lambda n: FLUX + numbered(n, SUBSTITUTION),
    "releases of one name": lambda n: FLUX + (RELEASE + "    - {image: {tag: 1.0.0}}\n") * n,
    "policies of one name": lambda n: FLUX + POLICY.format("") * n,
    "repositories and policies": lambda n: numbered(n, REPOSITORY + POLICY),
    "blank lines": lambda n: f"{FLUX}---\nkind: A\nimage: reg.io/app:1{MARKER}\n" + "\n" * n,
    "blank lines and comments": lambda n: f"{FLUX}---\nkind: A\nimage: reg.io/app:1{MARKER}\n" + "\n# c\n" * n,
    "hashes in quotes": lambda n: f"{FLUX}---\nkind: A\nitems: [" + '"# x", ' * n + f"]{MARKER}\n",
}
COMMANDS: dict[str, list[str]] = {
    "inject": ["inject", "--dry-run"],
    "check": ["check", "--fail-on", "never"],
    "check as SARIF": ["check", "--fail-on", "never", "--format", "sarif"],
    "update": ["update", "--dry-run"],
    "select": ["select", "--tags", "-"],
}


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("kind", TEXTS)
def test_a_command_takes_steps_in_proportion_to_the_text(
    kind: str, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def work(size: int) -> None:
        (tmp_path / "a.yaml").write_text(TEXTS[kind](size))
        tags = json.dumps({f"reg.io/app{number}": ["1.0.0"] for number in ("", *range(size))})
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(tags.encode())))
        assert main([*COMMANDS[command], str(tmp_path)]) < 2

    assert_linear(work)


SYNC = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {{name: flux-system, namespace: flux-system}}
spec: {{path: ./clusters/c{0}, sourceRef: {{kind: GitRepository, name: flux-system}}}}
"""
AUTOMATION = """\
---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageUpdateAutomation
metadata: {{name: c{0}, namespace: flux-system}}
spec:
  interval: 1m
  sourceRef: {{kind: GitRepository, name: flux-system}}
  git: {{commit: {{author: {{email: a@b.c}}}}, push: {{branch: main}}}}
  update: {{path: ./clusters/c{0}}}
"""
KUSTOMIZE = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"
MARKED = POD + '  - image: reg.io/app{1}:1.1.0 # {{"$imagepolicy": "flux-system:app{1}"}}\n'


def clusters(count: int) -> dict[str, str]:
    """Return a repository of clusters that share a base and mark an image each."""
    texts = {"base/kustomization.yaml": f"{KUSTOMIZE}resources: [flux.yaml]\n", "base/flux.yaml": FLUX}
    for number in range(count):
        here = f"clusters/c{number}"
        texts[f"{here}/kustomization.yaml"] = f"{KUSTOMIZE}resources: [sync.yaml, pod.yaml, ../../base]\n"
        texts[f"{here}/sync.yaml"] = SYNC.format(number) + AUTOMATION.format(number)
        texts[f"{here}/pod.yaml"] = MARKED.format(number, "")
    return texts


def patched(count: int) -> dict[str, str]:
    """Return an overlay that uses many bases, and patches the policy of each."""
    texts, resources, patches = {}, [], []
    for number in range(count):
        base, patch = f"base/b{number}", POLICY.format(number).replace("1.x", "1.1.x")
        texts[f"{base}/kustomization.yaml"] = f"{KUSTOMIZE}resources: [flux.yaml, pod.yaml]\n"
        texts[f"{base}/flux.yaml"] = REPOSITORY.format(number) + POLICY.format(number)
        texts[f"{base}/pod.yaml"] = MARKED.format(number, number)
        texts[f"clusters/c/p{number}.yaml"] = patch
        resources.append(f"../../{base}")
        patches.append(f"{{path: p{number}.yaml}}")
    listed = f"resources: [sync.yaml, {', '.join(resources)}]\npatches: [{', '.join(patches)}]\n"
    sync = SYNC.format("") + AUTOMATION.format("")
    return {**texts, "clusters/c/sync.yaml": sync, "clusters/c/kustomization.yaml": KUSTOMIZE + listed}


REPOSITORIES: dict[str, Callable[[int], dict[str, str]]] = {"clusters": clusters, "patched bases": patched}


@pytest.mark.slow
@pytest.mark.parametrize("command", ["check", "update", "select"])
@pytest.mark.parametrize("kind", REPOSITORIES)
def test_a_command_takes_steps_in_proportion_to_the_repository(
    kind: str, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def work(size: int) -> None:
        root = tmp_path / str(size)
        for path, text in REPOSITORIES[kind](size).items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text)
        tags = json.dumps({f"reg.io/app{number}": ["1.1.0"] for number in ("", *range(size))})
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(tags.encode())))
        assert main([*COMMANDS[command], str(root)]) == 0

    assert_linear(work, size=25)


def test_durations() -> None:
    assert_linear(lambda size: seconds("1m" * size))
    assert seconds("1h30m") == 5400
    assert [seconds(text) for text in ("", "1", "1m 1s", "x1m", "1mx")] == [None] * 5

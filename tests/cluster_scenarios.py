"""Small repositories, each with what is in its clusters: every command and every mode has to agree on that.

A scenario is written as its files. Policies have the latest image of their status, and `tags` would lead to the
same.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

IMAGE = "registry.example.com/shop/web"


@dataclass(frozen=True)
class Scenario:
    """A repository.

    files: by path. selected: by cluster and policy (`namespace:name`) the tag. written: by path the tag that
    `update` leaves at the marker of a file; a file that is not named keeps its text. as_items: whether
    orchestrators hand it over.
    """

    files: Mapping[str, str]
    selected: Mapping[str, Mapping[str, str]]
    written: Mapping[str, str]
    tags: tuple[str, ...] = ("1.0.0", "1.1.0", "2.0.0")
    as_items: bool = True


def policy(
    name: str = "web", range_: str = "1.x", tag: str = "1.1.0", metadata: str = "namespace: flux-system"
) -> str:
    return textwrap.dedent(f"""\
        apiVersion: image.toolkit.fluxcd.io/v1
        kind: ImagePolicy
        metadata:
          name: {name}
          {metadata}
        spec:
          imageRepositoryRef: {{name: {name}}}
          policy: {{semver: {{range: '{range_}'}}}}
        status:
          latestRef: {{name: {IMAGE}, tag: {tag}}}
        """)


def repository(name: str = "web", metadata: str = "namespace: flux-system") -> str:
    return textwrap.dedent(f"""\
        apiVersion: image.toolkit.fluxcd.io/v1
        kind: ImageRepository
        metadata:
          name: {name}
          {metadata}
        spec: {{image: {IMAGE}, interval: 5m0s}}
        """)


def automation(path: str, metadata: str = "namespace: flux-system", source: str = "flux-system") -> str:
    return textwrap.dedent(f"""\
        apiVersion: image.toolkit.fluxcd.io/v1
        kind: ImageUpdateAutomation
        metadata:
          name: flux-system
          {metadata}
        spec:
          interval: 5m0s
          sourceRef: {{kind: GitRepository, name: {source}}}
          git:
            checkout: {{ref: {{branch: main}}}}
            commit: {{author: {{email: flux@example.com}}, messageTemplate: "update"}}
            push: {{branch: main}}
          update: {{path: {path}, strategy: Setters}}
        """)


def all_three(path: str, **options: str) -> str:
    return "---\n".join([repository(), policy(**options), automation(path)])


def deployment(tag: str = "1.0.0", marker: str = "flux-system:web") -> str:
    return textwrap.dedent(f"""\
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: web
          namespace: shop
        spec:
          selector: {{matchLabels: {{app: web}}}}
          template:
            metadata: {{labels: {{app: web}}}}
            spec:
              containers:
                - name: web
                  image: {IMAGE}:{tag} # {{"$imagepolicy": "{marker}"}}
        """)


def git_repository(name: str = "flux-system", url: str = "https://git.example.com/acme/fleet") -> str:
    return textwrap.dedent(f"""\
        apiVersion: source.toolkit.fluxcd.io/v1
        kind: GitRepository
        metadata: {{name: {name}, namespace: flux-system}}
        spec: {{interval: 1m0s, ref: {{branch: main}}, url: {url}}}
        """)


def flux_kustomization(path: str, name: str = "flux-system", more: str = "") -> str:
    text = textwrap.dedent(f"""\
        apiVersion: kustomize.toolkit.fluxcd.io/v1
        kind: Kustomization
        metadata: {{name: {name}, namespace: flux-system}}
        spec:
          interval: 10m0s
          path: {path}
          prune: true
          sourceRef: {{kind: GitRepository, name: flux-system}}
        """)
    return text + textwrap.indent(textwrap.dedent(more), "  ")


def kustomization(*resources: str, more: str = "") -> str:
    listed = "".join(f"  - {one}\n" for one in resources)
    return (
        "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"
        f"resources:\n{listed}{textwrap.dedent(more)}"
    )


def sync(path: str) -> str:
    return f"{git_repository()}---\n{flux_kustomization(path)}"


PATCH = """\
patches:
  - patch: |
      apiVersion: image.toolkit.fluxcd.io/v1
      kind: ImagePolicy
      metadata: {name: web, namespace: flux-system}
      spec: {policy: {semver: {range: '>=1.0.0'}}}
      status: {latestRef: {tag: 2.0.0}}
"""

SCENARIOS = {
    "two clusters with the same names, not synchronised from here": Scenario(
        {
            "clusters/prod/images.yaml": all_three("./apps/prod"),
            "clusters/dev/images.yaml": all_three("./apps/dev", range_=">=1.0.0", tag="2.0.0"),
            "apps/prod/web.yaml": deployment(),
            "apps/dev/web.yaml": deployment(),
        },
        {"clusters/dev": {"flux-system:web": "2.0.0"}, "clusters/prod": {"flux-system:web": "1.1.0"}},
        {"apps/prod/web.yaml": "1.1.0", "apps/dev/web.yaml": "2.0.0"},
    ),
    "two clusters that share their image resources, one with a patch": Scenario(
        {
            "clusters/prod/flux-system/gotk-sync.yaml": sync("./clusters/prod"),
            "clusters/prod/images.yaml": flux_kustomization("./images/prod", "images"),
            "clusters/dev/flux-system/gotk-sync.yaml": sync("./clusters/dev"),
            "clusters/dev/images.yaml": flux_kustomization("./images/dev", "images"),
            "images/base/kustomization.yaml": kustomization("images.yaml"),
            "images/base/images.yaml": f"{repository()}---\n{policy()}",
            "images/prod/kustomization.yaml": kustomization("../base", "automation.yaml"),
            "images/prod/automation.yaml": automation("./apps/prod"),
            "images/dev/kustomization.yaml": kustomization("../base", "automation.yaml", more=PATCH),
            "images/dev/automation.yaml": automation("./apps/dev"),
            "apps/prod/web.yaml": deployment(),
            "apps/dev/web.yaml": deployment(),
        },
        {"clusters/dev": {"flux-system:web": "2.0.0"}, "clusters/prod": {"flux-system:web": "1.1.0"}},
        {"apps/prod/web.yaml": "1.1.0", "apps/dev/web.yaml": "2.0.0"},
    ),
    "the namespace is the kustomization's": Scenario(
        {
            "flux/kustomization.yaml": kustomization("images.yaml", more="namespace: images\n"),
            "flux/images.yaml": "---\n".join(
                [
                    repository(metadata="labels: {}"),
                    policy(metadata="labels: {}"),
                    automation("./apps", metadata="labels: {}"),
                ]
            ),
            "apps/web.yaml": deployment(marker="images:web"),
        },
        {"flux": {"images:web": "1.1.0"}},
        {"apps/web.yaml": "1.1.0"},
    ),
    "the namespace is the Flux Kustomization's, and so are prefix and variable": Scenario(
        {
            "clusters/home/flux-system/gotk-sync.yaml": sync("./clusters/home"),
            "clusters/home/images.yaml": flux_kustomization(
                "./images",
                "images",
                """\
                targetNamespace: images
                namePrefix: home-
                postBuild:
                  substitute: {range: 1.x}
                """,
            ),
            "images/images.yaml": "---\n".join(
                [
                    repository(metadata="labels: {}"),
                    policy(metadata="labels: {}", range_="${range}").replace(
                        "imageRepositoryRef: {name: web}", "imageRepositoryRef: {name: home-web}"
                    ),
                    automation("./apps", metadata="labels: {}").replace(
                        "name: flux-system}", "name: flux-system, namespace: flux-system}"
                    ),
                ]
            ),
            "apps/web.yaml": deployment(marker="images:home-web"),
        },
        {"clusters/home": {"images:home-web": "1.1.0"}},
        {"apps/web.yaml": "1.1.0"},
    ),
    "resources in a List": Scenario(
        {
            "flux/images.yaml": "apiVersion: v1\nkind: List\nitems:\n"
            + "".join(
                textwrap.indent(text, "    ").replace("    ", "  - ", 1)
                for text in (repository(), policy(), automation("./apps"))
            ),
            "apps/web.yaml": deployment(),
        },
        {"flux": {"flux-system:web": "1.1.0"}},
        {"apps/web.yaml": "1.1.0"},
        as_items=False,
    ),
    "an automation of another repository": Scenario(
        {
            "clusters/home/flux-system/gotk-sync.yaml": sync("./clusters/home"),
            "clusters/home/other.yaml": git_repository("other", "https://git.example.com/acme/other"),
            "clusters/home/images.yaml": "---\n".join(
                [repository(), policy(), automation("./deploy", source="other")]
            ),
            "apps/web.yaml": deployment(),
        },
        {"clusters/home": {"flux-system:web": "1.1.0"}},
        {},
    ),
    "a cluster of flux-operator": Scenario(
        {
            "clusters/home/flux.yaml": textwrap.dedent("""\
                apiVersion: fluxcd.controlplane.io/v1
                kind: FluxInstance
                metadata: {name: flux, namespace: flux-system}
                spec:
                  distribution: {version: 2.x, registry: ghcr.io/fluxcd}
                  sync:
                    kind: GitRepository
                    url: https://git.example.com/acme/fleet
                    ref: refs/heads/main
                    path: clusters/home
                """),
            "clusters/home/images.yaml": all_three("./apps"),
            "apps/web.yaml": deployment(),
        },
        {"clusters/home": {"flux-system:web": "1.1.0"}},
        {"apps/web.yaml": "1.1.0"},
    ),
    "a component completes the policy": Scenario(
        {
            "clusters/home/kustomization.yaml": kustomization("images.yaml", more="components: [../../newest]\n"),
            "clusters/home/images.yaml": all_three("./apps"),
            "newest/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n" + PATCH,
            "apps/web.yaml": deployment(),
        },
        {"clusters/home": {"flux-system:web": "2.0.0"}},
        {"apps/web.yaml": "2.0.0"},
    ),
}

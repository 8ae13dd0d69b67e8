"""Which clusters a repository describes, and what is known of each."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from check_packages import check, repository_of
from cluster_scenarios import (
    all_three,
    automation,
    deployment,
    flux_kustomization,
    git_repository,
    kustomization,
    policy,
    repository,
    sync,
)
from fluxmark.cli import main
from fluxmark.cluster.git import Checkout, checkout, repository_name
from fluxmark.cluster.read import read_items
from fluxmark.config import ConfigError
from krmfn.resources.resource_list import ResourceList

if TYPE_CHECKING:
    from pathlib import Path


def names(texts: dict[str, str]) -> list[str]:
    """Return the names of the clusters that hold image resources."""
    return sorted(one.name for one in repository_of(texts).clusters if one.image_resources)


def write(root: Path, texts: dict[str, str]) -> Path:
    for path, text in texts.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return root


def test_kustomizations_of_one_directory_are_one_cluster() -> None:
    texts = {
        f"clusters/{cluster}/{name}.yaml": flux_kustomization(f"./{name}", name)
        for cluster in ("prod", "dev")
        for name in ("images", "automation")
    }
    texts["images/images.yaml"] = f"{repository()}---\n{policy()}"
    texts["automation/automation.yaml"] = automation("./apps")
    assert names(texts) == ["clusters/dev", "clusters/prod"]
    for cluster in repository_of(texts).clusters:
        assert [one.id for one in cluster.policies] == ["flux-system:web"]
        assert len(cluster.scopes) == 1


def test_what_has_names_of_its_own_belongs_to_every_cluster_beside() -> None:
    texts = {
        "clusters/prod/images.yaml": f"{policy()}---\n{automation('./apps/prod')}",
        "clusters/dev/images.yaml": f"{policy()}---\n{automation('./apps/dev')}",
        "shared/repository.yaml": repository(),
    }
    for cluster in repository_of(texts).clusters:
        assert [cluster.repository_of(one) for one in cluster.policies] == cluster.repositories


def test_two_resources_of_one_name_in_one_directory_are_a_fault_and_not_two_clusters() -> None:
    texts = {"flux/a.yaml": all_three("./apps"), "flux/b.yaml": policy(range_="2.x")}
    assert names(texts) == ["flux"]
    (found,) = check(texts, "resource-twice")
    assert (found.file, found.line) == ("flux/b.yaml", 4)
    assert "flux/a.yaml:11" in found.message


def test_copies_without_an_automation_are_twice_in_one_cluster_unless_their_directories_are_alike() -> None:
    automated = all_three("./apps")
    assert names({"platform/flux/images.yaml": automated, "apps/web.yaml": policy()}) == [""]
    assert check({"platform/flux/images.yaml": automated, "apps/web.yaml": policy()}, "resource-twice")
    alike = {"clusters/prod/images.yaml": automated, "clusters/dev/images.yaml": policy()}
    assert names(alike) == ["clusters/dev", "clusters/prod"]


def test_a_directory_is_built_as_flux_does_and_sourceignore_counts() -> None:
    texts = {
        "clusters/home/flux-system/gotk-sync.yaml": sync("./clusters/home"),
        "clusters/home/images.yaml": all_three("./apps"),
        "clusters/home/drafts/images.yaml": policy("draft"),
        "clusters/home/.sourceignore": "drafts\n",
    }
    (cluster,) = [one for one in repository_of(texts).clusters if one.is_root]
    assert "clusters/home/images.yaml" in cluster.files
    assert "clusters/home/drafts/images.yaml" not in cluster.files


def test_kustomizations_that_apply_each_other_end() -> None:
    texts = {
        "a/b.yaml": flux_kustomization("./b", "b"),
        "b/a.yaml": flux_kustomization("./a", "a"),
        "b/images.yaml": all_three("./apps"),
    }
    assert len(names(texts)) == 1


@pytest.mark.parametrize(
    ("texts", "file", "line", "message"),
    [
        (
            {"flux/kustomization.yaml": kustomization("a.yaml", "b.yaml"), "flux/a.yaml": all_three("./apps")},
            "flux/kustomization.yaml",
            5,
            "'b.yaml': no such file or directory",
        ),
        (
            {
                "flux/kustomization.yaml": kustomization("images.yaml", "../other"),
                "flux/images.yaml": all_three("./apps"),
                "other/kustomization.yaml": kustomization("../flux"),
            },
            "other/kustomization.yaml",
            4,
            "cycle detected",
        ),
        (
            {"flux/kustomization.yaml": kustomization("a.yaml", "../../b.yaml"), "flux/a.yaml": policy()},
            "flux/kustomization.yaml",
            5,
            "leads out of the repository",
        ),
        (
            {
                "flux/kustomization.yaml": kustomization("a.yaml", "b.yaml"),
                "flux/a.yaml": policy(),
                "flux/b.yaml": policy(),
            },
            "flux/b.yaml",
            1,
            "already registered id.*the other one is in flux/a.yaml:1",
        ),
        (
            {
                "flux/kustomization.yaml": kustomization("a.yaml", more="patches: [{path: patch.yaml}]\n"),
                "flux/a.yaml": policy(),
                "flux/patch.yaml": policy("other"),
            },
            "flux/patch.yaml",
            1,
            "no matches for Id",
        ),
        (
            {
                "clusters/home/flux-system/gotk-sync.yaml": sync("./clusters/home"),
                "clusters/home/apps.yaml": flux_kustomization("./aps", "apps"),
                "clusters/home/images.yaml": all_three("./apps"),
            },
            "clusters/home/apps.yaml",
            6,
            "kustomization path not found: this repository has no directory aps",
        ),
    ],
    ids=["missing", "cycle", "outside", "twice", "no target", "path"],
)
def test_what_kustomize_refuses_is_reported_where_it_is_written(
    texts: dict[str, str], file: str, line: int, message: str
) -> None:
    found = check(texts, "kustomize-build")
    assert any((one.file, one.line) == (file, line) and re.search(message, one.message) for one in found), [
        (one.file, one.line, one.message) for one in found
    ]


def test_what_could_not_be_followed_is_said_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    texts = {
        "flux/kustomization.yaml": kustomization("images.yaml", "https://example.com/base//images"),
        "flux/images.yaml": all_three("./apps"),
        "apps/web.yaml": deployment(marker="flux-system:other"),
    }
    root = str(write(tmp_path, texts))
    tags = tmp_path / "tags.json"
    tags.write_text("{}")
    for arguments in (
        ["check", root],
        ["select", root, "--tags", str(tags)],
        ["update", root],
        ["inject", root, "--dry-run"],
    ):
        main(arguments)
        captured = capsys.readouterr()
        assert captured.err.count("not followed: the remote base https://example.com/base//images") == 1
        # the policy may come from there
        assert "marker-policy-missing" not in captured.out


def test_an_overlap_of_two_clusters_is_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    texts = {
        "clusters/prod/images.yaml": all_three("./"),
        "clusters/dev/images.yaml": all_three("./", range_=">=1.0.0"),
        "apps/web.yaml": deployment(),
    }
    (found,) = check(texts, "automation-overlap")
    assert "both clusters commit there" in found.message
    latest = tmp_path / "tags.json"
    latest.write_text('{"registry.example.com/shop/web": ["1.0.0", "1.1.0", "2.0.0"]}')
    assert main(["update", str(write(tmp_path / "tree", texts)), "--tags", str(latest)]) == 0
    assert "the clusters clusters/dev and clusters/prod both update this file" in capsys.readouterr().err
    texts["clusters/dev/images.yaml"] = all_three("./dev", range_=">=1.0.0")
    assert check(texts, "automation-overlap") == []


def test_check_of_a_subdirectory_knows_the_repository_around_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    texts = {
        "flux/images.yaml": all_three("./apps"),
        "apps/web/web.yaml": deployment(marker="flux-system:wbe"),
        "other/web.yaml": deployment(marker="flux-system:bad"),
    }
    (write(tmp_path, texts) / ".git").mkdir()
    assert main(["check", str(tmp_path / "apps"), "--select", "marker-policy-missing"]) == 1
    out = capsys.readouterr().out
    assert out.startswith("web/web.yaml\n")
    assert "did you mean web?" in out
    assert "other" not in out


def test_configurations_of_two_clusters_converge(tmp_path: Path) -> None:
    def configuration(cluster: str, range_: str) -> str:
        return (
            "apiVersion: fluxmark.io/v1alpha1\nkind: ImageAutomation\n"
            "metadata: {name: a, annotations: {config.kubernetes.io/local-config: 'true'}}\n"
            f"spec:\n  cluster: clusters/{cluster}\n  output: clusters/{cluster}\n"
            "  images:\n    - image: registry.example.com/shop/web\n"
            f"      policy: {{policy: {{semver: {{range: '{range_}'}}}}}}\n"
            f"  automation: {{git: {{push: {{branch: main}}}}, update: {{path: ./apps/{cluster}}}}}\n"
        )

    texts = {
        "clusters/prod/flux-system/gotk-sync.yaml": sync("./clusters/prod"),
        "clusters/dev/flux-system/gotk-sync.yaml": sync("./clusters/dev"),
        "apps/prod/web.yaml": deployment(),
        "apps/dev/web.yaml": deployment(),
        "prod.yaml": configuration("prod", "1.x"),
        "dev.yaml": configuration("dev", ">=1.0.0"),
    }
    root = write(tmp_path, texts)
    runs = []
    for _ in range(2):
        for name in ("prod", "dev"):
            assert main(["inject", str(root), "-c", str(root / f"{name}.yaml")]) == 0
        runs.append({str(path): path.read_text() for path in sorted(root.rglob("*.yaml"))})
    assert runs[0] == runs[1]
    assert "range: 1.x" in (root / "clusters/prod/image-policies.yaml").read_text()
    assert "range: '>=1.0.0'" in (root / "clusters/dev/image-policies.yaml").read_text().replace('"', "'")


def test_a_cluster_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    config = (
        "apiVersion: fluxmark.io/v1alpha1\nkind: ImageAutomation\nmetadata: {name: a}\n"
        "spec: {cluster: clusters/prd, images: [{image: registry.example.com/shop/web, tagFormat: <semver>}]}\n"
    )
    texts = {"clusters/prod/flux-system/gotk-sync.yaml": sync("./clusters/prod"), "fluxmark.yaml": config}
    with pytest.raises(ConfigError, match="no cluster is synchronised from clusters/prd; found: clusters/prod"):
        main(["inject", str(write(tmp_path, texts))])


@pytest.mark.parametrize(
    "url",
    [
        "https://github.com/Acme/fleet",
        "https://user:secret@github.com/acme/fleet.git",
        "ssh://git@github.com:22/acme/fleet.git/",
        "git@github.com:acme/fleet.git",
    ],
)
def test_one_repository_has_several_urls(url: str) -> None:
    assert repository_name(url) == "github.com/acme/fleet"


@pytest.mark.parametrize("url", ["", "fleet", "./fleet", "https://", "https://[bad/x"])
def test_what_is_not_a_url_is_not_a_repository(url: str) -> None:
    assert repository_name(url) == ""


def test_what_git_says_of_a_directory(tmp_path: Path) -> None:
    assert checkout(tmp_path) == Checkout()
    write(
        tmp_path,
        {
            ".git/config": '[remote "origin"]\n\turl = git@github.com:acme/fleet.git\n\tfetch = x\n',
            ".git/HEAD": "ref: refs/heads/feature/x\n",
        },
    )
    assert checkout(tmp_path) == Checkout(frozenset(["github.com/acme/fleet"]), "feature/x")


def test_a_source_of_another_revision_is_not_followed() -> None:
    other = git_repository("tenant").replace("branch: main", "branch: tenant")
    texts = {
        "clusters/home/flux-system/gotk-sync.yaml": sync("./clusters/home"),
        "clusters/home/tenant.yaml": f"{other}---\n"
        + flux_kustomization("./deploy", "tenant").replace("name: flux-system}\n", "name: tenant}\n"),
    }
    model = repository_of(texts).model
    assert [one.what for one in model.unfollowed] == [
        "Kustomization flux-system/tenant applies another revision of this repository, {'branch': 'tenant'}"
    ]
    assert model.problems == ()


def test_an_item_with_a_comment_above_it_is_read() -> None:
    head = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n"
    listed = f"{head}# the policy\n- " + "\n  ".join(policy().strip().split("\n")) + "\n"
    (cluster,) = read_items(ResourceList.read(listed).items).clusters
    assert [one.id for one in cluster.policies] == ["flux-system:web"]

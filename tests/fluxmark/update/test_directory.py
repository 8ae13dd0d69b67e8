"""A directory: which files and policies each automation updates, and what it would commit."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import pytest

from fluxmark.errors import FluxmarkError
from fluxmark.flux.latest_image import LatestImage
from update_helpers import LATEST, MARKER, said, tree, updated

if TYPE_CHECKING:
    from pathlib import Path

VALUE = f"image: x {MARKER}\n"
OTHER = VALUE.replace("flux-system", "other")
BOTH = {**LATEST, "other:app": LatestImage("reg.io/other", "9")}


def automation(spec: str = "", name: str = "flux", namespace: str = "flux-system") -> str:
    head = "apiVersion: image.toolkit.fluxcd.io/v1\nkind: ImageUpdateAutomation\n"
    source = "  interval: 1m\n  sourceRef: {kind: GitRepository, name: flux-system}\n"
    author = "commit: {author: {email: flux@example.com}"
    git = "" if "  git:" in spec else f"  git: {{{author}}}}}\n"
    spec = spec.replace("commit: {", f"{author}, ")
    return f"{head}metadata: {{name: {name}, namespace: {namespace}}}\nspec:\n{source}{git}{spec}"


def policy(name: str, labels: str = "{}") -> str:
    head = "apiVersion: image.toolkit.fluxcd.io/v1\nkind: ImagePolicy\n"
    return f"{head}metadata: {{name: {name}, namespace: flux-system, labels: {labels}}}\nspec: {{}}\n"


def test_without_an_automation_every_policy_counts_and_every_file(tmp_path: Path) -> None:
    outcome = updated(tree(tmp_path, {"a.yaml": VALUE, "b/c.yml": OTHER}), BOTH)

    assert sorted(outcome.texts) == ["a.yaml", "b/c.yml"]
    assert said(outcome, "no-automation")
    assert outcome.message == "Update from image update automation"


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("a.yaml", True),
        ("a.yml", True),
        ("Kustomization", True),
        (".hidden/a.yaml", True),
        ("a[1].yaml", True),
        ("a.YAML", False),
        ("a.json", False),
        ("kustomization", False),
        ("Kptfile", False),
        ("a.yaml.gotmpl", False),
        (".git/a.yaml", False),
    ],
)
def test_files_are_those_that_flux_reads(tmp_path: Path, name: str, read: bool) -> None:
    assert (name in updated(tree(tmp_path, {name: VALUE})).texts) is read


def test_a_file_is_screened_for_the_text_of_a_marker(tmp_path: Path) -> None:
    long_form = 'image: x # {"$ref": "#/definitions/io.k8s.cli.setters.flux-system:app"}\n'

    outcome = updated(tree(tmp_path, {"a.yaml": long_form, "b.yaml": f'{long_form}# "$imagepolicy"\n'}))

    assert list(outcome.texts) == ["b.yaml"]


def test_links_to_files_are_followed_within_the_package_and_links_to_directories_are_not(tmp_path: Path) -> None:
    root = tree(tmp_path / "root", {"real/a.yaml": VALUE})
    tree(tmp_path, {"outside.yaml": VALUE})
    (root / "link.yaml").symlink_to("real/a.yaml")
    (root / "out.yaml").symlink_to(tmp_path / "outside.yaml")
    (root / "gone.yaml").symlink_to("nowhere.yaml")
    (root / "directory").symlink_to("real")

    assert sorted(updated(root).texts) == ["link.yaml", "real/a.yaml"]


def test_an_automation_updates_below_its_path_with_the_policies_of_its_namespace(tmp_path: Path) -> None:
    texts = {
        "flux.yaml": automation("  update: {path: ./apps}\n"),
        "apps/a.yaml": VALUE + OTHER.replace("image:", "other:"),
        "apps-not/b.yaml": VALUE,
    }

    outcome = updated(tree(tmp_path, texts), BOTH)

    assert [(change.file, change.setter) for change in outcome.changes] == [("apps/a.yaml", "flux-system:app")]


def test_policies_of_every_namespace_where_that_is_wished(tmp_path: Path) -> None:
    root = tree(tmp_path, {"flux.yaml": automation(), "a.yaml": OTHER})

    assert updated(root, BOTH).changes == []
    assert len(updated(root, BOTH, any_namespace=True).changes) == 1


@pytest.mark.parametrize("path", ["./apps", "apps/", "/apps", "../apps", "apps/../apps", "link"])
def test_a_path_is_taken_relative_to_the_root_and_stays_in_it(tmp_path: Path, path: str) -> None:
    texts = {"flux.yaml": automation(f"  update: {{path: {path}}}\n"), "apps/a.yaml": VALUE, "b.yaml": VALUE}
    root = tree(tmp_path, texts)
    (root / "link").symlink_to("apps")

    assert list(updated(root).texts) == ["apps/a.yaml"]


def test_a_path_can_be_a_file(tmp_path: Path) -> None:
    texts = {
        "flux.yaml": automation("  update: {path: apps/a.yaml}\n"),
        "apps/a.yaml": VALUE,
        "apps/b.yaml": VALUE,
    }

    assert list(updated(tree(tmp_path, texts)).texts) == ["apps/a.yaml"]


def test_a_path_that_is_not_there_fails_that_automation_alone(tmp_path: Path) -> None:
    texts = {
        "one.yaml": automation("  update: {path: ./apps}\n", "one"),
        "two.yaml": automation("  update: {path: '${WHERE}/x'}\n", "two"),
        "three.yaml": automation("", "three"),
        "a.yaml": VALUE,
    }

    outcome = updated(tree(tmp_path, texts))

    assert [commit.work.name[1] for commit in outcome.commits] == ["three"]
    assert len(said(outcome, "update-path")) == 2
    with pytest.raises(FluxmarkError, match="walking path for files: lstat apps"):
        updated(tmp_path, strict=True)


@pytest.mark.parametrize(
    ("selector", "count"),
    [
        ("", 2),
        ("  policySelector: {}\n", 2),
        ("  policySelector: {matchLabels: {tier: web}}\n", 1),
        ("  policySelector: {matchExpressions: [{key: tier, operator: NotIn, values: [web]}]}\n", 1),
        ("  policySelector: {matchExpressions: [{key: tier, operator: Exists}]}\n", 1),
        ("  policySelector: {matchLabels: {tier: none}}\n", 0),
    ],
)
def test_a_policy_selector_chooses_the_policies(tmp_path: Path, selector: str, count: int) -> None:
    latest = {**LATEST, "flux-system:web": LatestImage("reg.io/web", "2")}
    texts = {
        "flux.yaml": "---\n".join((automation(selector), policy("app"), policy("web", "{tier: web}"))),
        "a.yaml": VALUE + VALUE.replace("image:", "web:").replace(":app", ":web"),
    }

    assert len(updated(tree(tmp_path, texts), latest).changes) == count


def test_a_selector_that_kubernetes_refuses_is_said(tmp_path: Path) -> None:
    texts = {
        "flux.yaml": automation("  policySelector: {matchExpressions: [{key: a, operator: Has}]}\n"),
        "a.yaml": VALUE,
    }

    outcome = updated(tree(tmp_path, texts))

    assert outcome.changes == []
    assert 'failed to parse policy selector: "Has" is not a valid' in said(outcome, "policy-selector")[0]


def test_a_suspended_automation_updates_nothing(tmp_path: Path) -> None:
    outcome = updated(tree(tmp_path, {"flux.yaml": automation("  suspend: true\n"), "a.yaml": VALUE}))

    assert outcome.changes == []
    assert said(outcome, "suspended")


def test_each_automation_commits_with_its_own_message(tmp_path: Path) -> None:
    text = "{{ .AutomationObject }}{{ range $f, $_ := .Changed.FileChanges }} {{ $f }}{{ end }}{{ .Values.a }}"
    template = f"  git: {{commit: {{messageTemplate: '{text}', messageTemplateValues: {{a: '!'}}}}}}\n"
    texts = {
        "one.yaml": automation(f"  update: {{path: one}}\n{template}", "one"),
        "two.yaml": automation(f"  update: {{path: two}}\n{template}", "two"),
        "all.yaml": automation(template, "zz"),
        "one/a.yaml": VALUE,
        "two/b.yaml": VALUE,
    }

    outcome = updated(tree(tmp_path, texts))

    # the automation of everything comes first, so that it leaves the others nothing
    assert outcome.message == "flux-system/zz one/a.yaml two/b.yaml!"
    (tmp_path / "all.yaml").unlink()
    assert updated(tmp_path).message == "flux-system/one a.yaml!\n\nflux-system/two b.yaml!"


def test_a_template_that_fails_is_said_and_the_default_message_used(tmp_path: Path) -> None:
    broken = automation("  git: {commit: {messageTemplate: '{{ .Updated.Images }}'}}\n")

    outcome = updated(tree(tmp_path, {"flux.yaml": broken, "a.yaml": VALUE}))

    assert outcome.message == "Update from image update automation"
    assert "template uses removed '.Updated' field" in said(outcome, "message-template")[0]
    with pytest.raises(FluxmarkError, match=r"^template uses removed '\.Updated' field"):
        updated(tmp_path, strict=True)


def test_a_bad_latest_image_is_left_alone_or_fails_the_run(tmp_path: Path) -> None:
    latest = {**LATEST, "flux-system:bad": LatestImage("reg.io/Bad", "1")}
    root = tree(tmp_path, {"a.yaml": VALUE + VALUE.replace("image:", "bad:").replace(":app", ":bad")})

    outcome = updated(root, latest)

    assert [change.setter for change in outcome.changes] == ["flux-system:app"]
    assert said(outcome, "invalid-image")
    with pytest.raises(FluxmarkError, match="encountered invalid image ref"):
        updated(root, latest, strict=True)


@pytest.mark.parametrize(
    ("content", "where"),
    [
        (b"a: [\n", "bad.yaml:"),
        (b"a: \xff\n", "bad.yaml:2:4"),
        ("a: 1\n".encode("utf-16"), None),
        (b"a: " + b"[" * 300 + b"]" * 300, "bad.yaml:2:"),
    ],
)
def test_a_file_that_is_not_yaml_is_named_and_left(tmp_path: Path, content: bytes, where: str | None) -> None:
    root = tree(tmp_path, {"a.yaml": VALUE})
    (root / "bad.yaml").write_bytes(VALUE.encode() + content)

    outcome = updated(root)

    assert list(outcome.texts) == ["a.yaml"]
    assert [one.startswith(where or "bad.yaml") for one in said(outcome, "unreadable")] == [True]


def test_a_file_that_may_not_be_read_is_named_and_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from fluxmark.flux.files import search
    from fluxmark.update import files
    from krmfn.packages.package import Package

    root = tree(tmp_path, {"a.yaml": VALUE, "b.yaml": VALUE})
    real = os.open

    def refuse(name: str, flags: int) -> int:
        if name.endswith("b.yaml"):
            raise PermissionError(13, "Permission denied", name)
        return real(name, flags)

    with monkeypatch.context() as patched:
        patched.setattr(os, "open", refuse)
        package = Package(root)
        found = files.read(search(package)(), package)

    assert list(found.marked) == ["a.yaml"]
    assert found.unreadable == (f"{root}/b.yaml: cannot be read: Permission denied",)


@pytest.mark.parametrize(
    ("item", "why"),
    [
        ("a: b", "missing Resource metadata"),
        ("metadata: {}", "missing Resource metadata"),
        ("kind: ~", "missing Resource metadata"),
        ("metadata: {labels: {}, annotations: x, uid: y}", "missing Resource metadata"),
        ("b", "wrong node kind: expected MappingNode but got ScalarNode"),
        ("[b]", "wrong node kind: expected MappingNode but got SequenceNode"),
        ("*b", "wrong node kind: expected MappingNode but got AliasNode"),
        ("~", "resources must be annotated"),
    ],
)
def test_an_item_of_a_list_that_fails_the_run_of_flux_is_said(tmp_path: Path, item: str, why: str) -> None:
    text = f"kind: List\nitems:\n- kind: &b Pod\n  image: x {MARKER}\n- {item}\n"
    root = tree(tmp_path, {"a.yaml": text})

    outcome = updated(root)

    assert len(outcome.changes) == 1
    assert [
        one.startswith("a.yaml:5:3: an item fails every run of Flux") for one in said(outcome, "list-item")
    ] == [True]
    with pytest.raises(FluxmarkError, match=f"^a.yaml: {re.escape(why)}"):
        updated(root, strict=True)


@pytest.mark.parametrize(
    "item", ["kind: b", "apiVersion: b", "metadata: {name: ''}", "metadata: {labels: {a: ~}}", "kind: [b]"]
)
def test_an_item_of_a_list_that_is_somebody_is_not(tmp_path: Path, item: str) -> None:
    root = tree(tmp_path, {"a.yaml": f"kind: List\nitems:\n- kind: Pod\n  image: x {MARKER}\n- {item}\n"})

    assert said(updated(root, strict=True), "list-item") == []


def test_a_list_in_which_nothing_changes_fails_nothing(tmp_path: Path) -> None:
    root = tree(tmp_path, {"a.yaml": f"kind: List\nitems:\n- a: b\n# {MARKER}\n", "b.yaml": VALUE})

    assert said(updated(root, strict=True), "list-item") == []

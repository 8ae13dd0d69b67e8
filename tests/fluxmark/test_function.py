"""fluxmark as a function: lists in, lists out, whatever they hold."""

from __future__ import annotations

import io
import textwrap
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from fluxmark.function import Fluxmark
from krmfn.functions.host import Host
from krmfn.functions.run import run

if TYPE_CHECKING:
    from pathlib import Path

MARKER = '# {"$imagepolicy": "flux-system:app"}'
CONFIG = """\
functionConfig:
  apiVersion: fluxmark.io/v1alpha1
  kind: ImageAutomation
  metadata: {name: test}
  spec:
    output: flux
    tagFormat: 'main-<sha:7>-<unix>'
    images: [{image: reg.io/app}]
    automation: {git: {push: {branch: main}}, update: {path: apps}}
"""
ITEM = """\
- apiVersion: v1
  kind: Pod
  metadata:
    name: web # the name
    annotations:
      internal.config.kubernetes.io/path: 'apps/pod.yaml'
      internal.config.kubernetes.io/index: '0'
  spec:
    containers:
    - image: reg.io/app:main-abc1234-1707300000
"""
HEAD = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n"


def call(text: str, *, kustomize: bool = False, root: str = ".") -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    status = run(
        Fluxmark(host=Host.BUILD if kustomize else None, root=root),
        stdin=io.StringIO(text),
        stdout=out,
        stderr=err,
    )
    return status, out.getvalue(), err.getvalue()


def results(text: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load(text).get("results", []))


def test_items_are_marked_and_resources_added_with_their_files() -> None:
    status, out, err = call(f"{HEAD}items:\n{ITEM}{CONFIG}")
    assert (status, err) == (0, "")
    assert ITEM.replace("1707300000\n", f"1707300000 {MARKER}\n") in out
    items = yaml.safe_load(out)["items"]
    files = [
        (
            item["kind"],
            item["metadata"]["annotations"]["internal.config.kubernetes.io/path"],
            item["metadata"]["annotations"]["internal.config.kubernetes.io/index"],
        )
        for item in items[1:]
    ]
    assert files == [
        ("ImageRepository", "flux/image-repositories.yaml", "0"),
        ("ImagePolicy", "flux/image-policies.yaml", "0"),
        ("ImageUpdateAutomation", "flux/image-update-automation.yaml", "0"),
        ("Kustomization", "flux/kustomization.yaml", "0"),
    ]
    assert results(out)[0] == {
        "message": "apps/pod.yaml: reg.io/app:main-abc1234-1707300000: marked for flux-system:app [marked]",
        "severity": "info",
        "resourceRef": {"apiVersion": "v1", "kind": "Pod", "name": "web"},
        "field": {
            "path": "spec.containers[0].image",
            "currentValue": "reg.io/app:main-abc1234-1707300000",
        },
        "file": {"path": "apps/pod.yaml", "index": 0},
        "tags": {"rule": "marked"},
    }


def test_a_second_run_changes_nothing() -> None:
    _, first, _ = call(f"{HEAD}items:\n{ITEM}{CONFIG}")
    without = first[: first.index("results:")]
    assert call(without) == (0, without, "")


def test_several_resources_of_one_file_get_distinct_indexes() -> None:
    config = CONFIG.replace("[{image: reg.io/app}]", "[{image: reg.io/app}, {image: reg.io/api}]")
    _, out, _ = call(f"{HEAD}items: []\n{config}")
    annotations = [item["metadata"].get("annotations", {}) for item in yaml.safe_load(out)["items"]]
    places = [
        (one["internal.config.kubernetes.io/path"], one["internal.config.kubernetes.io/index"])
        for one in annotations
    ]
    assert len(set(places)) == len(places) == 6


def test_without_configuration_the_items_policies_say_what_to_mark() -> None:
    flux = """\
    - apiVersion: image.toolkit.fluxcd.io/v1
      kind: ImagePolicy
      metadata: {name: app, namespace: flux-system}
      spec: {imageRepositoryRef: {name: app}, policy: {semver: {range: '*'}}}
    - apiVersion: image.toolkit.fluxcd.io/v1
      kind: ImageRepository
      metadata: {name: app, namespace: flux-system}
      spec: {image: reg.io/app}
    """
    placeholder = (
        "functionConfig:\n  apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: function-input}\n  data: {}\n"
    )
    for config in ("", placeholder):
        status, out, _ = call(f"{HEAD}items:\n{ITEM}{textwrap.dedent(flux)}{config}")
        assert status == 0
        assert ITEM.replace("1707300000\n", f"1707300000 {MARKER}\n") in out
        assert len(yaml.safe_load(out)["items"]) == 3


def test_a_config_map_says_the_same_in_flat_keys() -> None:
    config = """\
    functionConfig:
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: function-input}
      data:
        images: reg.io/app
        tagFormat: main-<sha:7>-<unix>
        secretRef: credentials
        insecure: "true"
    """
    status, out, _ = call(f"{HEAD}items:\n{ITEM}{textwrap.dedent(config)}")
    assert status == 0
    assert MARKER in out
    repository = next(item for item in yaml.safe_load(out)["items"] if item["kind"] == "ImageRepository")
    assert repository["spec"]["secretRef"] == {"name": "credentials"}
    assert repository["spec"]["insecure"] is True


def test_under_kustomize_resources_are_made_and_the_missing_comments_said() -> None:
    status, out, _ = call(f"{HEAD}items:\n{ITEM}{CONFIG}", kustomize=True)
    assert status == 0
    assert "$imagepolicy" not in out
    kinds = [item["kind"] for item in yaml.safe_load(out)["items"]]
    assert kinds == ["Pod", "ImageRepository", "ImagePolicy", "ImageUpdateAutomation"]
    (said,) = [one for one in results(out) if one["tags"]["rule"] == "no-comments"]
    assert said["severity"] == "info"


def test_kustomize_sees_results_on_standard_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_TO_STDERR", "true")
    _, _, err = call(f"{HEAD}items:\n{ITEM}{CONFIG}", kustomize=True)
    assert "[no-comments]" in err


def test_files_that_are_not_items_are_edited_below_the_root(tmp_path: Path) -> None:
    compose = tmp_path / "apps" / "compose.yml"
    compose.parent.mkdir()
    compose.write_text("services:\n  web:\n    image: reg.io/app:1\n\n    ports: []\n")
    status, _, _ = call(f"{HEAD}items: []\n{CONFIG}    files: [apps/compose.yml]\n", root=str(tmp_path))
    assert status == 0
    assert compose.read_text() == f"services:\n  web:\n    image: reg.io/app:1 {MARKER}\n\n    ports: []\n"


def test_a_file_that_is_not_there_fails_and_touches_nothing(tmp_path: Path) -> None:
    (tmp_path / "other.yml").touch()
    text = f"{HEAD}items:\n{ITEM}{CONFIG}    files: [apps/compose.yml]\n"
    status, out, _ = call(text, root=str(tmp_path))
    assert status == 1
    assert out.startswith(text)
    assert results(out)[0]["severity"] == "error"
    assert "apps/compose.yml" in results(out)[0]["message"]


def test_an_empty_root_means_that_nothing_is_mounted_and_is_said(tmp_path: Path) -> None:
    status, out, _ = call(f"{HEAD}items:\n{ITEM}{CONFIG}    files: [apps/compose.yml]\n", root=str(tmp_path))
    assert status == 0
    assert MARKER in out
    first = results(out)[0]
    assert (first["severity"], first["tags"]["rule"]) == ("warning", "no-mount")


def test_a_file_that_came_as_an_item_is_not_edited_on_disk(tmp_path: Path) -> None:
    """`kpt fn source` hands over a compose file in the working directory, too."""
    compose = "services:\n  web:\n    image: reg.io/app:1\n"
    (tmp_path / "apps").mkdir()
    (tmp_path / "apps/compose.yml").write_text(compose)
    item = (
        "- services:\n    web:\n      image: reg.io/app:1\n"
        "  metadata:\n    annotations: {internal.config.kubernetes.io/path: apps/compose.yml}\n"
    )
    status, out, _ = call(f"{HEAD}items:\n{item}{CONFIG}    files: [apps/compose.yml]\n", root=str(tmp_path))
    assert status == 0
    assert out.count(MARKER) == 1
    assert (tmp_path / "apps/compose.yml").read_text() == compose


def test_globs_and_directories_name_files(tmp_path: Path) -> None:
    compose = "services:\n  web:\n    image: reg.io/app:1\n"
    files = [tmp_path / "apps" / name for name in ("a/compose.yml", "b/c/compose.yml", "b/c/s.yaml", "b/n.txt")]
    for file in files:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(compose)
    call(f"{HEAD}items:\n{ITEM}{CONFIG}    files: ['**/compose.yml']\n", root=str(tmp_path))
    assert [MARKER in file.read_text() for file in files] == [True, True, False, False]
    call(f"{HEAD}items:\n{ITEM}{CONFIG}    files: [apps/b]\n", root=str(tmp_path))
    assert [MARKER in file.read_text() for file in files] == [True, True, True, False]


def test_a_glob_that_matches_nothing_fails(tmp_path: Path) -> None:
    (tmp_path / "other.yml").touch()
    status, out, _ = call(f"{HEAD}items:\n{ITEM}{CONFIG}    files: ['**/compose.yml']\n", root=str(tmp_path))
    assert status == 1
    assert "**/compose.yml: file not found under" in results(out)[0]["message"]


def test_without_items_a_directory_is_edited_in_place_with_its_resources(tmp_path: Path) -> None:
    (tmp_path / "apps").mkdir()
    compose = tmp_path / "apps" / "compose.yml"
    compose.write_text("services:\n  web:\n    image: reg.io/app:1\n")
    text = f"{HEAD}items: []\n{CONFIG}    files: [apps]\n"
    status, out, _ = call(text, root=str(tmp_path))
    assert (status, out.startswith(text)) == (0, True)
    assert MARKER in compose.read_text()
    written = {path.name for path in tmp_path.rglob("*.yaml")}
    assert {"image-policies.yaml", "image-repositories.yaml", "kustomization.yaml"} <= written
    # the output directory lies outside `apps`, and what is in it is known anyway
    assert call(text, root=str(tmp_path)) == (0, text, "")


def test_a_wrong_configuration_gives_the_unchanged_list_and_a_result_for_each_problem() -> None:
    text = f"{HEAD}items:\n{ITEM}{CONFIG.replace('output:', 'outptu:')}    insecure: true\n"
    status, out, err = call(text)
    assert status == 1
    assert out.startswith(text)
    said = [one["message"] for one in results(out)]
    assert len(said) == 2
    assert err == "".join(f"[error] {one}\n" for one in said)
    assert any("functionConfig.spec.outptu" in one and "output" in one for one in said)
    assert any("functionConfig.spec.insecure" in one and "spec.repository" in one for one in said)


NOT_LISTS = {
    "empty": ("", "stdin:1:1: the input is empty; a function reads a ResourceList"),
    "no YAML": ("a: [", "stdin:1:5: "),
    "another kind": (HEAD.replace("ResourceList", "List") + "items: []\n", "stdin:2:7: kind is 'List'"),
    "another version": (HEAD.replace("/v1", "/v9") + "items: []\n", "stdin:1:13: apiVersion is"),
    "no items": (HEAD, "stdin:1:1: `items` is missing"),
    "items no list": (HEAD + "items: {}\n", "stdin:3:8: `items` is not a list"),
    "item no mapping": (HEAD + "items:\n- a\n", "stdin:4:3: item 0 is not a resource"),
    "scalar": ("abc\n", "stdin:1:1: this is not a ResourceList"),
    "two documents": (HEAD + "items: []\n---\na: b\n", "stdin:4:1: a second document follows"),
    "deep": (HEAD + "items:\n- a: " + "[" * 100_000, "stdin:4:259: nesting is deeper than 256 levels"),
}


@pytest.mark.parametrize("case", NOT_LISTS)
def test_input_that_is_not_a_list_gives_a_message_and_nothing_on_standard_output(case: str) -> None:
    text, message = NOT_LISTS[case]
    status, out, err = call(text)
    assert (status, out) == (1, "")
    assert err.startswith(message)


def test_utf_16_gives_a_message_and_nothing_on_standard_output() -> None:
    out, err = io.BytesIO(), io.StringIO()
    assert run(Fluxmark(), stdin=io.BytesIO(HEAD.encode("utf-16")), stdout=out, stderr=err) == 1
    assert (out.getvalue(), err.getvalue()) == (b"", "stdin:1:1: the text is UTF-16 or UTF-32; save it as UTF-8\n")


@pytest.mark.parametrize("path", ["/etc/passwd", "../out.yaml", "[a]"])
def test_an_item_with_a_broken_path_annotation_fails_and_is_named(path: str) -> None:
    text = f"{HEAD}items:\n{ITEM.replace(chr(39) + 'apps/pod.yaml' + chr(39), path)}{CONFIG}"
    status, out, _ = call(text)
    assert status == 1
    assert out.startswith(text)
    assert "Pod web" in results(out)[0]["message"]
    assert "internal.config.kubernetes.io/path" in results(out)[0]["message"]


def test_what_is_written_is_checked() -> None:
    """A filter and an order that select an older build are said, not only written."""
    policy = "{filterTags: {pattern: '^main-[a-f0-9]{7}-[0-9]{10}$'}, policy: {alphabetical: {order: asc}}}"
    config = CONFIG.replace("tagFormat: 'main-<sha:7>-<unix>'", f"policy: {policy}")
    status, out, _ = call(f"{HEAD}items:\n{ITEM}{config}")
    found = [one for one in results(out) if one["tags"]["rule"] == "policy-order"]
    assert status == 0
    assert [one["severity"] for one in found] == ["warning"]
    assert "main-fffffff-1700000000" in found[0]["message"]


def test_an_image_that_no_item_holds_is_reported_with_the_nearest_name() -> None:
    config = CONFIG.replace("reg.io/app", "reg.io/ap")
    assert config != CONFIG
    status, out, _ = call(f"{HEAD}items:\n{ITEM}{config}")
    found = [one for one in results(out) if one["tags"]["rule"] == "nowhere"]
    assert (status, len(found)) == (0, 1)
    assert "did you mean" in found[0]["message"]

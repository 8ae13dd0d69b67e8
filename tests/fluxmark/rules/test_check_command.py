"""`fluxmark check` and `mode: Check`: files in, findings out, exit status; fixes and suppresses."""

from __future__ import annotations

import io
import json
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from check_packages import check, places
from fluxmark.cli import main
from fluxmark.function import Fluxmark
from fluxmark.rules.engine import RuleFailedError
from krmfn.functions.host import Host
from krmfn.functions.run import run

if TYPE_CHECKING:
    from collections.abc import Callable

FIXTURES = Path(__file__).parents[3] / "fixtures/check"
MARKED = 'image: example.com/app:1.0.0 # {"$imagepolicy": "flux-system:app"}\n'
MALFORMED = MARKED.replace("$imagepolicy", "$imagePolicy")

# what a repository looks like that was written by hand, from the documentation of some years ago
FIRST_WRITTEN = """\
apiVersion: image.toolkit.fluxcd.io/v1beta2
kind: ImageRepository
metadata: {name: shop, namespace: flux-system}
spec: {image: registry.example.com/shop, interval: 1m0s}
---
apiVersion: image.toolkit.fluxcd.io/v1beta2
kind: ImagePolicy
metadata: {name: shop, namespace: flux-system}
spec:
  imageRepositoryRef: {name: shop}
  policy:
    alphabetical:
      order: asc
  filterTags:
    pattern: '^main-[a-f0-9]{7}-[0-9]{10}$'
    extract: '$0'
---
apiVersion: image.toolkit.fluxcd.io/v1beta2
kind: ImageUpdateAutomation
metadata: {name: shop, namespace: flux-system}
spec:
  interval: 1m0s
  sourceRef: {kind: GitRepository, name: flux-system}
  git:
    checkout: {ref: {branch: master}}
    commit:
      author: {email: flux@example.com, name: flux}
      messageTemplate: |
        chore: update image tags

        {{ range .Changed.Objects }}{{ .Key.Name }}: {{ .NewValue }}
        {{ end }}
    push: {branch: master}
  update: {path: ./apps, strategy: Setters}
"""


@pytest.fixture
def package(tmp_path: Path) -> Callable[[dict[str, str]], Path]:
    def make(texts: dict[str, str]) -> Path:
        for name, text in texts.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, newline="")
        return tmp_path

    return make


def test_the_case_as_first_written_has_three_faults() -> None:
    place = 'image: registry.example.com/shop:main-abc1234-1707300000 # {"$imagepolicy": "flux-system:shop"}\n'
    found = check({"apps/shop.yaml": place, "flux/image-automation.yaml": FIRST_WRITTEN})
    assert places(found) == [
        ("api-version", 1, 13),
        ("policy-order", 16, 14),
        ("automation-template", 31, 40),
    ]
    assert [str(one.severity) for one in found] == ["warning", "warning", "error"]
    assert "of main-fffffff-1700000000 and the newer main-0000000-1800000000" in found[1].message
    assert "can't evaluate field Key in type []update.Change" in found[2].message


def test_a_healthy_directory_exits_with_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(FIXTURES / "healthy")]) == 0
    output, error = capsys.readouterr()
    assert output == ""
    assert re.fullmatch(r"No issues found \(7 files, 1 cluster, \d+ rules\)\n", error)


@pytest.mark.parametrize(("fail_on", "status"), [("error", 0), ("warning", 1), ("info", 1), ("never", 0)])
def test_fail_on_says_what_makes_the_status_1(
    package: Callable[[dict[str, str]], Path], fail_on: str, status: int
) -> None:
    text = FIRST_WRITTEN.replace(".Key.Name", "range .").replace("{{ .NewValue }}", "{{ .NewValue }}{{ end }}")
    assert main(["check", str(package({"a.yaml": text})), "--fail-on", fail_on]) == status


def test_text_shows_the_line_with_a_caret(
    package: Callable[[dict[str, str]], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(package({"app.yaml": MALFORMED}))]) == 1
    output = capsys.readouterr().out
    assert re.sub(r"\d+ rules", "N rules", output) == (
        "app.yaml\n"
        "  1:34: error: Flux ignores this marker: the key is '$imagepolicy', exactly, not '$imagePolicy'; "
        'write # {"$imagepolicy": "flux-system:app"} [marker-malformed]\n'
        '    | image: example.com/app:1.0.0 # {"$imagePolicy": "flux-system:app"}\n'
        "    |                                  ^~~~~~~~~~~~\n"
        "\n"
        "1 error in 1 file; 1 file, N rules; 1 fixable with --fix\n"
        "More about a rule: fluxmark explain marker-malformed, or "
        "https://github.com/fluxmark/fluxmark/blob/main/docs/rules.md#marker-malformed\n"
    )


def test_json_is_versioned(package: Callable[[dict[str, str]], Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(package({"app.yaml": MALFORMED})), "--format", "json"]) == 1
    data = json.loads(capsys.readouterr().out)
    assert data["version"] == 1
    (entry,) = data["findings"]
    assert {name: entry[name] for name in ("rule", "severity", "file", "line", "column", "fix")} == {
        "rule": "marker-malformed",
        "severity": "error",
        "file": "app.yaml",
        "line": 1,
        "column": 34,
        "fix": 'write # {"$imagepolicy": "flux-system:app"}',
    }


def test_unknown_rules_and_versions_are_bad_input(package: Callable[[dict[str, str]], Path]) -> None:
    from fluxmark.errors import FluxmarkError
    from krmfn.errors import InputError

    here = str(package({"app.yaml": MARKED}))
    with pytest.raises(FluxmarkError, match="did you mean marker-image"):
        main(["check", here, "--select", "marker-imge"])
    with pytest.raises(FluxmarkError, match="unknown Flux version"):
        main(["check", here, "--flux-version", "1.7"])
    with pytest.raises(InputError, match="does not exist"):
        main(["check", f"{here}/nowhere"])


def test_rules_can_be_selected_and_ignored(package: Callable[[dict[str, str]], Path]) -> None:
    here = str(package({"app.yaml": MALFORMED}))
    assert main(["check", here, "--select", "marker-malformed,reformat"]) == 1
    assert main(["check", here, "--select", "reformat"]) == 0
    assert main(["check", here, "--ignore", "marker-malformed"]) == 0


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        (f"# fluxmark: ignore[marker-malformed]\n{MALFORMED}", []),
        (f"# fluxmark: ignore[reformat, marker-malformed]\n{MALFORMED}", []),
        (f"# fluxmark: ignore[reformat]\n{MALFORMED}", ["marker-malformed"]),
        (f"# fluxmark: ignore[marker-malformed]\na: 1\n{MALFORMED}", ["marker-malformed"]),
        (f"# fluxmark: ignore-file[marker-malformed]\na: 1\nb: 2\n{MALFORMED}", []),
        (f"a: 1\n{MALFORMED}# fluxmark: ignore-file[marker-malformed]\n", []),
        (f"# fluxmark: ignore-file[marker]\n{MALFORMED}", ["silence-unknown", "marker-malformed"]),
    ],
)
def test_comments_silence_rules(text: str, rules: list[str]) -> None:
    assert [finding.rule for finding in check({"app.yaml": text})] == rules


def test_a_silence_after_a_marker_would_break_it() -> None:
    text = MARKED.replace("\n", " # fluxmark: ignore[marker-image]\n")
    assert [finding.rule for finding in check({"app.yaml": text})] == ["marker-malformed"]


def test_fixes_leave_nothing_to_fix_and_nothing_else_changed(
    package: Callable[[dict[str, str]], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    before = (
        "# shop\r\n"
        "images:   # all\r\n"
        "  - name: a\r\n"
        "    newTag: 1.10   # {'$imagepolicy': 'flux-system:a:tag'} pinned by hand\r\n"
        "  - name: b\r\n"
        "    # the tag\r\n"
        '    # {"$imagepolicy": "flux-system:b:tag"}\r\n'
        "    newTag: 'v1'\r\n"
        "  - name: c\r\n"
        '    newTag: "2"   # {"$imagepolicy": "flux-system:c"}'
    )
    after = (
        "# shop\r\n"
        "images:   # all\r\n"
        "  - name: a\r\n"
        "    # pinned by hand\r\n"
        '    newTag: "1.10"   # {"$imagepolicy": "flux-system:a:tag"}\r\n'
        "  - name: b\r\n"
        "    # the tag\r\n"
        '    newTag: \'v1\' # {"$imagepolicy": "flux-system:b:tag"}\r\n'
        "  - name: c\r\n"
        '    newTag: "2"   # {"$imagepolicy": "flux-system:c:tag"}'
    )
    here = package({"kustomization.yaml": before})
    assert main(["check", str(here), "--fix", "--ignore", "reformat", "--fail-on", "info"]) == 0
    assert (here / "kustomization.yaml").read_bytes() == after.encode()
    assert main(["check", str(here), "--fix", "--ignore", "reformat", "--fail-on", "info"]) == 0
    assert re.findall(r"Fixed \d+ issues? in 1 file", capsys.readouterr().err) == ["Fixed 4 issues in 1 file"]


def test_api_versions_are_mended_for_the_flux_that_is_named(package: Callable[[dict[str, str]], Path]) -> None:
    here = package({"a.yaml": FIRST_WRITTEN})
    main(["check", str(here), "--fix"])
    assert (here / "a.yaml").read_text() == FIRST_WRITTEN
    main(["check", str(here), "--fix", "--flux-version", "2.9"])
    assert (here / "a.yaml").read_text() == FIRST_WRITTEN.replace("/v1beta2", "/v1")
    assert main(["check", str(here), "--select", "api-version", "--fail-on", "info"]) == 0


def test_a_package_within_a_repository_knows_its_place(tmp_path: Path) -> None:
    shutil.copytree(FIXTURES / "healthy", tmp_path / "fleet")
    (tmp_path / ".git").mkdir()
    # the update path is that of the copy, not of the repository around it
    assert main(["check", str(tmp_path / "fleet"), "--fail-on", "info"]) == 0
    automation = tmp_path / "fleet/flux/image-update-automation.yaml"
    automation.write_text(automation.read_text().replace("./apps", "./fleet/apps"))
    assert main(["check", str(tmp_path / "fleet"), "--fail-on", "info"]) == 0
    assert main(["check", str(tmp_path), "--fail-on", "info"]) == 0
    automation.write_text(automation.read_text().replace("./fleet/apps", "./fleet/flux"))
    assert main(["check", str(tmp_path / "fleet"), "--select", "outside-update-path"]) == 1


def test_bytes_that_are_not_text_are_a_finding(tmp_path: Path) -> None:
    (tmp_path / "wide.yaml").write_bytes(MARKED.encode("utf-16"))
    (tmp_path / "latin.yaml").write_bytes(MARKED.replace("app:1", "äpp:1").encode("latin-1"))
    assert main(["check", str(tmp_path), "--select", "file-unreadable"]) == 1


RESOURCE_LIST = """\
apiVersion: config.kubernetes.io/v1
kind: ResourceList
functionConfig:
  apiVersion: fluxmark.io/v1alpha1
  kind: ImageAutomation
  metadata: {name: check}
  spec: {mode: Check}
items:
"""


def item(text: str, path: str) -> str:
    lines = text.splitlines()
    annotations = [
        "metadata:",
        "  name: app",
        "  annotations:",
        f"    internal.config.kubernetes.io/path: '{path}'",
        f"    config.kubernetes.io/path: '{path}'",
    ]
    return "\n".join([f"- {lines[0]}", *(f"  {line}" for line in [*lines[1:], *annotations])]) + "\n"


@pytest.mark.parametrize(("text", "status"), [(MALFORMED, 1), (MARKED, 0)])
def test_the_function_checks_and_changes_nothing(text: str, status: int) -> None:
    given = RESOURCE_LIST + item(f"apiVersion: apps/v1\nkind: Deployment\n{text}", "apps/app.yaml")
    out, err = io.StringIO(), io.StringIO()
    assert run(Fluxmark(host=Host.FILES), stdin=io.StringIO(given), stdout=out, stderr=err) == status
    assert out.getvalue().startswith(given)
    assert ("apps/app.yaml: Flux ignores this marker" in out.getvalue()) == bool(status)
    assert "[marker-malformed]" in out.getvalue() or not status


def test_without_comments_the_function_says_so_once() -> None:
    given = RESOURCE_LIST + item(f"apiVersion: apps/v1\nkind: Deployment\n{MARKED}", "apps/app.yaml")
    out = io.StringIO()
    assert run(Fluxmark(host=Host.BUILD), stdin=io.StringIO(given), stdout=out, stderr=io.StringIO()) == 0
    assert out.getvalue().count("[no-comments]") == 1


OLD_POLICY = """\
apiVersion: image.toolkit.fluxcd.io/v1beta1
kind: ImagePolicy
spec: {imageRepositoryRef: {name: app}, policy: {semver: {range: 1.x}}}
"""


@pytest.mark.parametrize(("version", "severity"), [("", "warning"), ("fluxVersion: '2.9'", "error")])
def test_an_unset_flux_version_means_the_same_in_a_directory_and_in_a_list(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], version: str, severity: str
) -> None:
    mode = f"mode: Check, {version}" if version else "mode: Check"
    given = RESOURCE_LIST.replace("mode: Check", mode) + item(OLD_POLICY, "policy.yaml")
    out = io.StringIO()
    run(Fluxmark(host=Host.FILES), stdin=io.StringIO(given), stdout=out, stderr=io.StringIO())
    results = yaml.safe_load(out.getvalue())["results"]
    assert {one["severity"] for one in results if one["tags"]["rule"] == "api-version"} == {severity}

    policy = OLD_POLICY.replace("spec:", "metadata: {name: app}\nspec:")
    (tmp_path / "policy.yaml").write_text(policy, encoding="utf-8")
    config = f"apiVersion: fluxmark.io/v1alpha1\nkind: ImageAutomation\nmetadata: {{name: a}}\nspec: {{{mode}}}\n"
    (tmp_path / "fluxmark.yaml").write_text(config, encoding="utf-8")
    main(["check", str(tmp_path), "--format", "json", "--select", "api-version"])
    found = json.loads(capsys.readouterr().out)["findings"]
    assert {one["severity"] for one in found} == {severity}


def test_a_rule_that_crashes_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object) -> None:
        raise ValueError("it broke")

    monkeypatch.setattr("fluxmark.rules.policy_range.check", fail)
    with pytest.raises(RuleFailedError, match=r"^the rule policy-range failed: ValueError\('it broke'\)$"):
        check({"a.yaml": MARKED})

"""`fluxmark check` as a tool: settings, baselines, files and standard input, previews, colours, explanations."""

from __future__ import annotations

import io
import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from fluxmark.cli import main
from fluxmark.errors import FluxmarkError
from fluxmark.rules.engine import BY_ID
from krmfn.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

MALFORMED = 'image: example.com/app:1.0.0 # {"$imagePolicy": "flux-system:app"}\n'
ABOVE = 'spec:\n  # {"$imagepolicy": "flux-system:app"}\n  image: example.com/app:1.0.0\n'
POLICY = (
    "apiVersion: image.toolkit.fluxcd.io/v1\nkind: ImagePolicy\nmetadata: {name: app, namespace: a}\n"
    "spec:\n  imageRepositoryRef: {name: app}\n  policy: {semver: {range: newest}}\n"
)


def found(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[tuple[str, str, str]]:
    main(["check", *arguments, "--format", "json"])
    entries = json.loads(capsys.readouterr().out)["findings"]
    return [(one["file"], one["rule"], one["severity"]) for one in entries]


def test_settings_exclude_files_and_set_levels(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("app.yaml", "vendor/app.yaml", "test/fixtures/app.yaml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(MALFORMED)
    settings = tmp_path / ".fluxmark-check.yaml"
    settings.write_text("exclude: [vendor/**, test/fixtures]\nrules: {marker-malformed: warning}\n")
    monkeypatch.chdir(tmp_path)
    assert found(capsys, ".") == [("app.yaml", "marker-malformed", "warning")]
    settings.write_text("rules: {marker-malformed: off}\n")
    assert found(capsys, ".") == []


def test_settings_are_found_above_the_directory(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "apps/web").mkdir(parents=True)
    (tmp_path / "apps/web/app.yaml").write_text(MALFORMED)
    (tmp_path / ".fluxmark-check.yaml").write_text("exclude: [apps/web/app.yaml]\n")
    assert found(capsys, str(tmp_path / "apps/web")) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("rules: {marker-imge: off}\n", r"1:9: there is no rule 'marker-imge'; did you mean marker-image\?"),
        ("rules: {marker-image: quiet}\n", "1:23: the level of a rule is one of off, error, warning, info"),
        ("exclude: vendor\n", "1:1: exclude is a list of globs"),
        ("skip: []\n", "1:1: unknown field 'skip'; known are exclude and rules"),
    ],
)
def test_settings_that_are_wrong_say_where(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / ".fluxmark-check.yaml").write_text(text)
    with pytest.raises(InputError, match=message):
        main(["check", str(tmp_path)])


def test_a_baseline_hides_what_was_there_and_shows_what_is_new(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here, baseline = tmp_path / "tree", tmp_path / "baseline.json"
    here.mkdir()
    (here / "app.yaml").write_text(MALFORMED)
    check = ["check", str(here), "--baseline", str(baseline)]
    assert main([*check, "--update-baseline"]) == 0
    assert main(check) == 0
    (here / "app.yaml").write_text(f"a: 1\nb: 2\n{MALFORMED}")  # moved
    assert main(check) == 0
    (here / "new.yaml").write_text(MALFORMED)
    assert main(check) == 1
    (here / "new.yaml").unlink()
    (here / "app.yaml").write_text("a: 1\n")
    capsys.readouterr()
    assert main(check) == 0
    assert "1 finding of the baseline" in capsys.readouterr().err
    baseline.write_text("{}")
    with pytest.raises(InputError, match="is not a baseline"):
        main(check)


def test_files_are_checked_within_their_repository(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    for name in ("a.yaml", "b.yaml", "c.yaml"):
        (tmp_path / name).write_text(MALFORMED)
    monkeypatch.chdir(tmp_path)
    assert [one[0] for one in found(capsys, "a.yaml", "b.yaml")] == ["a.yaml", "b.yaml"]
    with pytest.raises(InputError, match="does not exist"):
        main(["check", "a.yaml", "nowhere.yaml"])


def test_manifests_are_read_from_standard_input(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(POLICY.encode())))
    assert main(["check", "-"]) == 1
    assert "6:28: error: Flux stalls this policy" in capsys.readouterr().out


def test_fixes_are_previewed_as_a_diff(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "app.yaml").write_text(ABOVE)
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    main(["check", str(tmp_path), "--fix", "--diff"])
    output, error = capsys.readouterr()
    assert (tmp_path / "app.yaml").read_text() == ABOVE
    assert "would fix app.yaml:2:3: move the marker to the end of the value's line" in error
    subprocess.run(["git", "-C", str(tmp_path), "apply"], input=output, text=True, check=True)
    fixed = (tmp_path / "app.yaml").read_text()
    assert fixed == 'spec:\n  image: example.com/app:1.0.0 # {"$imagepolicy": "flux-system:app"}\n'
    main(["check", str(tmp_path), "--fix"])
    assert (tmp_path / "app.yaml").read_text() == fixed


def test_fix_says_what_it_did(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "app.yaml").write_text(ABOVE)
    main(["check", str(tmp_path), "--fix"])
    error = capsys.readouterr().err
    assert "fixed app.yaml:2:3: move the marker to the end of the value's line [marker-position]" in error
    assert "Fixed 1 issue in 1 file" in error


def test_severity_hides_what_is_less(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "app.yaml").write_text(f"a:  1\n{MALFORMED.replace('Policy', 'policy')}")
    assert [one[2] for one in found(capsys, str(tmp_path))] == ["info"]
    assert found(capsys, str(tmp_path), "--severity", "warning") == []


@pytest.mark.parametrize(
    ("arguments", "variables", "painted"),
    [
        ([], {}, False),
        (["--color", "always"], {}, True),
        ([], {"FORCE_COLOR": "1"}, True),
        (["--color", "never"], {"FORCE_COLOR": "1"}, False),
    ],
)
def test_colours(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    variables: dict[str, str],
    painted: bool,
) -> None:
    for name in ("FORCE_COLOR", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "app.yaml").write_text(MALFORMED)
    main(["check", str(tmp_path), *arguments])
    output = capsys.readouterr().out
    assert ("\x1b[31merror\x1b[0m" in output) is painted
    assert ("\x1b]8;;https://" in output) is painted


@pytest.mark.parametrize("rule", BY_ID)
def test_every_rule_is_explained(rule: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", rule]) == 0
    output = capsys.readouterr().out
    assert output.startswith(f"{rule} (")
    assert "\nFails:\n" in output
    assert "\nFix: " in output


def test_rules_are_listed_and_misspelt_ones_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(BY_ID)
    with pytest.raises(FluxmarkError, match="did you mean policy-order"):
        main(["explain", "policy-ordr"])


def test_one_cause_is_one_finding_with_its_places(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.yaml").write_text(
            POLICY.replace("/v1\n", "/v1beta1\n").replace("name: app", f"name: {name}")
        )
    main(["check", str(tmp_path), "--select", "api-version", "--format", "json"])
    (entry,) = json.loads(capsys.readouterr().out)["findings"]
    assert entry["message"].endswith("the same in 2 other places: b.yaml:1, c.yaml:1")
    assert [one["file"] for one in entry["also"]] == ["b.yaml", "c.yaml"]
    main(["check", str(tmp_path), "--select", "api-version", "--fix", "--flux-version", "2.9"])
    assert all("/v1\n" in (tmp_path / f"{name}.yaml").read_text() for name in ("a", "b", "c"))


def test_tags_show_what_a_pattern_reads(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "tree").mkdir()
    flux = (
        "apiVersion: image.toolkit.fluxcd.io/v1\nkind: ImageRepository\nmetadata: {name: app, namespace: a}\n"
        "spec: {image: reg.io/app, interval: 5m}\n---\n"
        + POLICY.replace("policy: {semver: {range: newest}}", "policy: {numerical: {order: asc}}")
        + "  filterTags: {pattern: '^main-(?P<ts>[0-9]+)', extract: $ts}\n"
    )
    (tmp_path / "tree/flux.yaml").write_text(flux)
    (tmp_path / "tags.yaml").write_text("reg.io/app: [main-9ab12cd-1700000000]\n")
    select = (str(tmp_path / "tree"), "--select", "policy-order")
    assert found(capsys, *select) == []
    assert found(capsys, *select, "--tags", str(tmp_path / "tags.yaml")) == [
        ("flux.yaml", "policy-order", "warning")
    ]

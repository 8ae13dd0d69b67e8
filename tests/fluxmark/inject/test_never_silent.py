"""What inject says of a configuration that does not do what it was written for, and how a run ends."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from fluxmark.__main__ import main
from fluxmark.output_schemas import FILES
from inject_helpers import CONFIG, injected, said, tree

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

COMPOSE = "services:\n  web:\n    image: reg.io/app:1\n"
POD = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
    - {name: web, image: ghcr.io/acme/frontend}
    - name: app
      image: reg.io/app:1
"""
SCHEMA = json.loads(FILES["inject"].read_text())


@pytest.fixture
def inject(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    def call(*argv: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["fluxmark", "inject", *argv])
        status = main()
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return call


def images(*entries: str) -> str:
    return CONFIG.replace("[{image: reg.io/app}]", f"[{', '.join(entries)}]")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("ghcr.io/acme/frontned", "ghcr.io/acme/frontend"),
        ("ghcr.io/acem/frontend", "ghcr.io/acme/frontend"),
        ("reg.io/ap", "reg.io/app"),
    ],
)
def test_an_image_that_no_field_holds_is_reported_with_the_nearest_name(
    written: str, meant: str, tmp_path: Path
) -> None:
    tree(tmp_path, {"a.yaml": POD}, images(f"{{image: {written}}}"))
    (message,) = said(injected(tmp_path), "nowhere")
    assert message.endswith(f"did you mean {meant}?")


def test_an_image_that_a_field_holds_is_not_reported(tmp_path: Path) -> None:
    tree(tmp_path, {"a.yaml": POD})
    assert not said(injected(tmp_path), "nowhere")


@pytest.mark.parametrize(
    ("where", "parts"),
    [
        ("kinds: [Deploymnet]", ["`kinds` names Deploymnet", "Pod"]),
        ("paths: ['apps/**']", ["no file of them matches apps/**"]),
    ],
)
def test_a_where_that_excludes_every_field_is_reported(where: str, parts: list[str], tmp_path: Path) -> None:
    tree(tmp_path, {"a.yaml": POD}, images(f"{{image: reg.io/app, where: {{{where}}}}}"))
    (message,) = said(injected(tmp_path), "nowhere")
    assert all(part in message for part in parts)


def test_a_configuration_without_an_automation_is_reported(tmp_path: Path) -> None:
    config = CONFIG.partition("  automation:")[0]
    tree(tmp_path, {"a.yaml": POD}, config)
    assert said(injected(tmp_path), "no-automation")
    automation = "apiVersion: image.toolkit.fluxcd.io/v1\nkind: ImageUpdateAutomation\nmetadata: {name: a}\n"
    tree(tmp_path, {"flux.yaml": automation}, config)
    assert not said(injected(tmp_path), "no-automation")


def test_a_key_that_is_twice_in_the_configuration_is_an_error(
    tmp_path: Path, inject: Callable[..., tuple[int, str, str]]
) -> None:
    root = tree(tmp_path, {"a.yaml": POD}, f"{CONFIG}  images: [{{image: reg.io/api}}]\n")
    status, _, errors = inject(str(root))
    assert status == 2
    assert "fluxmark.yaml:9:3: the key 'images' is in this mapping twice" in errors
    assert "$imagepolicy" not in (root / "a.yaml").read_text()


def test_the_same_image_twice_is_an_error(tmp_path: Path, inject: Callable[..., tuple[int, str, str]]) -> None:
    root = tree(tmp_path, {"a.yaml": POD}, images("{image: reg.io/app}", "{image: reg.io/app, name: other}"))
    status, _, errors = inject(str(root))
    assert status == 2
    assert "reg.io/app has two entries, app and other" in errors


PUSH = "git: {push: {branch: main}}"
BROKEN = {
    "pattern": (
        "tagFormat: 'main-<sha:7>-<unix>'",
        "policy: {filterTags: {pattern: '^(a$'}, policy: {numerical: {}}}",
        6,
    ),
    "range": ("tagFormat: 'main-<sha:7>-<unix>'", "policy: {policy: {semver: {range: 'one'}}}", 6),
    "template": (PUSH, "git: {push: {branch: main}, commit: {messageTemplate: '{{ .Nope }}'}}", 8),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_flux_could_not_use_is_an_error_in_the_configuration(
    case: str, tmp_path: Path, inject: Callable[..., tuple[int, str, str]]
) -> None:
    old, new, line = BROKEN[case]
    root = tree(tmp_path, {"a.yaml": POD}, CONFIG.replace(old, new))
    status, _, errors = inject(str(root))
    assert status == 2
    assert f"{root}/fluxmark.yaml:{line}:" in errors
    assert not (root / "flux").exists()
    assert (root / "a.yaml").read_text() == POD


def test_a_directory_without_work_is_an_error_that_names_the_one_that_may_be_meant(
    tmp_path: Path, inject: Callable[..., tuple[int, str, str]]
) -> None:
    root = tree(tmp_path, {"apps/a.yaml": POD})
    status, _, errors = inject(str(root / "apps"))
    assert status == 2
    assert "no Flux image resources and no configuration" in errors
    assert f"did you mean {root}?" in errors


def test_a_run_ends_with_counts(tmp_path: Path, inject: Callable[..., tuple[int, str, str]]) -> None:
    other = "  api:\n    image: reg.io/app:${TAG}\n"
    root = tree(tmp_path, {"compose.yaml": COMPOSE + other})
    summary = (
        "2 files read, 2 image fields found, {} marked, {} already right, 1 not marked (1 templated-image); {}"
    )
    assert inject(str(root))[2].splitlines()[-1] == summary.format(1, 0, "5 files written")
    assert (
        inject(str(root))[2].splitlines()[-1].startswith("6 files read, 2 image fields found, 0 marked, 1 already")
    )


def test_check_writes_nothing_and_fails_where_something_would_change(
    tmp_path: Path, inject: Callable[..., tuple[int, str, str]]
) -> None:
    root = tree(tmp_path, {"compose.yaml": COMPOSE})
    assert inject(str(root), "--check")[0] == 1
    assert (root / "compose.yaml").read_text() == COMPOSE
    assert inject(str(root))[0] == 0
    assert inject(str(root), "--check")[0] == 0


def test_json_is_as_its_schema_says(tmp_path: Path, inject: Callable[..., tuple[int, str, str]]) -> None:
    root = tree(tmp_path, {"compose.yaml": COMPOSE}, images("{image: reg.io/app}", "{image: reg.io/nope}"))
    shown: dict[str, Any] = json.loads(inject(str(root), "--format", "json")[1])
    jsonschema.validate(shown, SCHEMA)
    assert shown["written"] is True
    assert {"file": "compose.yaml", "created": False} in shown["changes"]
    assert shown["summary"] == {"files": 2, "fields": 1, "marked": 1, "right": 0, "notMarked": {}}
    assert "nowhere" in [one["rule"] for one in shown["findings"] if one["severity"] == "warning"]
    again = json.loads(inject(str(root), "--check", "--format", "json")[1])
    assert (again["written"], again["changes"], again["summary"]["right"]) == (False, [], 1)

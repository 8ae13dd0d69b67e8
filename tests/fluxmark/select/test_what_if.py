"""`select` next to a policy: what another filter would select, and what a cluster selects now."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from fluxmark.cli import main
from fluxmark.output_schemas import FILES
from fluxmark.update.latest_sources import from_text
from krmfn.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

FLUX = """\
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageRepository
metadata: {name: app, namespace: flux}
spec: {image: reg.io/app, interval: 1m0s}
---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImagePolicy
metadata: {name: app, namespace: flux}
spec:
  imageRepositoryRef: {name: app}
  filterTags: {pattern: '^main-[a-f0-9]{7}-[0-9]{10}$'}
  policy: {alphabetical: {order: asc}}
---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImagePolicy
metadata: {name: other, namespace: flux}
spec: {imageRepositoryRef: {name: app}, policy: {semver: {range: '*'}}}
"""
TAGS = "reg.io/app: [main-abc1234-1700000000, main-0000000-1800000000, 1.2.0]\n"
BETTER = ("--pattern", "^main-[a-f0-9]{7}-(?P<ts>[0-9]{10})$", "--extract", "$ts", "--numerical")
CLUSTER: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "List",
    "items": [
        {
            "apiVersion": "image.toolkit.fluxcd.io/v1",
            "kind": "ImagePolicy",
            "metadata": {"name": "app", "namespace": "flux"},
            "spec": {"imageRepositoryRef": {"name": "app"}},
            "status": {"latestRef": {"name": "reg.io/app", "tag": "1.2.0"}},
        },
        {
            "apiVersion": "image.toolkit.fluxcd.io/v1beta2",
            "kind": "ImagePolicy",
            "metadata": {"name": "old", "namespace": "flux"},
            "spec": {"imageRepositoryRef": {"name": "app"}},
            "status": {
                "latestImage": "reg.io/app:1.1.0",
                "conditions": [{"type": "Ready", "status": "False", "message": "version list argument"}],
            },
        },
        {
            "apiVersion": "image.toolkit.fluxcd.io/v1",
            "kind": "ImageRepository",
            "metadata": {"name": "app", "namespace": "flux"},
            "spec": {"image": "reg.io/app"},
        },
    ],
}


@pytest.fixture
def arguments(tmp_path: Path) -> list[str]:
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree/flux.yaml").write_text(FLUX)
    (tmp_path / "tags.yaml").write_text(TAGS)
    return ["select", str(tmp_path / "tree"), "--tags", str(tmp_path / "tags.yaml")]


def test_another_filter_is_shown_next_to_what_is_selected(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*arguments, "--policy", "flux:app", *BETTER]) == 0
    output = capsys.readouterr().out
    assert "  latest    main-abc1234-1700000000\n" in output
    assert "  would be  main-0000000-1800000000, by 1800000000\n" in output
    assert "flux:other" not in output


def test_json_has_both_and_keeps_to_its_schema(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    main([*arguments, "--policy", "flux:app", *BETTER, "--format", "json"])
    data = json.loads(capsys.readouterr().out)
    Draft202012Validator(json.loads(FILES["select"].read_text())).validate(data)
    (entry,) = data["policies"]
    assert (entry["latest"], entry["whatIf"]["latest"]) == ("main-abc1234-1700000000", "main-0000000-1800000000")


@pytest.mark.parametrize(
    ("options", "result"),
    [
        (["--semver", "^1.0.0", "--pattern", ""], "would be  1.2.0"),
        (["--alphabetical", "desc"], "would be  main-0000000-1800000000"),
        (["--pattern", "("], "would fail  failed to filter tags"),
    ],
)
def test_parts_that_are_not_given_stay(
    arguments: list[str], capsys: pytest.CaptureFixture[str], options: list[str], result: str
) -> None:
    main([*arguments, "--policy", "flux:app", *options])
    assert result in capsys.readouterr().out


def test_a_policy_is_needed_and_known(arguments: list[str]) -> None:
    with pytest.raises(SystemExit):
        main([*arguments, *BETTER])
    with pytest.raises(InputError, match=r"no ImagePolicy flux:ap: did you mean flux:app\?"):
        main([*arguments, "--policy", "flux:ap"])


def test_what_a_cluster_selects_is_read_from_kubectl(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(json.dumps(CLUSTER).encode())))
    assert main(["select", "--latest", "-"]) == 1
    assert capsys.readouterr().out == (
        "flux:app  reg.io/app\n  latest    1.2.0\n\n"
        "flux:old  reg.io/app\n  latest    1.1.0\n  error     version list argument\n"
    )


def test_update_takes_the_latest_images_of_a_cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "app.yaml").write_text('image: reg.io/app:1.0.0 # {"$imagepolicy": "flux:app"}\n')
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(json.dumps(CLUSTER).encode())))
    assert main(["update", str(tmp_path), "--latest", "-"]) == 0
    assert (tmp_path / "app.yaml").read_text().startswith("image: reg.io/app:1.2.0 #")


def test_a_single_policy_is_read_too() -> None:
    assert from_text(json.dumps(CLUSTER["items"][0]), "stdin")["flux:app"].tag == "1.2.0"

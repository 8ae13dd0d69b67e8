"""`kpt fn eval --exec`: resources and markers through kpt, compose files next to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

from hosts.package import (
    BACKEND,
    COMPOSE,
    DEPLOYMENT,
    FLUXMARK,
    FRONTEND,
    GENERATED,
    OUTPUT,
    Done,
    replace,
    run,
    through_kpt,
    tree,
)

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.client("kpt")
FLAT = (
    "images=192.168.0.40:5000/frontend,192.168.0.40:5000/backend",
    "tagFormat=main-<sha:7>-<unix>",
    "secretRef=harbor-credentials",
    "insecure=true",
    f"output={OUTPUT}",
)


def evaluate(directory: Path, *arguments: str | Path, program: Path = FLUXMARK, at: Path | None = None) -> Done:
    return run("kpt", "fn", "eval", at or ".", "--exec", program, *arguments, cwd=directory)


def results(directory: Path) -> dict[str, Any]:
    (item,) = yaml.safe_load((directory / "results.yaml").read_text())["items"]
    assert isinstance(item, dict)
    return item


def test_eval_writes_what_the_command_writes(homelab: Path, injected: Path) -> None:
    done = evaluate(homelab, "--fn-config", "fluxmark.yaml")
    assert done.status == 0, done.stderr
    assert tree(homelab) == through_kpt(injected)
    assert set(GENERATED) <= tree(homelab).keys()


def test_eval_marks_items(homelab: Path) -> None:
    evaluate(homelab, "--fn-config", "fluxmark.yaml")
    assert FRONTEND in (homelab / DEPLOYMENT).read_text()


def test_eval_edits_a_compose_file_under_krmignore_byte_for_byte(homelab: Path, injected: Path) -> None:
    evaluate(homelab, "--fn-config", "fluxmark.yaml")
    assert (homelab / COMPOSE).read_bytes() == (injected / COMPOSE).read_bytes()
    assert BACKEND in (homelab / COMPOSE).read_text()


def test_eval_twice_changes_nothing_more(homelab: Path) -> None:
    evaluate(homelab, "--fn-config", "fluxmark.yaml")
    once = tree(homelab)
    done = evaluate(homelab, "--fn-config", "fluxmark.yaml")
    assert done.status == 0
    assert "Results" not in done.stderr
    assert tree(homelab) == once


def test_eval_takes_flat_keys(homelab: Path) -> None:
    """`-- key=value` arrives as a ConfigMap."""
    done = evaluate(homelab, "--", *FLAT)
    assert done.status == 0, done.stderr
    assert FRONTEND in (homelab / DEPLOYMENT).read_text()
    repositories = list(yaml.safe_load_all((homelab / OUTPUT / "image-repositories.yaml").read_text()))
    assert [one["spec"]["secretRef"] for one in repositories] == [{"name": "harbor-credentials"}] * 2
    assert not (homelab / OUTPUT / "image-update-automation.yaml").exists()


def test_eval_without_configuration_marks_what_policies_select(homelab: Path, injected: Path) -> None:
    """kpt sends a ConfigMap without data then; the policies in the package say what to do."""
    (homelab / OUTPUT).mkdir()
    for path in GENERATED:
        (homelab / path).write_bytes((injected / path).read_bytes())
    replace(injected, COMPOSE, ' # {"$imagepolicy": "flux-system:backend"}', "")
    done = evaluate(homelab)
    assert done.status == 0, done.stderr
    assert tree(homelab) == through_kpt(injected)


def test_eval_shows_results_and_saves_them(homelab: Path, tmp_path: Path) -> None:
    done = evaluate(homelab, "--fn-config", "fluxmark.yaml", "--results-dir", tmp_path, "--truncate-output=false")
    assert (
        f"[info] apps/v1/Deployment/production/frontend spec.template.spec.containers[0].image: {DEPLOYMENT}"
        in (done.stderr)
    )
    saved = results(tmp_path)
    assert saved["exitCode"] == 0
    assert {one["severity"] for one in saved["results"]} == {"info"}
    rules = [one["tags"]["rule"] for one in saved["results"]]
    assert (rules.count("marked"), rules.count("created")) == (2, 6)
    assert {one["file"]["path"] for one in saved["results"]} == {
        COMPOSE,
        DEPLOYMENT,
        *GENERATED,
    }
    # kpt prints neither file nor tags
    assert all(one["file"]["path"] in one["message"] for one in saved["results"])
    assert all(f"[{one['tags']['rule']}]" in one["message"] for one in saved["results"])


def test_eval_fails_on_an_invalid_configuration(homelab: Path, tmp_path: Path) -> None:
    replace(homelab, "fluxmark.yaml", "images:", "imagse:")
    before = tree(homelab)
    done = evaluate(homelab, "--fn-config", "fluxmark.yaml", "--results-dir", tmp_path)
    assert done.status == 1
    assert "[error]" in done.stderr
    assert "functionConfig.spec.imagse" in done.stderr
    assert results(tmp_path)["exitCode"] == 1
    assert tree(homelab) == before


def test_eval_fails_on_an_unknown_flat_key(homelab: Path) -> None:
    before = tree(homelab)
    done = evaluate(homelab, "--", "image=nginx")
    assert (done.status, tree(homelab)) == (1, before)
    assert "did you mean images?" in done.stderr


def test_eval_fails_on_a_compose_file_that_is_not_yaml(homelab: Path) -> None:
    """The file is not kpt's but ours to read; no item is written either."""
    (homelab / COMPOSE).write_text("services:\n  web: {image: 192.168.0.40:5000/backend:1\n")
    before = tree(homelab)
    done = evaluate(homelab, "--fn-config", "fluxmark.yaml")
    assert (done.status, tree(homelab)) == (1, before)
    assert f"{COMPOSE}:3:1" in done.stderr


def test_eval_fails_when_a_file_is_missing(homelab: Path) -> None:
    (homelab / COMPOSE).unlink()
    before = tree(homelab)
    done = evaluate(homelab, "--fn-config", "fluxmark.yaml")
    assert (done.status, tree(homelab)) == (1, before)
    assert f"{COMPOSE}: file not found under {homelab}" in done.stderr


def test_eval_from_another_directory_says_that_files_were_not_edited(homelab: Path, tmp_path: Path) -> None:
    """kpt does not tell a program where the package is; an empty working directory means that there is none."""
    before = (homelab / COMPOSE).read_bytes()
    (tmp_path / "empty").mkdir()
    done = evaluate(tmp_path / "empty", "--fn-config", homelab / "fluxmark.yaml", at=homelab)
    assert done.status == 0
    assert f"[warning]: {COMPOSE}: not edited" in done.stderr
    assert (homelab / COMPOSE).read_bytes() == before
    assert FRONTEND in (homelab / DEPLOYMENT).read_text()


def test_eval_survives_a_crash(homelab: Path, crash: Path) -> None:
    """A function that ends with status 0 and no items makes kpt delete every file; a crash must never look so."""
    before = tree(homelab)
    done = evaluate(homelab, "--fn-config", "fluxmark.yaml", "--truncate-output=false", program=crash)
    assert (done.status, tree(homelab)) == (1, before)
    assert "internal error, please report it" in done.stderr
    assert "ZeroDivisionError" in done.stderr


def test_eval_in_place_keeps_every_byte(homelab: Path, injected: Path) -> None:
    """`kpt fn eval -` hands over nothing; with a directory in `files` the tree is edited where it is."""
    config = homelab.with_name("whole.yaml")
    config.write_text(in_place(homelab))
    arguments = ("kpt", "fn", "eval", "-", "--exec", FLUXMARK, "--fn-config", config)
    done = run(*arguments, cwd=homelab)
    assert done.status == 0, done.stderr
    assert tree(homelab) == tree(injected)
    assert "items: []" in done.stdout
    again = run(*arguments, cwd=homelab)
    assert (again.status, "Results" in again.stderr) == (0, False)
    assert tree(homelab) == tree(injected)


def test_eval_in_place_takes_flat_keys(homelab: Path) -> None:
    done = run("kpt", "fn", "eval", "-", "--exec", FLUXMARK, "--", *FLAT, "files=.", cwd=homelab)
    assert done.status == 0, done.stderr
    assert FRONTEND in (homelab / DEPLOYMENT).read_text()
    assert BACKEND in (homelab / COMPOSE).read_text()
    assert (homelab / OUTPUT / "image-policies.yaml").exists()


def in_place(directory: Path) -> str:
    """Return the seed case's configuration with the directory of the tree in `files`."""
    return (directory / "fluxmark.yaml").read_text().replace(f"[{COMPOSE}]", "[flux/clusters/production]")

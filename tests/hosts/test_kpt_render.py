"""`kpt fn render`: the pipeline in a Kptfile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from hosts.package import COMPOSE, DEPLOYMENT, FLUXMARK, FRONTEND, GENERATED, Done, replace, run, through_kpt, tree

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.client("kpt")
IMAGE = "192.168.0.40:5000/frontend"
KPTFILE = """\
apiVersion: kpt.dev/v1
kind: Kptfile
metadata:
  name: homelab
  annotations:
    config.kubernetes.io/local-config: "true"
pipeline:
  {list}:
    - exec: {program}
      {config}
"""


def kptfile(
    directory: Path, program: Path, *, config: str = "configPath: fluxmark.yaml", into: str = "mutators"
) -> None:
    (directory / "Kptfile").write_text(KPTFILE.format(list=into, program=program, config=config))


def render(directory: Path, *arguments: str | Path, at: Path | None = None) -> Done:
    return run("kpt", "fn", "render", at or ".", "--allow-exec", *arguments, cwd=directory)


def without_kptfile(files: dict[str, bytes]) -> dict[str, bytes]:
    """Newer releases of kpt note in the Kptfile that it was rendered."""
    return {path: content for path, content in files.items() if path != "Kptfile"}


def test_render_writes_what_the_command_writes(homelab: Path, injected: Path) -> None:
    kptfile(homelab, FLUXMARK)
    done = render(homelab)
    assert done.status == 0, done.stderr
    assert without_kptfile(tree(homelab)) == through_kpt(injected)


def test_render_twice_changes_nothing_more(homelab: Path) -> None:
    kptfile(homelab, FLUXMARK)
    render(homelab)
    once = tree(homelab)
    done = render(homelab)
    assert (done.status, "Results" in done.stderr) == (0, False)
    assert tree(homelab) == once


def test_render_takes_flat_keys(homelab: Path) -> None:
    kptfile(
        homelab,
        FLUXMARK,
        config=f"configMap: {{images: {IMAGE}, tagFormat: 'main-<sha:7>-<unix>'}}",
    )
    done = render(homelab)
    assert done.status == 0, done.stderr
    assert FRONTEND in (homelab / DEPLOYMENT).read_text()


def test_render_without_configuration_marks_what_policies_select(injected: Path) -> None:
    """kpt sends no functionConfig at all then."""
    kptfile(injected, FLUXMARK, config="name: fluxmark")
    replace(injected, DEPLOYMENT, ' # {"$imagepolicy": "flux-system:frontend"}', "")
    done = render(injected)
    assert done.status == 0, done.stderr
    assert FRONTEND in (injected / DEPLOYMENT).read_text()


def test_render_saves_results(homelab: Path, tmp_path: Path) -> None:
    kptfile(homelab, FLUXMARK)
    render(homelab, "--results-dir", tmp_path)
    (item,) = yaml.safe_load((tmp_path / "results.yaml").read_text())["items"]
    rules = [one["tags"]["rule"] for one in item["results"]]
    assert (item["exitCode"], rules.count("marked"), rules.count("created")) == (0, 2, 6)


def test_render_fails_on_an_invalid_configuration(homelab: Path) -> None:
    kptfile(homelab, FLUXMARK)
    replace(homelab, "fluxmark.yaml", "namespace: flux-system", "namespace: Flux System")
    before = tree(homelab)
    done = render(homelab)
    assert done.status == 1
    assert "functionConfig.spec.namespace: " in done.stderr
    assert tree(homelab) == before


def test_render_survives_a_crash(homelab: Path, crash: Path) -> None:
    kptfile(homelab, crash)
    before = tree(homelab)
    done = render(homelab)
    assert (done.status, tree(homelab)) == (1, before)
    assert "internal error, please report it" in done.stderr


def test_a_validator_writes_no_item_but_fails_as_it_should(homelab: Path) -> None:
    """kpt throws away what a validator does to items; its exit status counts."""
    kptfile(homelab, FLUXMARK, into="validators", config=f"configMap: {{images: {IMAGE}}}")
    before = {path: content for path, content in tree(homelab).items() if path != "Kptfile"}
    done = render(homelab)
    assert done.status == 1
    assert "has no policy" in done.stderr
    assert without_kptfile(tree(homelab)) == before
    kptfile(homelab, FLUXMARK, into="validators", config=f"configMap: {{images: {IMAGE}, semver: 1.x}}")
    done = render(homelab)
    assert (done.status, set(GENERATED) & tree(homelab).keys()) == (0, set())
    assert FRONTEND not in (homelab / DEPLOYMENT).read_text()


def test_render_of_a_package_elsewhere_leaves_files_alone_and_says_so(homelab: Path, tmp_path: Path) -> None:
    """kpt runs programs in its own working directory, wherever the package is."""
    kptfile(homelab, FLUXMARK)
    before = (homelab / COMPOSE).read_bytes()
    (tmp_path / "empty").mkdir()
    done = render(tmp_path / "empty", at=homelab)
    assert done.status == 0, done.stderr
    assert f"[warning]: {COMPOSE}: not edited" in done.stderr
    assert (homelab / COMPOSE).read_bytes() == before

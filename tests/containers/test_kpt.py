"""kpt with the image: `fn eval`, the tree on a mount, `fn render`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from hosts.package import (
    BACKEND,
    COMPOSE,
    DEPLOYMENT,
    FRONTEND,
    GENERATED,
    HOMELAB,
    OUTPUT,
    Done,
    copy,
    inject,
    replace,
    run,
    through_kpt,
    tree,
)

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.client("kpt", "container")
IMAGES = "images=192.168.0.40:5000/frontend,192.168.0.40:5000/backend"
KPTFILE = """\
apiVersion: kpt.dev/v1
kind: Kptfile
metadata:
  name: homelab
  annotations:
    config.kubernetes.io/local-config: "true"
pipeline:
  {list}:
    - image: {image}
      configPath: fluxmark.yaml
"""


def kpt(directory: Path, verb: str, *arguments: str | Path) -> Done:
    return run("kpt", "fn", verb, "--image-pull-policy=never", *arguments, cwd=directory)


def evaluate(directory: Path, image: str, *arguments: str | Path) -> Done:
    return kpt(directory, "eval", ".", "--image", image, "--fn-config", "fluxmark.yaml", *arguments)


def mount(directory: Path) -> tuple[str, ...]:
    return ("--mount", f"type=bind,src={directory},dst=/src,rw=true", "--as-current-user")


def without_files(directory: Path) -> Path:
    """Configure nothing outside kpt's items."""
    replace(directory, "fluxmark.yaml", f"[{COMPOSE}]", "[]")
    return directory


def test_eval_with_a_mount_writes_what_the_command_writes(homelab: Path, injected: Path, image: str) -> None:
    done = evaluate(homelab, image, *mount(homelab))
    assert done.status == 0, done.stderr
    assert tree(homelab) == through_kpt(injected)
    assert (homelab / COMPOSE).read_bytes() == (injected / COMPOSE).read_bytes()
    once = tree(homelab)
    again = evaluate(homelab, image, *mount(homelab))
    assert (again.status, "Results" in again.stderr, tree(homelab)) == (0, False, once)


def test_eval_without_a_mount_says_that_files_were_not_edited(homelab: Path, image: str) -> None:
    done = evaluate(homelab, image)
    assert done.status == 0, done.stderr
    assert f"[warning]: {COMPOSE}: not edited, because /src is empty" in done.stderr
    assert BACKEND not in (homelab / COMPOSE).read_text()
    assert FRONTEND in (homelab / DEPLOYMENT).read_text()
    assert set(GENERATED) <= tree(homelab).keys()


def test_eval_takes_flat_keys(homelab: Path, image: str) -> None:
    done = kpt(
        homelab, "eval", ".", "--image", image, "--", IMAGES, "semver=1.x", "secretRef=pull", f"output={OUTPUT}"
    )
    assert done.status == 0, done.stderr
    assert FRONTEND in (homelab / DEPLOYMENT).read_text()
    assert "    name: pull" in (homelab / OUTPUT / "image-repositories.yaml").read_text()


def test_the_tree_on_a_mount_is_edited_byte_for_byte(homelab: Path, injected: Path, image: str) -> None:
    """`kpt fn eval -` with an empty list: kpt rewrites nothing, the function edits what is mounted."""
    config = homelab.with_name("whole.yaml")
    config.write_text((homelab / "fluxmark.yaml").read_text().replace(f"[{COMPOSE}]", "[.]"))

    def evaluate_mount() -> Done:
        return kpt(homelab, "eval", "-", "--image", image, "--fn-config", config, *mount(homelab))

    done = evaluate_mount()
    assert done.status == 0, done.stderr
    assert tree(homelab) == tree(injected)
    again = evaluate_mount()
    assert (again.status, "Results" in again.stderr) == (0, False)
    assert tree(homelab) == tree(injected)


def test_a_tree_on_a_mount_that_cannot_be_written_stays_as_it_was(homelab: Path, image: str) -> None:
    config = homelab.with_name("whole.yaml")
    config.write_text((homelab / "fluxmark.yaml").read_text().replace(f"[{COMPOSE}]", "[.]"))
    before = tree(homelab)
    read_only = ("--mount", f"type=bind,src={homelab},dst=/src", "--as-current-user")
    done = kpt(homelab, "eval", "-", "--image", image, "--fn-config", config, *read_only)
    assert (done.status, tree(homelab)) == (1, before)
    assert "Read-only file system; no file was changed" in done.stderr


def test_eval_fails_on_an_invalid_configuration(homelab: Path, image: str) -> None:
    replace(homelab, "fluxmark.yaml", "images:", "imagse:")
    before = tree(homelab)
    done = evaluate(homelab, image, *mount(homelab))
    assert (done.status, tree(homelab)) == (1, before)
    assert "functionConfig.spec.imagse" in done.stderr


def test_eval_fails_on_a_compose_file_that_is_not_yaml(homelab: Path, image: str) -> None:
    replace(homelab, COMPOSE, "services:", "services: [")
    before = tree(homelab)
    done = evaluate(homelab, image, *mount(homelab))
    assert (done.status, tree(homelab)) == (1, before)
    assert f"{COMPOSE}:" in done.stderr


def test_eval_survives_a_crash(homelab: Path, crashing_image: str) -> None:
    before = tree(homelab)
    done = evaluate(homelab, crashing_image, *mount(homelab))
    assert (done.status, tree(homelab)) == (1, before)
    assert "internal error, please report it" in done.stderr


def render(directory: Path, image: str, into: str) -> Done:
    (directory / "Kptfile").write_text(KPTFILE.format(list=into, image=image))
    return kpt(directory, "render", ".")


def package(files: dict[str, bytes]) -> dict[str, bytes]:
    """Newer releases of kpt note in the Kptfile that it was rendered."""
    return {path: content for path, content in files.items() if path != "Kptfile"}


def test_a_mutator_writes_what_the_command_writes(homelab: Path, image: str, tmp_path: Path) -> None:
    reference = through_kpt(inject(without_files(copy(HOMELAB, tmp_path / "reference"))))
    reference[COMPOSE] = (homelab / COMPOSE).read_bytes()  # nothing is mounted, and the command finds it by itself
    done = render(without_files(homelab), image, "mutators")
    assert done.status == 0, done.stderr
    assert package(tree(homelab)) == reference
    again = render(homelab, image, "mutators")
    assert again.status == 0
    # only that the compose file's image is not among the items
    results = re.findall(r"\[(?:info|warning|error)\]: (.*)", again.stderr)
    assert [one for one in results if "/backend: no field in this " not in one] == []
    assert package(tree(homelab)) == reference


def test_a_mutator_has_no_mount_and_says_so(homelab: Path, image: str) -> None:
    done = render(homelab, image, "mutators")
    assert done.status == 0, done.stderr
    assert f"[warning]: {COMPOSE}: not edited" in done.stderr


def test_a_validator_writes_no_item_but_fails_as_it_should(homelab: Path, image: str) -> None:
    before = tree(homelab)
    done = render(homelab, image, "validators")
    assert done.status == 0, done.stderr
    assert package(tree(homelab)) == through_kpt(copy(HOMELAB, homelab.with_name("unchanged")))
    (homelab / "fluxmark.yaml").write_bytes(before["fluxmark.yaml"].replace(b"images:", b"imagse:"))
    now = tree(homelab)
    done = render(homelab, image, "validators")
    assert (done.status, package(tree(homelab))) == (1, package(now))
    assert "functionConfig.spec.imagse" in done.stderr


def test_a_failing_mutator_writes_nothing(homelab: Path, image: str, crashing_image: str) -> None:
    before = tree(homelab)
    done = render(homelab, crashing_image, "mutators")
    assert (done.status, package(tree(homelab))) == (1, before)
    assert "internal error, please report it" in done.stderr
    replace(homelab, "fluxmark.yaml", "images:", "imagse:")
    before = package(tree(homelab))
    done = render(homelab, image, "mutators")
    assert (done.status, package(tree(homelab))) == (1, before)

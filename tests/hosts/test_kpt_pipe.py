"""`kpt fn source | fluxmark | kpt fn sink`: compose files come as items."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
import yaml

from hosts.package import BACKEND, COMPOSE, DEPLOYMENT, FLUXMARK, FRONTEND, GENERATED, Done, replace, run, tree

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.client("kpt")


@pytest.fixture
def package(homelab: Path) -> Path:
    """The seed case without .krmignore, so that its compose file is an item."""
    (homelab / ".krmignore").unlink()
    return homelab


def source(directory: Path, *arguments: str) -> str:
    done = run("kpt", "fn", "source", ".", *arguments, cwd=directory)
    assert done.status == 0, done.stderr
    return done.stdout


def pipe(directory: Path, target: Path, *, function: bool = True) -> Done:
    items = source(directory, "--fn-config", "fluxmark.yaml")
    done = run(FLUXMARK, cwd=directory, stdin=items) if function else Done(0, items, "")
    assert done.status == 0, done.stderr
    sunk = run("kpt", "fn", "sink", target, cwd=directory, stdin=done.stdout)
    assert sunk.status == 0, sunk.stderr
    return done


def test_a_pipe_marks_items_and_compose_files(package: Path, tmp_path: Path) -> None:
    pipe(package, tmp_path / "new")
    assert FRONTEND in (tmp_path / "new" / DEPLOYMENT).read_text()
    assert BACKEND in (tmp_path / "new" / COMPOSE).read_text()
    assert set(GENERATED) <= tree(tmp_path / "new").keys()


def test_a_pipe_changes_nothing_but_markers(package: Path, tmp_path: Path) -> None:
    """What else differs from the source is kpt's doing: the same pipe without the function does it, too."""
    pipe(package, tmp_path / "marked")
    pipe(package, tmp_path / "plain", function=False)
    marked, plain = tree(tmp_path / "marked"), tree(tmp_path / "plain")
    differing = {path for path in plain if marked[path] != plain[path]}
    assert differing == {COMPOSE, DEPLOYMENT}
    for path in differing:
        lines = zip(marked[path].splitlines(), plain[path].splitlines(), strict=True)
        changed = [(new, old) for new, old in lines if new != old]
        assert [new.startswith(old + b' # {"$imagepolicy": ') for new, old in changed] == [True]


def test_a_pipe_leaves_no_metadata_in_compose_files(package: Path, tmp_path: Path) -> None:
    pipe(package, tmp_path / "new")
    assert yaml.safe_load((tmp_path / "new" / COMPOSE).read_text()) == yaml.safe_load(
        (package / COMPOSE).read_text()
    )
    assert b"config.kubernetes.io/path" not in b"".join(tree(tmp_path / "new").values())


def test_a_pipe_writes_nothing_into_its_source(package: Path, tmp_path: Path) -> None:
    """The compose file is named in `files`, and is in the working directory, but it came as an item."""
    before = tree(package)
    pipe(package, tmp_path / "new")
    assert tree(package) == before


def test_a_pipe_over_its_own_output_changes_nothing(package: Path, tmp_path: Path) -> None:
    pipe(package, tmp_path / "new")
    done = pipe(tmp_path / "new", tmp_path / "newer")
    assert tree(tmp_path / "newer") == tree(tmp_path / "new")
    assert "\nresults:" not in done.stdout


def test_a_pipe_without_configuration_marks_what_policies_select(injected: Path) -> None:
    replace(injected, DEPLOYMENT, ' # {"$imagepolicy": "flux-system:frontend"}', "")
    done = run(FLUXMARK, cwd=injected, stdin=source(injected))
    assert done.status == 0, done.stderr
    assert FRONTEND in done.stdout


def test_a_failing_pipe_hands_on_the_list_as_it_came(package: Path) -> None:
    replace(package, "fluxmark.yaml", "images:", "imagse:")
    items = source(package, "--fn-config", "fluxmark.yaml")
    done = run(FLUXMARK, cwd=package, stdin=items)
    assert done.status == 1
    assert done.stdout.startswith(items)
    assert yaml.safe_load(done.stdout)["results"][0]["severity"] == "error"
    assert "functionConfig.spec.imagse: unknown field" in done.stderr


def test_a_failing_pipe_fails_under_pipefail_and_says_why(package: Path) -> None:
    replace(package, "fluxmark.yaml", "images:", "imagse:")
    pipeline = 'kpt fn source . --fn-config fluxmark.yaml | "$0" | kpt fn sink ../new'
    for option, status in (("-e", 0), ("-eo", 1)):
        arguments = ("bash", option, "pipefail") if status else ("bash", option)
        done = run(*arguments, "-c", pipeline, FLUXMARK, cwd=package)
        assert (done.status, "functionConfig.spec.imagse: unknown field" in done.stderr) == (status, True)
        shutil.rmtree(package.parent / "new")


def test_a_pipe_from_elsewhere_finds_files_among_its_items(package: Path, tmp_path: Path) -> None:
    """What is named in `files` is looked for among the items before the disk."""
    items = source(package, "--fn-config", "fluxmark.yaml")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "unrelated.txt").touch()
    done = run(FLUXMARK, cwd=tmp_path / "elsewhere", stdin=items)
    assert (done.status, done.stderr) == (0, "")
    assert BACKEND in done.stdout


def test_what_is_not_a_list_gives_a_message_and_no_output(package: Path) -> None:
    for text, message in (
        ("", "stdin:1:1: "),
        ("a: [1\n", "stdin:2:1: "),
        ("kind: List\nitems: []\n", "kind is 'List'"),
    ):
        done = run(FLUXMARK, cwd=package, stdin=text)
        assert (done.status, done.stdout) == (1, "")
        assert message in done.stderr


def test_a_crash_hands_on_the_list_as_it_came(package: Path, crash: Path) -> None:
    items = source(package, "--fn-config", "fluxmark.yaml")
    done = run(crash, cwd=package, stdin=items)
    assert (done.status, done.stdout.startswith(items)) == (1, True)
    assert "ZeroDivisionError" in done.stderr

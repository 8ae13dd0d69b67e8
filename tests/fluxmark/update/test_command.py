"""`fluxmark update`: what it prints, what it writes, and what happens when writing fails."""

from __future__ import annotations

import errno
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from fluxmark.cli import main, parser
from fluxmark.update import directory
from krmfn.errors import InputError
from krmfn.packages.atomic_write import WriteError
from registry_server import Answer, Asked, Registry, tags as tag_list
from update_helpers import MARKER, tree

VALUE = f"kind: Pod\nimage: x {MARKER}\n"
NEW = f"kind: Pod\nimage: reg.io/app:1.2.0 {MARKER}\n"
FLUX = """
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageRepository
metadata: {name: app, namespace: flux-system}
spec: {image: reg.io/app, interval: 1m}
---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImagePolicy
metadata: {name: app, namespace: flux-system}
spec: {imageRepositoryRef: {name: app}, policy: {semver: {range: 1.x}}}
status: {latestRef: {name: reg.io/app, tag: 1.1.0}}
---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageUpdateAutomation
metadata: {name: flux, namespace: flux-system}
spec:
  interval: 1m
  sourceRef: {kind: GitRepository, name: flux-system}
  git:
    commit:
      author: {email: flux@example.com}
      messageTemplate: "{{range .Changed.Changes}}{{println .NewValue}}{{end}}"
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Two files to update, and what selects for them."""
    return tree(tmp_path / "root", {"a.yaml": VALUE, "b/c.yaml": VALUE, "flux.yaml": FLUX})


@pytest.fixture
def tags(tmp_path: Path) -> str:
    """A file of tags."""
    tree(tmp_path, {"tags.yaml": "reg.io/app: [1.0.0, 1.2.0, 2.0.0]"})
    return str(tmp_path / "tags.yaml")


def test_tags_select_what_is_written(root: Path, tags: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["update", str(root), "--tags", tags]) == 0

    assert [(root / name).read_text() for name in ("a.yaml", "b/c.yaml")] == [NEW, NEW]
    out, err = capsys.readouterr()
    assert out.splitlines() == [
        "a.yaml:2: x -> reg.io/app:1.2.0 (flux-system:app)",
        "b/c.yaml:2: x -> reg.io/app:1.2.0 (flux-system:app)",
    ]
    assert err == "2 values in 2 files updated\n"


@pytest.mark.parametrize("only", [False, True], ids=["signed", "mac_only_encrypted"])
def test_a_file_that_sops_signs_is_reported(
    only: bool, root: Path, tags: str, capsys: pytest.CaptureFixture[str]
) -> None:
    sops = f"sops: {{mac: x, mac_only_encrypted: {str(only).lower()}}}\n"
    (root / "a.yaml").write_text(f"kind: Other\n{sops}---\n{VALUE}")
    (root / "b/c.yaml").write_text(VALUE + sops)
    assert main(["update", str(root), "--tags", tags]) == 0
    warnings = [line for line in capsys.readouterr().err.splitlines() if "sops-mac" in line]
    assert [line.partition(" ")[0] for line in warnings] == ([] if only else ["b/c.yaml:2:1:"])


def test_a_second_run_finds_nothing(root: Path, tags: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["update", str(root), "--tags", tags])
    before = (root / "a.yaml").stat()
    capsys.readouterr()

    assert main(["update", str(root), "--tags", tags]) == 0

    assert (root / "a.yaml").stat().st_mtime_ns == before.st_mtime_ns
    assert capsys.readouterr() == ("", "already up to date\n")


def test_without_a_source_the_status_of_the_policies_counts(root: Path) -> None:
    assert main(["update", str(root)]) == 0

    assert "reg.io/app:1.1.0" in (root / "a.yaml").read_text()


def test_json(root: Path, tags: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["update", str(root), "--tags", tags, "--format", "json", "--dry-run"]) == 0

    change = {
        "line": 2,
        "setter": "flux-system:app",
        "old": "x",
        "new": "reg.io/app:1.2.0",
        "resource": {"apiVersion": "", "kind": "Pod", "namespace": "", "name": ""},
    }
    changes = [{"cluster": "", "file": "a.yaml", **change}, {"cluster": "", "file": "b/c.yaml", **change}]
    printed = json.loads(capsys.readouterr().out)
    patch = printed.pop("patch")
    assert printed == {
        "changes": changes,
        "message": "reg.io/app:1.2.0\n",
        "commits": [
            {
                "cluster": "",
                "automation": "flux-system:flux",
                "policies": ["flux-system:app"],
                "message": "reg.io/app:1.2.0\n",
                "changes": changes,
            }
        ],
    }
    assert main(["update", str(root), "--tags", tags, "--diff"]) == 0
    assert capsys.readouterr().out == patch
    assert (root / "a.yaml").read_text() == VALUE


def test_message(root: Path, tags: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["update", str(root), "--tags", tags, "--message"]) == 0
    assert capsys.readouterr().out == "reg.io/app:1.2.0\n"

    assert main(["update", str(root), "--tags", tags, "--message"]) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("no line break at the end", b"no line break at the end"),
        ("{{println 1}}{{println}}", b"1\n\n"),
        ("{{trunc 1 `ü`}}", b"\xc3"),
    ],
)
def test_a_message_has_the_bytes_of_the_commit(root: Path, tags: str, template: str, message: bytes) -> None:
    (root / "flux.yaml").write_text(
        FLUX.replace("{{range .Changed.Changes}}{{println .NewValue}}{{end}}", template)
    )
    command = [sys.executable, "-m", "fluxmark", "update", str(root), "--tags", tags, "--message", "--dry-run"]

    printed = subprocess.run(command, capture_output=True, check=True).stdout

    assert printed == message


def test_a_message_and_its_diff_are_asked_for_together(
    root: Path, tags: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["update", str(root), "--tags", tags, "--message", "--diff"]) == 0
    message, diff, patch = capsys.readouterr().out.partition("diff --git ")
    assert message == "reg.io/app:1.2.0\n"
    assert (root / "a.yaml").read_text() == VALUE
    subprocess.run(["git", "apply", "-"], input=(message + diff + patch).encode(), cwd=root, check=True)
    assert (root / "a.yaml").read_text() == NEW


def test_diff_is_what_git_applies(root: Path, tags: str, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "a.yaml").write_bytes(VALUE.replace("\n", "\r\n").encode().removesuffix(b"\r\n"))
    (root / "link.yaml").symlink_to("b/c.yaml")

    assert main(["update", str(root), "--tags", tags, "--diff"]) == 0

    patch = capsys.readouterr().out
    assert (root / "b/c.yaml").read_text() == VALUE
    subprocess.run(["git", "apply", "--unsafe-paths", "-"], input=patch.encode(), cwd=root, check=True)
    assert (root / "b/c.yaml").read_text() == NEW
    assert (root / "a.yaml").read_bytes() == NEW.replace("\n", "\r\n").encode().removesuffix(b"\r\n")


def test_no_downgrade(root: Path, tags: str, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "a.yaml").write_text(VALUE.replace("x", "reg.io/app:1.9.0", 1))

    assert main(["update", str(root), "--tags", tags, "--no-downgrade"]) == 0

    assert "1.9.0" in (root / "a.yaml").read_text()
    assert (
        "a.yaml:2:8: warning: skipped: flux-system:app selects 1.2.0, which is older [downgrade]"
        in capsys.readouterr().err
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "does not exist"),
        ([".", "--latest", "nowhere.json"], "cannot be read"),
        ([".", "--latest", "latest.json"], "a policy is expected"),
        ([".", "--tags", "latest.json"], "a list of the tags of app is expected"),
    ],
)
def test_bad_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], message: str) -> None:
    monkeypatch.chdir(tree(tmp_path, {"latest.json": '{"app": {}}'}))

    with pytest.raises(InputError, match=message):  # `__main__` prints it and exits 2
        main(["update", *arguments])


def manifest_headers() -> dict[str, str]:
    return {
        "Docker-Content-Digest": f"sha256:{'0' * 64}",
        "Content-Type": "application/vnd.oci.image.index.v1+json",
    }


def test_registries_give_tags_and_digests(root: Path) -> None:
    def answer(asked: Asked) -> Answer:
        return (
            Answer(b"x", headers=manifest_headers()) if "manifests" in asked.path else tag_list("1.0.0", "1.3.0")
        )

    with Registry(answer) as registry:
        flux = FLUX.replace("reg.io/app", f"{registry.host}/app").replace(
            "interval: 1m}", "interval: 1m, insecure: true}"
        )
        (root / "flux.yaml").write_text(flux.replace("1.x}}}", "1.x}}, digestReflectionPolicy: IfNotPresent}"))
        assert main(["update", str(root), "--registry"]) == 0

    assert [asked.method for asked in registry.asked] == ["GET", "HEAD"]
    image = f"{registry.host}/app:1.3.0@sha256:{'0' * 64}"
    assert f"image: {image} {MARKER}\n" in (root / "a.yaml").read_text()


@pytest.mark.parametrize(("broken", "status"), [((), 0), (("other",), 1), (("app", "other"), 2)])
def test_the_status_says_whether_some_policies_failed_or_all(
    root: Path, broken: tuple[str, ...], status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    def answer(asked: Asked) -> Answer:
        return Answer({}, 404) if asked.path.split("/")[2] in broken else tag_list("1.3.0")

    with Registry(answer, handshake=Answer({})) as registry:
        flux = FLUX.replace("reg.io/app", f"{registry.host}/app").replace(
            "interval: 1m}", "interval: 1m, insecure: true}"
        )
        second = "---\n".join(
            document.replace("name: app", "name: other").replace("/app", "/other")
            for document in flux.split("---\n")
            if "kind: ImagePolicy" in document or "kind: ImageRepository" in document
        )
        (root / "flux.yaml").write_text(f"{flux}---\n{second}")
        assert main(["update", str(root), "--registry"]) == status

    assert ("app:1.3.0" in (root / "a.yaml").read_text()) == ("app" not in broken)
    assert capsys.readouterr().err.count("there is no repository") == len(broken)


def test_every_option_is_documented() -> None:
    page = (Path(__file__).resolve().parents[3] / "docs/update.md").read_text(encoding="utf-8")
    commands = next(action.choices for action in parser(["update"])._actions if action.dest == "command")
    assert isinstance(commands, dict)
    options = {option for action in commands["update"]._actions for option in action.option_strings}

    assert {option for option in options if f"`{option}" not in page} == {"-h", "--help"}


def leftovers(root: Path) -> list[str]:
    return [path.name for path in root.rglob("*.tmp")]


def test_a_full_disk_leaves_every_file_as_it_was(root: Path, tags: str, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def full(handle: int) -> None:
        calls.append(handle)
        if len(calls) > 1:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(WriteError, match="No space left on device; no file was changed"):
            main(["update", str(root), "--tags", tags])

    assert [(root / name).read_text() for name in ("a.yaml", "b/c.yaml")] == [VALUE, VALUE]
    assert leftovers(root) == []


def test_a_failing_replacement_says_which_files_were_replaced_and_a_second_run_finishes(
    root: Path, tags: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = os.replace

    def refuse(temporary: str, target: str) -> None:
        if Path(target).name == "c.yaml":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        replace(temporary, target)

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", refuse)
        said = f"replaced: {root}/a.yaml; not replaced: {root}/b/c.yaml; run it again to finish"
        with pytest.raises(WriteError, match=re.escape(said)):
            main(["update", str(root), "--tags", tags])

    assert leftovers(root) == []
    assert main(["update", str(root), "--tags", tags]) == 0
    assert [(root / name).read_text() for name in ("a.yaml", "b/c.yaml")] == [NEW, NEW]


KILLED = """
import os, signal, sys
from pathlib import Path
from fluxmark.cli import main, parser
replace = os.replace
def die(temporary, target):
    if Path(target).name == "c.yaml":
        os.kill(os.getpid(), signal.SIGKILL)
    replace(temporary, target)
os.replace = die
main(sys.argv[1:])
"""


def test_a_killed_run_leaves_whole_files_and_a_second_run_finishes(root: Path, tags: str) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED, "update", str(root), "--tags", tags], check=False)

    assert killed.returncode == -signal.SIGKILL
    assert [(root / name).read_text() for name in ("a.yaml", "b/c.yaml")] == [NEW, VALUE]
    assert leftovers(root)
    assert main(["update", str(root), "--tags", tags]) == 0
    assert (root / "b/c.yaml").read_text() == NEW
    assert leftovers(root) == []


def test_a_file_that_changed_meanwhile_stops_the_run_before_it_writes(
    root: Path, tags: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    compute = directory.update_package

    def interfere(*arguments: object) -> directory.Outcome:
        outcome = compute(*arguments)  # type: ignore[arg-type]
        (root / "b/c.yaml").write_text("image: mine\n")
        return outcome

    monkeypatch.setattr(directory, "update_package", interfere)

    with pytest.raises(WriteError, match=r"b/c.yaml was changed by another program.*; no file was changed"):
        main(["update", str(root), "--tags", tags])

    assert (root / "a.yaml").read_text() == VALUE
    assert (root / "b/c.yaml").read_text() == "image: mine\n"


def test_modes_and_links_are_kept(root: Path, tags: str) -> None:
    (root / "a.yaml").chmod(0o640)
    (root / "link.yaml").symlink_to("b/c.yaml")

    assert main(["update", str(root), "--tags", tags]) == 0

    assert (root / "a.yaml").stat().st_mode & 0o777 == 0o640
    assert (root / "link.yaml").is_symlink()
    assert (root / "b/c.yaml").read_text() == NEW


def test_policies_without_a_latest_image_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policies = "---\n".join(
        "apiVersion: image.toolkit.fluxcd.io/v1\nkind: ImagePolicy\n"
        f"metadata: {{name: app-{number}, namespace: flux-system}}\nspec: {{}}\n"
        for number in range(3)
    )
    (tmp_path / "flux.yaml").write_text(policies)
    assert main(["update", str(tmp_path)]) == 0
    err = capsys.readouterr().err
    assert "3 policies have no status.latestRef" in err
    assert err.count("no-latest-image") == 1

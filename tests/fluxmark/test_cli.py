"""The command line itself: versions, usage, schemas, completion, documentation."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from fluxmark.cli import main
from fluxmark.commands import COMMANDS
from fluxmark.commands.completion import SHELLS
from fluxmark.output_schemas import FILES, LANGUAGE_SERVER
from update_helpers import MARKER, tree

ROOT = Path(__file__).resolve().parents[2]
FLUXMARK = Path(sys.executable).with_name("fluxmark")
FLUX = """\
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageRepository
metadata: {name: app, namespace: flux-system}
spec: {image: reg.io/app, interval: 5m}
---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImagePolicy
metadata: {name: app, namespace: flux-system}
spec: {imageRepositoryRef: {name: app}, policy: {semver: {range: 1.x}}}
"""


def failed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    return capsys.readouterr().err


def test_version_names_all_parts(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--version"])
    part = r"{} \d+\.\d+[\d.]*"
    names = ("Python", "PyYAML", "libyaml", "google-re2", "newest Flux known")
    expected = rf"{part.format('fluxmark')} \({', '.join(part.format(name) for name in names)}\)\n"
    assert re.fullmatch(expected, capsys.readouterr().out)


@pytest.mark.parametrize("command", [name for name in COMMANDS if name != "fn"])
def test_an_unknown_argument_shows_the_usage_of_its_command(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    needed = {"select": ["--registry"], "schema": ["config"], "completion": ["bash"]}
    said = failed(capsys, command, *needed.get(command, []), "--frobnicate")
    assert said.startswith(f"usage: fluxmark {command} ")
    assert f"fluxmark {command}: error: unknown arguments: --frobnicate" in said


def test_options_are_not_abbreviated(capsys: pytest.CaptureFixture[str]) -> None:
    assert "unknown arguments: --form json" in failed(capsys, "check", ".", "--form", "json")
    assert "unknown arguments: --vers" in failed(capsys, "--vers")


def test_the_command_alone_on_a_terminal_prints_help() -> None:
    primary, secondary = pty.openpty()
    try:
        done = subprocess.run([FLUXMARK], stdin=secondary, capture_output=True, text=True, check=False)
    finally:
        os.close(primary)
        os.close(secondary)
    assert done.returncode == 0
    assert "usage: fluxmark" in done.stdout


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    main(arguments)
    return json.loads(capsys.readouterr().out)


def keys(schema: Any, value: Any, root: Any) -> list[str]:
    """Return the keys of a value that its schema does not know."""
    if "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rpartition("/")[2]]
    if isinstance(value, list):
        return [key for one in value for key in keys(schema.get("items", {}), one, root)]
    if not isinstance(value, dict) or "properties" not in schema:
        return []
    known = schema.get("properties", {})
    unknown = [key for key in value if key not in known]
    return unknown + [key for name, one in value.items() if name in known for key in keys(known[name], one, root)]


@pytest.mark.parametrize("name", FILES)
def test_a_schema_is_one_and_has_an_id(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    schema = printed(capsys, "schema", name)
    Draft202012Validator.check_schema(schema)
    assert schema["$id"] == f"https://fluxmark.github.io/fluxmark/schema/{name}.json"


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("check", ["check"]),
        ("inject", ["inject", "--dry-run"]),
        ("select", ["select", "--tags", "tags.json"]),
        ("update", ["update", "--tags", "tags.json", "--dry-run"]),
    ],
)
def test_what_a_command_prints_is_of_its_schema(
    name: str,
    arguments: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    root = tree(tmp_path, {"a.yaml": f"kind: A\nimage: x {MARKER}\n", "flux.yaml": FLUX})
    tree(root, {"b.yaml": 'kind: B\nimage: reg.io/app:1.0.0 # {"$imagepolicy": "flux-system:ap"}\n'})
    gone = FLUX.replace("name: app", "name: gone").replace("reg.io/app", "reg.io/gone")
    tree(root, {"tags.json": '{"reg.io/app": ["1.0.0", "1.1.0"]}', "gone.yaml": gone})
    monkeypatch.chdir(root)
    schema = printed(capsys, "schema", name)
    value = printed(capsys, *arguments, "--format", "json")
    assert list(Draft202012Validator(schema).iter_errors(value)) == []
    assert keys(schema, value, schema) == []
    assert any(value.values())


def test_editors_find_the_schema_of_a_configuration() -> None:
    schema = json.loads(FILES["config"].read_text())
    assert f"# yaml-language-server: $schema={schema['$id']}\n" == LANGUAGE_SERVER


COMPLETE = {
    "bash": "source {0}; COMP_WORDS=(fluxmark check --fo); COMP_CWORD=2; COMP_LINE='fluxmark check --fo'; "
    "_shtab_fluxmark fluxmark --fo check; printf '%s\\n' \"${{COMPREPLY[@]}}\"",
    "fish": "source {0}; complete --do-complete 'fluxmark check --fo'",
    "zsh": "autoload -U compinit; compinit -u -d {0}.dump; source {0}; whence -f _shtab_fluxmark_check_options; "
    "print -l $_shtab_fluxmark_check_options",
}


@pytest.mark.parametrize("shell", [pytest.param(name, marks=pytest.mark.client(name)) for name in SHELLS])
def test_a_shell_completes_options(shell: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    script = tmp_path / f"fluxmark.{shell}"
    script.write_text(capsys.readouterr().out)
    command = [shell, "-c", COMPLETE[shell].format(script)]
    env = {**os.environ, "HOME": str(tmp_path)}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=env, cwd=tmp_path)
    assert "--format" in done.stdout, done.stderr


def test_docs_lists_and_prints_pages(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["docs"]) == 0
    names = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert {"configuration", "hosts", "rules", "update"} <= set(names)
    assert main(["docs", "update"]) == 0
    assert capsys.readouterr().out == (ROOT / "docs/update.md").read_text()


@pytest.mark.parametrize(("page", "said"), [("updat", "did you mean update?"), ("zzz", "`fluxmark docs` lists")])
def test_a_page_that_is_not_there(page: str, said: str, capfd: pytest.CaptureFixture[str]) -> None:
    done = subprocess.run([FLUXMARK, "docs", page], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert f"unknown page {page}; {said}" in done.stderr
    assert capfd.readouterr().out == ""

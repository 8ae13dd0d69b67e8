"""Text that others wrote is shown, never obeyed: not by a terminal, and not by a runner of GitHub Actions."""

from __future__ import annotations

import io
import json
import re
import sys
from typing import TYPE_CHECKING

import pytest

from fluxmark.__main__ import main
from krmfn.escape import printable, printable_lines

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PLANE = [chr(code) for code in range(0x10000)]
COMMANDS = (
    "\n::error::x",
    "::stop-commands::x",
    "  ::set-output name=a::b",
    "\r::add-mask::x",
    "old\n::stop-commands::x",
    "\u2028::error::x",
    "a ##[error]x",
    "##[group]x",
    "\x1b[2J\x1b]0;title\x07",
    "\x9b31m",
    "\u202eevil",
    "%0A::error::x",
    "::",
)
OURS = re.compile(r"::(?:error|warning|notice) title=fluxmark [a-z-]+(?:,(?:file|line|col|endColumn)=[^:,]*)*::")
FLUX = """\
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
metadata: {name: app, namespace: flux-system}
spec: {interval: 1m, sourceRef: {kind: GitRepository, name: a}, git: {commit: {author: {email: a@b}}}}
"""


def obeyed(output: str, *, github: bool = False) -> Iterator[str]:
    """Yield the lines that a terminal or a runner would obey."""
    for line in output.split("\n"):
        command = line.lstrip().startswith("::") and not (github and OURS.match(line))
        if not line.isprintable() or command or "##[" in line:
            yield line


def test_every_character_is_shown_as_itself_or_as_an_escape() -> None:
    shown = [printable(f"a{char}b") for char in PLANE]
    assert all(text.isprintable() for text in shown)
    assert all(text == f"a{char}b" for char, text in zip(PLANE, shown, strict=True) if char.isprintable())
    assert len(set(shown)) == len(PLANE)


@pytest.mark.parametrize("text", COMMANDS)
def test_a_command_is_none_any_more(text: str) -> None:
    assert list(obeyed(printable(text))) == list(obeyed(printable_lines(text))) == []


def values() -> list[str]:
    """Return texts that hold all characters of the plane, and the commands; a file holds no surrogates."""
    size = 2048
    texts = ("".join(PLANE[at : at + size]) for at in range(0, len(PLANE), size))
    return [*(text for text in texts if not "\ud800" <= text[0] <= "\udfff"), *COMMANDS]


def write(root: Path, *, broken: bool) -> None:
    """Write a package with foreign text wherever a message may show it; broken: also files that are not YAML."""
    (root / "flux.yaml").write_text(FLUX)
    for number, text in enumerate(values()):
        quoted = json.dumps(text)
        (root / f"v{number}.yaml").write_text(
            f"apiVersion: v1\nkind: Pod\nmetadata: {{name: {quoted}}}\nspec:\n  containers:\n"
            f'  - image: {quoted} # {{"$imagepolicy": "flux-system:app"}}\n'
            f"  - image: {quoted}\n  - image: reg.io/app:1\n"
        )
        (root / f"p{number}.yaml").write_text(
            FLUX.replace("name: app,", f"name: {quoted},")
            .replace("reg.io/app", f"{quoted}")
            .replace("range: 1.x", f"range: {quoted}")
            .replace("interval: 1m", f"interval: {quoted}")
        )
        shown = "".join(char for char in text if char not in "\n\r\x85\u2028\u2029" and char.isprintable())
        (root / f"m{number}.yaml").write_text(f'kind: A\nimage: reg.io/app:1 # {{"$imagePolicy": "{shown}"}}\n')
        if broken:
            (root / f"e{number}.yaml").write_text(f'kind: A # {{"$imagepolicy": "a:b"}}\n{shown[:200]}: [\n')
    for name in COMMANDS:
        safe = name.replace("/", "").replace("\0", "")
        (root / f"{safe}.yaml").write_text(
            'kind: A\nimage: x # {"$imagepolicy": "flux-system:app"}\nother: y # {"$imagePolicy": "a"}\n'
        )
        if broken:
            (root / f"{safe}e.yaml").write_text('kind: A # {"$imagepolicy": "a:b"}\na: [\n')


TAGS = json.dumps({"reg.io/app": ["1.0.0", *COMMANDS, "\u202e1"]})
RUNS = [
    ["check", "--format", "text"],
    ["check", "--format", "json"],
    ["check", "--format", "sarif"],
    ["check", "--format", "github"],
    ["select", "--tags", "-", "--format", "text"],
    ["select", "--tags", "-", "--format", "json"],
    ["update", "--dry-run", "--format", "text"],
    ["update", "--dry-run", "--format", "json"],
    ["update", "--dry-run", "--tags", "-"],
    ["inject", "--dry-run"],
    ["inject", "--dry-run", "--format", "json"],
    ["update"],
    ["check", "--fix"],
    ["inject"],
]


@pytest.mark.slow
@pytest.mark.parametrize("arguments", RUNS, ids=" ".join)
def test_no_command_prints_what_would_be_obeyed(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, broken="inject" not in arguments)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(TAGS.encode())))
    monkeypatch.setattr(sys, "argv", ["fluxmark", *arguments])

    status = main()

    found = capsys.readouterr()
    assert status in (0, 1, 2), found.err
    assert found.out or found.err
    assert list(obeyed(found.out, github="github" in arguments)) == []
    assert list(obeyed(found.err)) == []

"""The documentation as a site, and the man page."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from fluxmark.commands import COMMANDS
from fluxmark.output_schemas import FILES

ROOT = Path(__file__).resolve().parents[1]
PAGES = {page.relative_to(ROOT / "docs").as_posix() for page in (ROOT / "docs").rglob("*.md")}


def build(root: Path, site: Path) -> subprocess.CompletedProcess[str]:
    command = ["mkdocs", "build", "--strict", "--site-dir", str(site)]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)


@pytest.mark.slow
@pytest.mark.client("mkdocs")
def test_the_site_has_every_page_and_the_schemas_at_their_ids(tmp_path: Path) -> None:
    done = build(ROOT, tmp_path / "site")
    assert done.returncode == 0, done.stderr
    made = {page.relative_to(tmp_path / "site").as_posix() for page in (tmp_path / "site").rglob("index.html")}
    assert {name.replace("index.md", "index.html").replace(".md", "/index.html") for name in PAGES} <= made
    for name in FILES:
        schema = json.loads((tmp_path / f"site/schema/{name}.json").read_text())
        assert schema["$id"] == f"https://fluxmark.github.io/fluxmark/schema/{name}.json"
    assert (
        "https://github.com/fluxmark/fluxmark/blob/main/fixtures/homelab"
        in (tmp_path / "site/start/homelab/index.html").read_text()
    )


@pytest.mark.slow
@pytest.mark.client("mkdocs")
@pytest.mark.parametrize("link", ["no-such-page.md", "../no-such-file", "update.md#no-such-anchor"])
def test_a_link_that_leads_nowhere_fails_the_build(link: str, tmp_path: Path) -> None:
    for name in (".ci", "mkdocs.yml"):
        (tmp_path / name).symlink_to(ROOT / name)
    shutil.copytree(ROOT / "docs", tmp_path / "docs")
    with (tmp_path / "docs/install.md").open("a") as page:
        page.write(f"\n[broken]({link})\n")
    done = build(tmp_path, tmp_path / "site")
    assert done.returncode != 0
    assert link in done.stdout + done.stderr


@pytest.mark.client("argparse-manpage")
def test_the_man_page_has_every_command_and_its_options() -> None:
    done = subprocess.run([sys.executable, ROOT / ".ci/man"], capture_output=True, text=True, check=True)
    sections = set(re.findall(r"^\.SS \\fBfluxmark (\w+)\\fR", done.stdout, re.MULTILINE))
    assert sections == set(COMMANDS)
    assert r"\-\-fail\-on" in done.stdout


def test_pages_that_a_reader_starts_with_are_listed() -> None:
    index = (ROOT / "docs/index.md").read_text()
    assert {f"start/{name}.md" for name in ("homelab", "monorepo", "ci", "functions")} <= set(
        re.findall(r"\]\(([^)]+)\)", index)
    )

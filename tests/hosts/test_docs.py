"""What docs/ says of hosts is held by tests: those it names are there."""

from __future__ import annotations

import re

import pytest

from hosts.package import ROOT

PAGES = ("docs/hosts.md", "docs/kustomize.md")
PARTS = [
    (page, file, part)
    for page in PAGES
    for file, part in re.findall(
        r"^\| \[(tests/[\w/]+\.py)\].*?\n\|---\|---\|\n((?:\|.*\n)+)", (ROOT / page).read_text(), re.MULTILINE
    )
]


@pytest.mark.parametrize(("page", "file", "part"), PARTS, ids=[f"{page}-{file}" for page, file, _ in PARTS])
def test_a_named_test_is_there(page: str, file: str, part: str) -> None:
    defined = set(re.findall(r"^def (test_\w+)", (ROOT / file).read_text(), re.MULTILINE))
    for row in part.splitlines():
        named = re.findall(r"`(test_\w+)`", row)
        assert named, f"{page}: nothing holds {row!r}"
        assert set(named) <= defined, f"{page}: {file} has no {', '.join(set(named) - defined)}"


def test_every_host_of_the_overview_has_its_tests() -> None:
    text = (ROOT / PAGES[0]).read_text()
    overview, *_ = text.split("\n## ")
    hosts = [
        anchor
        for row in re.findall(r"^\| (\[.*)", overview, re.MULTILINE)
        for anchor in re.findall(r"#([\w-]+)", row)
    ]
    sections = {
        title.lower().replace(" ", "-"): body
        for title, body in re.findall(r"\n## (.*)\n((?:(?!\n## )[\s\S])*)", text)
    }
    assert set(hosts) <= sections.keys()
    assert [host for host in hosts if "test_" not in sections[host]] == ["command"]


@pytest.mark.parametrize("page", [*PAGES, "SECURITY.md"])
def test_links_lead_somewhere(page: str) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[\w-]+)?\)", (ROOT / page).read_text())
    assert [link for link in links if not ((ROOT / page).parent / link).exists()] == []

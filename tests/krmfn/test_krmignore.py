"""A .krmignore means what kpt makes of it, and what git makes of it wherever those two agree."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings, strategies as st

from krmfn.packages.krmignore import Ignore

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("text", "ignored", "kept"),
    [
        ("# a.yaml\n\n  \n", "", "a.yaml #"),
        (" a.yaml  \r\n", "a.yaml d/a.yaml", "b.yaml a.yaml.bak"),
        ("\\#a\n", "#a", "a"),
        ("*.json", "a.json d/e/a.json .json", "a.jsonx"),
        ("a?.yaml", "ab.yaml", "a.yaml abc.yaml"),
        ("[a-c][^a-c].yaml", "ad.yaml", "aa.yaml da.yaml"),
        ("/a.yaml", "a.yaml", "d/a.yaml"),
        ("/d/*.yaml", "d/a.yaml", "a.yaml x/d/a.yaml d/e/a.yaml"),
        ("d/a.yaml", "d/a.yaml x/d/a.yaml", "a.yaml d/x/a.yaml"),
        ("d/**/a.yaml", "d/x/a.yaml", "d/a.yaml d/x/y/a.yaml"),
        ("d/", "d/ x/d/", "d"),
        ("/d/", "d/", "x/d/ d"),
        ("*.yaml\n!keep.yaml", "a.yaml", "keep.yaml d/keep.yaml"),
        ("!keep.yaml\n*.yaml", "a.yaml", "keep.yaml"),
        ("*\\*", "a*", "ab"),
        ("a\\*", "a*", "a\\* ab"),
        ("a\\b", "a\\b", "ab"),
        ("[\n/\n!\n[a-]\n[]a]\n*\\", "", "a ["),
        ("[c-a]x", "", "bx"),
        ("[^c-a]x", "bx", "x"),
        ("é*", "éa", "ea"),
    ],
)
def test_a_pattern_ignores(text: str, ignored: str, kept: str) -> None:
    """Names with a slash at the end are directories."""
    patterns = Ignore(text)
    for expected, paths in ((True, ignored), (False, kept)):
        for path in paths.split():
            found = patterns.ignores(path.rstrip("/"), directory=path.endswith("/"))
            assert found is expected, path


names = st.sampled_from(["a", "b", "ab", "a.yaml", "b.yaml", ".a"])
globs = st.sampled_from(["a", "*", "?", "a*", "*.yaml", "[ab]", "[^a]*", "?.yaml", ".?"])
# where both agree: no `**`, a slash at the start or the end alone, and the exceptions after the rules
patterns = st.builds(
    lambda start, glob, end: start + glob + end, st.sampled_from(["", "/"]), globs, st.sampled_from(["", "/"])
)
ignore_files = st.tuples(
    st.lists(patterns, min_size=1, max_size=4), st.lists(patterns.map("!{}".format), max_size=2)
)
paths = st.lists(st.lists(names, min_size=1, max_size=3).map("/".join), min_size=1, max_size=8, unique=True)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("repository")
    subprocess.run(["git", "init", "--quiet", str(root)], check=True)
    return root


@pytest.mark.client("git")
@settings(deadline=None)
@given(ignore_files, paths)
def test_git_ignores_the_same_where_it_agrees_with_kpt(
    repository: Path, lines: tuple[list[str], list[str]], paths: list[str]
) -> None:
    text = "".join(f"{line}\n" for part in lines for line in part)
    (repository / ".gitignore").write_text(text)
    command = ["git", "-C", str(repository), "check-ignore", "--no-index", "--stdin"]
    done = subprocess.run(command, input="\n".join(paths), capture_output=True, text=True, check=False)
    assert done.returncode in {0, 1}, done.stderr
    assert {path for path in paths if ignored(Ignore(text), path)} == set(done.stdout.split())


def ignored(patterns: Ignore, path: str) -> bool:
    """Whether a file is ignored, or a directory that it lies in."""
    parts = path.split("/")
    above = ["/".join(parts[:number]) for number in range(1, len(parts))]
    return any(patterns.ignores(one, directory=True) for one in above) or patterns.ignores(path)

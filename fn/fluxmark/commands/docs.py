"""`fluxmark docs`: prints the documentation of this version, without a network."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fluxmark.errors import FluxmarkError
from fluxmark.output.stdout import put

if TYPE_CHECKING:
    import argparse

DESCRIPTION = """\
Print a page of the documentation. Without a page, print the list of pages.
"""
PACKAGE = Path(__file__).parent.parent
DIRECTORIES = (PACKAGE / "documentation", PACKAGE.parents[1] / "docs")
"""Where the pages are: in an installation, and in a clone."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Define the arguments."""
    parser.add_argument("page", nargs="?", default="", metavar="PAGE", help="the name of a page, such as check")


def run(arguments: argparse.Namespace) -> int:
    """Print the page. Raises FluxmarkError if there is none of that name."""
    pages = _pages()
    if not arguments.page:
        width = max(map(len, pages))
        put("".join(f"{name:<{width}}  {_title(page)}\n" for name, page in pages.items()))
        return 0
    page = pages.get(arguments.page.removesuffix(".md"))
    if page is None:
        from difflib import get_close_matches

        near = get_close_matches(arguments.page, pages, 1)
        hint = f"did you mean {near[0]}?" if near else "`fluxmark docs` lists the pages"
        raise FluxmarkError(f"fluxmark docs: unknown page {arguments.page}; {hint}")
    put(page.read_text(encoding="utf-8"))
    return 0


def _pages() -> dict[str, Path]:
    """Return the pages by name: the path below the documentation, without `.md`."""
    root = next(directory for directory in DIRECTORIES if directory.is_dir())
    return {page.relative_to(root).with_suffix("").as_posix(): page for page in sorted(root.rglob("*.md"))}


def _title(page: Path) -> str:
    lines = page.read_text(encoding="utf-8").splitlines()
    return next((line.removeprefix("# ") for line in lines if line.startswith("# ")), "")

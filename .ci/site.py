"""Hooks of MkDocs: links out of docs/ lead to the repository, and the JSON Schemas are published."""

from __future__ import annotations

import posixpath
import re
import shutil
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
REPOSITORY = "https://github.com/fluxmark/fluxmark/blob/main"
_LINK = re.compile(r"(\]\()(\.\./[^)\s]*)(\))")


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Return a page in which links to files outside docs/ lead to the repository; each has to exist."""

    def replaced(found: re.Match[str]) -> str:
        path, _, anchor = found[2].partition("#")
        target = posixpath.normpath(posixpath.join("docs", posixpath.dirname(page.file.src_uri), path))
        if target.startswith("docs/"):
            return found[0]
        if not (ROOT / target).exists():
            raise FileNotFoundError(f"{page.file.src_uri}: {found[2]} leads to no file")
        return f"{found[1]}{REPOSITORY}/{target}{'#' + anchor if anchor else ''}{found[3]}"

    return _LINK.sub(replaced, markdown)


def on_post_build(config: Any, **_: Any) -> None:
    """Copy the schemas to the addresses that are their `$id`s."""
    sys.path.insert(0, str(ROOT / "fn"))
    from fluxmark.output_schemas import FILES

    target = Path(config["site_dir"], "schema")
    target.mkdir(exist_ok=True)
    for name, file in FILES.items():
        shutil.copyfile(file, target / f"{name}.json")

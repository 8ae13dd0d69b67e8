"""Writes docstrings and help as Markdown, for the prose linter.

Usage: extract.py DIRECTORY. A module `fn/a/b.py` becomes `DIRECTORY/fn/a/b.py.md`, with each docstring on the
lines where the module has it. `fluxmark check.md` is what `fluxmark check --help` prints.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def docstrings(text: str) -> str:
    """Return the docstrings of a module, each on the lines where it is; everything else is blank."""
    lines = [""] * (text.count("\n") + 2)
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        found = node.body[0] if node.body else None
        if not (isinstance(found, ast.Expr) and isinstance(found.value, ast.Constant)):
            continue
        if not isinstance(found.value.value, str):
            continue
        for number, line in enumerate(found.value.value.split("\n"), found.lineno - 1):
            # an indented example stays code for Markdown
            extra = len(line) - len(line.lstrip()) - found.col_offset
            lines[number] = ("    " if number >= found.lineno and extra >= 4 else "") + line.strip()
    return "\n".join(lines)


def helps() -> dict[str, str]:
    """Return what `--help` of fluxmark and of each command prints."""
    commands = (ROOT / "fn/fluxmark/commands/__init__.py").read_text(encoding="utf-8")
    names = re.findall(r'^    "(\w+)": "', commands, re.MULTILINE)
    found = {}
    for words in ((), *((name,) for name in names)):
        shown = subprocess.run(  # noqa: S603  (the interpreter that runs this)
            [sys.executable, "-m", "fluxmark", *words, "--help"], capture_output=True, text=True, check=True
        ).stdout
        found[" ".join(("fluxmark", *words))] = re.sub(r"^ +", "", shown, flags=re.MULTILINE)
    return found


def main(target: Path) -> None:
    """Write the files."""
    for file in sorted((ROOT / "fn").rglob("*.py")):
        path = target / file.relative_to(ROOT).with_suffix(".py.md")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(docstrings(file.read_text(encoding="utf-8")), encoding="utf-8")
    for name, text in helps().items():
        (target / f"{name}.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

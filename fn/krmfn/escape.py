"""Foreign text in messages: names and values that others chose cannot move a cursor, hide text or give commands.

A runner of GitHub Actions obeys lines that start with `::`, blanks before it or not, and `##[` anywhere in a line.
Source: https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
"""

from __future__ import annotations


def printable(text: str) -> str:
    """Return a text on one line of printable characters; others become `\\n`, `\\x1b`, `\\u202e` and so on."""
    if not text.isprintable():
        text = "".join(char if char.isprintable() else _escaped(char) for char in text)
    return harmless(text)


def printable_lines(text: str) -> str:
    """Return a text as `printable` does, each of its lines; line feeds stay."""
    return "\n".join(map(printable, text.split("\n")))


def harmless(line: str) -> str:
    """Return a line so that no runner takes it for a command."""
    if line.lstrip().startswith("::"):
        line = line.replace("::", "\\x3a:", 1)
    return line.replace("##[", "##\\x5b")


def _escaped(char: str) -> str:
    return char.encode("unicode_escape").decode()

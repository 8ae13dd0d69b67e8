"""`fluxmark explain`: what a rule of `check` finds, why it matters, and how to fix it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmark.output.rule_docs import documentation
from fluxmark.output.stdout import put
from fluxmark.rules.engine import BY_ID, known_rules

if TYPE_CHECKING:
    import argparse

DESCRIPTION = """\
Explain a rule of `fluxmark check`: what it finds, why that matters, an example that fails and one that passes, and
how to fix it. Without a rule, list all rules.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Define the arguments."""
    parser.add_argument("rule", nargs="?", default="", metavar="RULE", help="the name in brackets after a finding")


def run(arguments: argparse.Namespace) -> int:
    """Print the documentation of a rule. Raises FluxmarkError for a name that no rule has."""
    if not arguments.rule:
        width = max(map(len, BY_ID))
        put("".join(f"{name:<{width}}  {documentation(rule).summary}\n" for name, rule in BY_ID.items()))
        return 0
    (name,) = known_rules([arguments.rule])
    rule = BY_ID[name]
    put(f"{name} ({rule.SEVERITY})\n\n{documentation(rule).text}")
    return 0

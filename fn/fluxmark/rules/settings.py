"""`.fluxmark-check.yaml`: the files and rules that a repository does not want to hear of.

exclude: [vendor/**, test/fixtures]
rules: {reformat: off, policy-ties: error}
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from fluxmark.flux.files import matches
from fluxmark.flux.schema.did_you_mean import nearest
from fluxmark.mapping_file import MappingFile
from krmfn.packages.input_file import text_of
from krmfn.resources.result import Severity
from krmfn.yaml.parser import MapNode, Node, ScalarNode, SeqNode, follow

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

    from fluxmark.finding import Finding

NAME: Final = ".fluxmark-check.yaml"
OFF: Final = "off"
LEVELS: Final = (OFF, *map(str, Severity))


@dataclass(frozen=True, slots=True)
class Settings:
    """What a repository wants of `check`.

    exclude: globs of files, relative to the directory of the settings. levels: of rules, one of LEVELS. prefix:
    the path of that directory in the repository, with a slash, '' for its root.
    """

    exclude: tuple[str, ...] = ()
    levels: dict[str, str] = field(default_factory=dict)
    prefix: str = ""

    def apply(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """Yield the findings that are wanted, at the levels that are wanted."""
        for one in findings:
            level = self.levels.get(one.rule)
            if level == OFF or self._excludes(one.file):
                continue
            also = tuple(other for other in one.also if not self._excludes(other.file))
            yield replace(one, severity=Severity(level) if level else one.severity, also=also)

    def _excludes(self, path: str) -> bool:
        inner = path.removeprefix(self.prefix)
        return path.startswith(self.prefix) and any(matches(inner, glob) for glob in self.exclude)


def find(directory: Path, root: Path, rules: Collection[str]) -> Settings:
    """Return the settings in a directory, or in the nearest above it up to a repository's root.

    rules: the names that are known. Raises InputError for what is wrong in the file, with its position.
    """
    here, top = directory.resolve(), root.resolve()
    for one in (here, *here.parents):
        if (one / NAME).is_file():
            inside = one.relative_to(top).as_posix() if one.is_relative_to(top) else "."
            return read(text_of(one / NAME), str(one / NAME), rules, "" if inside == "." else f"{inside}/")
        if one == top:
            break
    return Settings()


def read(text: str, name: str, rules: Collection[str], prefix: str = "") -> Settings:
    """Read settings; raises InputError with the position of what is wrong."""
    given = MappingFile(text, name, "one mapping with `exclude` and `rules` is expected")
    exclude: tuple[str, ...] = ()
    levels: dict[str, str] = {}
    for key, value in given.root.pairs:
        node, field_name = follow(value), key.value if isinstance(key, ScalarNode) else ""
        if field_name == "exclude":
            if not isinstance(node, SeqNode) or not all(isinstance(item, ScalarNode) for item in node.items):
                given.fail(key, "exclude is a list of globs, such as [vendor/**]")
            exclude = tuple(item.value.strip("/") for item in node.items if isinstance(item, ScalarNode))
        elif field_name == "rules":
            if not isinstance(node, MapNode):
                given.fail(key, f"rules is a mapping from rules to one of {', '.join(LEVELS)}")
            levels = {rule: level for rule, level in (_level(given, *pair, rules) for pair in node.pairs)}  # noqa: C416
        else:
            given.fail(key, f"unknown field {field_name!r}; known are exclude and rules")
    return Settings(exclude, levels, prefix)


def _level(given: MappingFile, key: Node, value: Node, rules: Collection[str]) -> tuple[str, str]:
    rule = key.value if isinstance(key, ScalarNode) else ""
    if rule not in rules:
        close = nearest(rule, rules)
        given.fail(key, f"there is no rule {rule!r}" + (f"; did you mean {close[0]}?" if close else ""))
    node = follow(value)
    level = node.value if isinstance(node, ScalarNode) else ""
    if level not in LEVELS:
        given.fail(value, f"the level of a rule is one of {', '.join(LEVELS)}, not {level!r}")
    return rule, level

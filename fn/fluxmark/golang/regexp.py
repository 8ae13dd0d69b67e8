"""Go's regular expressions: RE2, as filterTags.pattern, filterTags.extract and exclusionList use it.

Matching is that of google-re2. What it accepts and Go does not is refused here, and its errors are put in Go's
words.

Source: Go's regexp (Expand) and regexp/syntax (parse.go), https://github.com/google/re2/wiki/Syntax
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from fluxmark.golang.expand import parse_template

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Match = tuple[str | None, ...]
"""What each group matched, the whole match first; None for a group that had no part in it."""

# Go has room for 3.3 million instructions; RE2's 8 MiB are too few for a large class repeated some hundred times.
_MAX_MEMORY = 64 << 20
# Go refuses nesting deeper than this. RE2 does not, and takes memory that grows with the square of the groups.
_MAX_GROUPS = 1000

_GO_ERRORS = {
    "invalid named capture group": "invalid named capture",
    "invalid perl operator": "invalid or unsupported Perl syntax",
    "invalid repetition size": "invalid repeat count",
    "bad repetition operator": "invalid nested repetition operator",
    "missing ]": "missing closing ]",
    "missing )": "missing closing )",
    "no argument for repetition operator": "missing argument to repetition operator",
    "trailing \\": "trailing backslash at end of expression",
    "pattern too large - compile failed": "expression too large",
}

# The parts of a valid pattern that can hold or be a group or an escape.
_TOKEN = re.compile(
    r"""
    \\Q .*? (?: \\E | \Z )
  | \\ (?P<escape> . )
  | \[ \^? \]? (?: \[:\^?[a-z]+:\] | \\. | [^\]\\] )*+ \]
  | (?P<group> \( (?!\?) )
  | (?P<named> \( \? (?P<p>P?) < (?P<name> [^>]* ) > )
    """,
    re.VERBOSE | re.DOTALL,
)
_NAME = re.compile("[0-9A-Za-z_]+")


class RegexpError(ValueError):
    """The pattern is none for Go; the text is that of regexp.Compile."""

    def __init__(self, code: str, expression: str) -> None:
        super().__init__(f"error parsing regexp: {code}: `{expression}`")


@dataclass(frozen=True, slots=True)
class Regexp:
    """A compiled pattern; `names[n]` is the name of group n, empty for one without and for 0, the whole match."""

    pattern: str
    names: tuple[str, ...]
    _search: Callable[[bytes], Any] = field(repr=False, compare=False)

    def matches(self, text: str) -> bool:
        """Return whether the pattern matches anywhere in the text."""
        return self._search(text.encode(errors="surrogatepass")) is not None

    def search(self, text: str) -> Match | None:
        """Return the leftmost match, None if there is none."""
        match = self._search(text.encode(errors="surrogatepass"))
        if match is None:
            return None
        return tuple(
            None if group is None else group.decode(errors="replace") for group in (match[0], *match.groups())
        )

    def expand(self, template: str, match: Match) -> str:
        """Return the template with what the groups matched, as Go's Expand does."""
        return parse_template(template).bind(self.names).expand(match)


@lru_cache(maxsize=128)
def compile_pattern(pattern: str, *, angle_groups: bool = True) -> Regexp:
    """Return the compiled pattern; raises RegexpError.

    angle_groups: whether `(?<name>…)` is allowed besides `(?P<name>…)`, which Go learned in 1.22.
    """
    import re2  # a few milliseconds that most runs do not need

    if pattern.count("(") > _MAX_GROUPS:
        raise RegexpError("expression nests too deeply", pattern)
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MAX_MEMORY
    try:
        compiled = re2.compile(pattern.encode(errors="surrogatepass"), options)
    except re2.error as error:
        raise _in_words_of_go(error.args[0], pattern) from None
    names = tuple(_group_names(pattern, angle_groups=angle_groups))
    return Regexp(pattern, names, compiled.search)


def _in_words_of_go(message: bytes, pattern: str) -> RegexpError:
    code, _, expression = message.decode(errors="replace").partition(": ")
    if code == "pattern too large - compile failed":
        expression = pattern
    return RegexpError(_GO_ERRORS.get(code, code), expression)


def _group_names(pattern: str, *, angle_groups: bool) -> Iterator[str]:
    """Yield the names of the groups, from 0; raises RegexpError for what C++ accepts and Go does not.

    The library tells the number of only one of the groups that share a name, which is allowed.
    """
    yield ""
    for token in _TOKEN.finditer(pattern):
        if token["escape"] == "C":
            raise RegexpError("invalid escape sequence", token[0])
        if token["named"] and not (token["p"] or angle_groups):
            raise RegexpError("invalid or unsupported Perl syntax", "(?<")
        if token["named"] and not _NAME.fullmatch(token["name"]):
            raise RegexpError("invalid named capture", token[0])
        if token["named"] or token["group"]:
            yield token["name"] or ""

"""Go's regular expressions, as policies, exclusion lists and sprig's functions use them.

google-re2 does the matching. A pattern that it accepts and Go does not is refused, and its errors are
translated to those of Go.

Source: Go's regexp and regexp/syntax (parse.go), https://github.com/google/re2/wiki/Syntax
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from fluxmark.golang.expand import Match, parse_template
from fluxmark.golang.text import encode, valid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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
_COUNT = re.compile(r"\{([0-9]{1,9})(?:,([0-9]{1,9}))?\}(?=\??\Z)")
_MAX_COUNT = 1000
_META = re.compile(rb"[\\.+*?()|\[\]{}^$]")


class RegexpError(ValueError):
    """The pattern does not compile in Go; the message is that of regexp.Compile."""

    def __init__(self, code: str, expression: str) -> None:
        super().__init__(f"error parsing regexp: {code}: `{expression}`")


@dataclass(frozen=True, slots=True)
class Regexp:
    """A compiled pattern; `names[n]` is the name of group n, empty for one without and for 0, the whole match."""

    pattern: str
    names: tuple[str, ...]
    _search: Callable[..., Any] = field(repr=False, compare=False)

    def matches(self, text: str) -> bool:
        """Return whether the pattern matches anywhere in the text."""
        return self._search(text.encode(errors="surrogatepass")) is not None

    def search(self, text: str) -> Match | None:
        """Return the leftmost match, None if there is none."""
        found = self._search(text.encode(errors="surrogatepass"))
        return None if found is None else groups_of(found)

    def spans(self, text: bytes, limit: int = -1) -> Iterator[tuple[int, int]]:
        """Yield where successive matches are, at most `limit` if that is not negative (Go, FindAllIndex).

        An empty match right after another one does not count.
        """
        at, previous_end, count = 0, -1, 0
        while at <= len(text) and (limit < 0 or count < limit):
            found = self._search(text, at)
            if not found:
                return
            start, end = found.span()
            accepted = end != at or start != previous_end
            at = end if end != at else at + (_width(text, at) or 1)
            previous_end = end
            if accepted:
                count += 1
                yield start, end

    def find(self, text: bytes) -> bytes:
        """Return the leftmost match, nothing if there is none (Go, Find)."""
        found = self._search(text)
        return text[slice(*found.span())] if found else b""

    def replace_all(self, text: bytes, replacement: Callable[[Match], bytes]) -> bytes:
        """Return a text with each match replaced by what a function makes of it (Go, ReplaceAll)."""
        out: list[bytes] = []
        at = last = 0
        while at <= len(text):
            found = self._search(text, at)
            if not found:
                break
            start, end = found.span()
            out.append(text[last:start])
            if end > last or start == 0:  # not for an empty match right after another
                out.append(replacement(groups_of(found)))
            last = end
            at = max(end, at + (_width(text, at) or 1))
        return b"".join((*out, text[last:]))

    def group_spans(self, text: str) -> tuple[tuple[int, int], ...]:
        """Return where each group matches, in bytes, the whole match first; empty without a match."""
        match = self._search(text.encode(errors="surrogatepass"))
        return () if match is None else tuple(match.span(group) for group in range(len(self.names)))

    def expand(self, template: str, match: Match) -> str:
        """Return the template with what the groups matched, as Go's Expand does."""
        return parse_template(template).bind(self.names).expand(match)


def groups_of(found: Any) -> Match:
    """Return what each group matched, the whole match first."""
    return tuple(
        None if group is None else group.decode(errors="replace") for group in (found[0], *found.groups())
    )


def quote_meta(text: bytes) -> bytes:
    """Return a pattern that matches a text literally (Go, QuoteMeta)."""
    return _META.sub(rb"\\\g<0>", text)


@lru_cache(maxsize=128)
def compile_pattern(pattern: str, *, angle_groups: bool = True) -> Regexp:
    """Return the compiled pattern; raises RegexpError.

    A byte that is not UTF-8 is in the pattern as `fluxmark.golang.text.decode` gives it.
    angle_groups: whether `(?<name>…)` is allowed as well as `(?P<name>…)`, since Go 1.22.
    """
    import re2  # a few milliseconds that most runs do not need

    if pattern.count("(") > _MAX_GROUPS:
        raise RegexpError("expression nests too deeply", pattern)
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MAX_MEMORY
    try:
        compiled = re2.compile(encode(pattern), options)
    except UnicodeEncodeError:
        raise RegexpError("invalid UTF-8", pattern) from None
    except re2.error as error:
        raise _in_words_of_go(error.args[0], pattern) from None
    names = tuple(_group_names(pattern, angle_groups=angle_groups))
    return Regexp(pattern, names, compiled.search)


def _in_words_of_go(message: bytes, pattern: str) -> RegexpError:
    """Return the error with Go's reason, which differs also where Go reports another of two faults."""
    code, _, expression = message.decode(errors="replace").partition(": ")
    count = _COUNT.search(expression)
    if code == "bad repetition operator" and count and _is_bad_count(int(count[1]), int(count[2] or count[1])):
        code, expression = "invalid repetition size", count[0]
    elif code == "invalid repetition size":
        expression = expression.removesuffix("?")
    elif code == "pattern too large - compile failed" or (not expression and code != "trailing \\"):
        expression = valid(pattern)
    elif code == "trailing \\":
        expression = ""
    return RegexpError(_GO_ERRORS.get(code, code), expression)


def _is_bad_count(least: int, most: int) -> bool:
    return most < least or most > _MAX_COUNT


def _width(text: bytes, at: int) -> int:
    """Return the bytes of the character that begins here, 0 at the end."""
    first = text[at : at + 1]
    if not first:
        return 0
    return 1 if first < b"\xc0" else 2 if first < b"\xe0" else 3 if first < b"\xf0" else 4


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

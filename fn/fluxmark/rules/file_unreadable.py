"""Flux cannot read a file that holds markers.

A file that kyaml cannot parse is put aside with all its documents, and only a trace log names it; the automation
stays "repository up-to-date". Next to broken YAML these are: templates, tabs, a directive (`%YAML`), text behind
the `---` of a document, a document that is a list (JSON patches), `metadata` that is not a mapping, an alias
without its anchor, and files that are not UTF-8. Worse is text after the end of a document that starts no other
one: Flux reads what is before, and when it updates that, it deletes the rest.

Fails:
    - op: replace
      path: /spec/image
      value: example.com/app:1.0.0 # {"$imagepolicy": "flux-system:app"}

Passes:
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: app}
    image: example.com/app:1.0.0 # {"$imagepolicy": "flux-system:app"}

Fix: follow the message; write a list as a strategic merge patch.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from fluxmark.cluster.markers import MENTION
from fluxmark.flux import marker
from fluxmark.flux.api_groups import TOKEN
from fluxmark.flux.files import is_flux_file
from fluxmark.flux.yaml_file import SkippedError, fault, pieces
from krmfn.errors import InputError
from krmfn.resources.result import Severity
from krmfn.yaml import layout
from krmfn.yaml.parser import SeqNode
from krmfn.yaml.text import line_end, line_start

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.cluster import Repository, Source
    from fluxmark.finding import Finding

ID: Final = "file-unreadable"
SEVERITY: Final = Severity.ERROR

# observed: kyaml splits a file at lines that begin with `---`, and takes none with text after it
_SEPARATOR = re.compile(r"^---(?P<rest>[^\s#][^\n]*|[ \t]+[^\s#][^\n]*)", re.MULTILINE)
_NO_COMMENT = re.compile(r"""(?P<sign>(?<=[^\s#])#|//)[ \t]*\{[ \t]*["']?\$imagepolicy""")
_DIRECTIVE = re.compile(r"^%[A-Z]+", re.MULTILINE)


def check(world: Repository) -> Iterator[Finding]:
    """Yield why a file with markers cannot be read, once for each file."""
    for source in world.sources:
        if not is_flux_file(source.path.rpartition("/")[2]) or not _has_marker(source):
            continue
        found = _fault(source)
        if found is not None:
            yield source.finding(ID, SEVERITY, *found)


def _has_marker(source: Source) -> bool:
    """Tell whether the file would be read for a marker; for an unreadable one the text has to do."""
    if TOKEN not in source.text:
        return False
    if source.error and _NO_COMMENT.search(source.text):
        return True
    text, line = source.text, -1
    for found in MENTION.finditer(text):
        start = line_start(text, found.start())
        if start == line:
            continue
        line = start
        comment = text[text.index("#", start) : line_end(text, start)]
        if TOKEN in comment or marker.read(comment):
            return True
    return False


def _fault(source: Source) -> tuple[tuple[int, int], str] | None:
    """Return what is wrong, and where."""
    if offset := _cut_off(source):
        what = "Flux reads this file up to here, and deletes the rest when it updates it: this starts no document"
        return (offset, line_end(source.text, offset)), f"{what}; begin it with '---'"
    found = _reason(source)
    return (found[0], f"Flux skips this whole file, markers and all: {found[1]}") if found else None


def _cut_off(source: Source) -> int:
    """Return the offset after which Flux would drop all; 0 for none."""
    if source.error:
        try:
            pieces(source.text, "", lists=True)
        except SkippedError as error:
            return error.offset if error.rule == "cut-off" else 0
        except InputError:
            return 0
    return 0


def _reason(source: Source) -> tuple[tuple[int, int], str] | None:
    """Return why Flux cannot read a file, and where."""
    text = source.text
    if source.error:
        line, column, what = source.error
        start = min(source.lines.starts[min(line, len(source.lines.starts)) - 1] + column - 1, len(text))
        if glued := _NO_COMMENT.search(text):
            right = "put a space before the '#'" if glued["sign"] == "#" else "write '#' instead of '//'"
            return glued.span("sign"), f"a marker is not a comment here, so this is not YAML; {right}"
        if "{{" in text:
            what = f"a template is not YAML ({what}); mark the file that the template is filled in from"
        return (start, line_end(text, start)), what
    if directive := _DIRECTIVE.match(text.lstrip("\ufeff")):
        return directive.span(), f"it takes no directive ({directive[0]}); remove it"
    if separator := _SEPARATOR.search(text):
        return separator.span("rest"), "there is text after the '---'; begin the document on the next line"
    for document in source.documents:
        found = fault(text, document.root) if document.root is not None else None
        if found:
            node, what = found
            if isinstance(node, SeqNode) and node.items and not node.flow:
                start = layout.dash(text, node, 0)
                return (start, start + 1), what
            return source.span(node), what
    return None

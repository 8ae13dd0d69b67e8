"""Reading line by line leads where reading all YAML does, or is not tried."""

from __future__ import annotations

import contextlib
import json
import os
import random
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import event, given, strategies as st

from fluxmark.flux.latest_image import LatestImage
from fluxmark.flux.setters.fast_reader import NotPlainError, read
from fluxmark.flux.setters.update_text import AS_FLUX, Updated, _by_lines, _by_nodes
from krmfn.errors import InputError
from update_helpers import LATEST, MARKER

if TYPE_CHECKING:
    from collections.abc import Callable

SHARED = Path(os.environ.get("FLUXMARK_SHARED") or Path(__file__).resolve().parents[3] / "../shared")
COMMITS = SHARED / "corpus/bot_updates.jsonl"

IMAGES = {
    **LATEST,
    "flux-system:digest": LatestImage("reg.io/app", "main-abc-17", "sha256:" + "0a" * 32),
    "flux-system:number": LatestImage("reg.io/app", "10"),
}
DEPLOYMENT = f"""\
# the shop
apiVersion: apps/v1
kind: "Deployment"
metadata:
  name: shop # its name
  namespace: 'prod'
  annotations:
    note: >-
      text: with {{braces}}

      - and items
spec:
  selector: {{matchLabels: {{app: shop}}}}
  template:
    spec:
      containers:
        - name: shop
          args: ["--listen", ':80', --fast, sh -c]
          image: reg.io/app:1.1.0 {MARKER}
        - {{name: proxy}}
      hosts:
      - a.example.org
      - http://b.example.org:80/x#y
"""


def both(text: str) -> tuple[Updated | None, Updated | InputError]:
    """What reading by lines makes of a text, None if it declines; and what reading all YAML does."""
    try:
        by_lines = _by_lines(text, IMAGES, "a.yaml", AS_FLUX)
    except NotPlainError:
        by_lines = None
    try:
        return by_lines, _by_nodes(text, IMAGES, "a.yaml", AS_FLUX)
    except InputError as error:
        return by_lines, error


def assert_same(text: str) -> Updated | None:
    """Compare both; return what reading by lines made of it."""
    by_lines, by_nodes = both(text)
    assert by_lines is None or by_lines == by_nodes
    return by_lines


def test_a_deployment_is_read_by_lines() -> None:
    plain = read(DEPLOYMENT)

    ref = (plain.ref.api_version, plain.ref.kind, plain.ref.namespace, plain.ref.name)
    assert ref == ("apps/v1", "Deployment", "prod", "shop")
    assert [(one.node.value, str(one.setter)) for one in plain.marks] == [("reg.io/app:1.1.0", "flux-system:app")]
    done = assert_same(DEPLOYMENT)
    assert done is not None
    assert done.text == DEPLOYMENT.replace("app:1.1.0", "app:1.2.0")


@pytest.mark.parametrize(
    "text",
    [
        f"a: b\n  - c {MARKER}\n",  # one value in two lines
        f"a:\n- b\n - c {MARKER}\n",
        f"a:\n  - b\n    c {MARKER}\n",
        f'a: "b\nc: d {MARKER}\ne: f"\n',  # one line of a quoted value
        f"a: 'b\nc: d {MARKER}\ne: f'\n",
        f"a: [b,\nc: d {MARKER}\n]\n",
        f"a: [it's, 'b]\nc: d {MARKER}\ne: ']\n",  # what seems to end at a quote goes on
        f"a: |\n  b: c {MARKER}\n",  # text of a block scalar
        f"a:\n  - b: >-\n      c: d {MARKER}\n    e: f\n",
        f"a:\n  - |\n    b {MARKER}\n",
        f"a: b {MARKER}\na: c\n",  # of equal keys the first counts
        f"a: c\na: b {MARKER}\n",
        f"a:\n  b: c\nd: e\na:\n  b: c {MARKER}\n",
        f"- a: b {MARKER}\n",  # Flux skips lists at the top
        f"- - a: b {MARKER}\n",
        f"--- # {{}}\n- a: b {MARKER}\n",
        f"--- {MARKER}\na: b\n",
        f"a: b {MARKER}\nmetadata: c\n",  # and what has no mapping for metadata
        f'a: b {MARKER}\n"metadata": c\n',
        f"a: b {MARKER}\nmetadata:\n- c\n",
        f"a: b {MARKER}\nmetadata:\n  annotations: c\n",
        f"metadata:\n  a: b {MARKER}\n  annotations: c\n",
        f"  a: b {MARKER}\n  metadata: c\n",
        f"kind: List\nitems:\n- a: b {MARKER}\n",
        f"items:\n- a: b {MARKER}\nkind: List\n",
        f"a: b {MARKER}\nc: [\n",  # no YAML
        f"a: b {MARKER}\nc:\n  d: 1\n e: 2\n",
        f"a: b {MARKER}\n\tc: d\n",
        f'a: b {MARKER}\nc: "\\/"\n',
        f"a: &x b {MARKER}\nc: *x\n",
        f"a: !!str b {MARKER}\n",
        f"a: ~ {MARKER}\n",
        f"a: {{b: c}} {MARKER}\n",
        f"a: {MARKER}\n  b: c\n",
        f"a:\n  {MARKER}\n  - b\n",
        f"a: b # c {MARKER}\n",
        f"a: b{MARKER}\n",
        f"a: 'b'{' ' * 512}{MARKER}\n",  # go-yaml looks no further
        f"a: b {MARKER}\r\nc: d {MARKER}\n",
        f"a: b\x85c: d {MARKER}\n",
        f"\ufeffa: b {MARKER}\n",
        f"a: b {MARKER}\n...\nc: d {MARKER}\n",
        f"a: b {MARKER}\n--- c\n",
        f"a: b {MARKER}\n---\nc: [\n",
        f"a: b {MARKER}\n" + "- " * 40 + "c\n",
        f"a: b {MARKER}\nc: " + "[" * 300 + "]" * 300 + "\n",
        f"a: b {MARKER.replace(':app', ':number:tag')}\n",
        f"a: b {MARKER.replace(':app', ':digest')}\nc: d {MARKER.replace(':app', ':app:digest')}\n",
        f"a: '${{IMAGE}}' {MARKER}\n",
        f"a: b {MARKER}",
        f"é: ü {MARKER} \n",
        "",
    ],
)
def test_what_lines_do_not_tell_is_read_as_all_yaml_is(text: str) -> None:
    assert_same(text)


@pytest.mark.parametrize(
    "line",
    [
        '"' + "\\" * 99_999,
        "'" * 99_999,
        "[" * 99_999,
        "{a: [" + "b, " * 50_000,
        "[" + "a b , " * 50_000 + '"',
        "[" + "'a', " * 50_000 + "'",
        "{" + "{}" * 50_000,
        "{{{" + "a" * 99_999,
        "a " * 50_000 + ":",
        "a:" * 50_000,
        "a" + " " * 99_999 + ": b",
        "- " * 50_000,
        "#" * 99_999,
        "a: " + "b #" * 33_333,
    ],
)
def test_no_line_takes_long(line: str) -> None:
    """What could be matched in many ways would not be done before the sun goes out."""
    with contextlib.suppress(NotPlainError):
        read(f"a:\n  b: {line}\n  c: d {MARKER}\n")


_KEYS = ("a", "b", "image", "name", "metadata", "annotations", "kind", "namespace", "items", '"q"', "1", "x.y/z")
_VALUES = (
    *("reg.io/app:1.0", '"reg.io/app:1.0"', "'b'", "1.2", "b c", "b:c", "b#c", "-1", "${TAG}", "b , c"),
    *("{b: c}", "[b, 'c d']", "[]", '{b: "c"}', "[it's]", "{b: [c, {d: e}]}", "[b", '"b', "'it''s'", '"\\x41"'),
    *("&x b", "*x", "!!str b", "? b", "- b", "@b", "b: c", "List", "~", ""),
)
_COMMENTS = (
    *(f" {MARKER}", f"  {MARKER}", f" {MARKER.replace(':app', ':digest:tag')}", f" {MARKER[0]}{MARKER}"),
    *(f" {MARKER.replace(':app', ':number:tag')}", f" # x {MARKER}", " # x", " # {}", "\t# x", f" {MARKER} x"),
)


@st.composite
def documents(draw: st.DrawFn) -> str:
    """A document that is nearly always YAML, and plain most of the time.

    Drawn from one random number: hypothesis draws hundreds of choices slowly, and what fails is short anyway.
    """
    choose = random.Random(draw(st.integers(0, 2**64)))
    lines: list[str] = []

    def value() -> str:
        usual = choose.random() < 0.95
        return choose.choice(_VALUES[:9] if usual else _VALUES)

    def comment() -> str:
        return (
            choose.choice(_COMMENTS if choose.random() < 0.2 else _COMMENTS[:4]) if choose.random() < 0.4 else ""
        )

    def scalar(start: str, column: int) -> None:
        if choose.random() < 0.9:
            lines.append(f"{start}{value()}{comment()}")
            return
        lines.append(start + choose.choice(("|", ">-", "|2")) + (comment() if choose.random() < 0.05 else ""))
        for _ in range(choose.randrange(3)):
            text = choose.choice(("text", "a: b", f"a: b {MARKER}", "- x", '"', "", "# x"))
            lines.append(" " * (column + choose.choice((1, 2, 2, 4))) + text)

    def collection(column: int, depth: int, start: str = "", *, mapping: bool = True) -> None:
        keys = choose.sample(_KEYS[:9], 4) if choose.random() < 0.97 else choose.choices(_KEYS, k=4)
        for number in range(choose.randrange(1, 4)):
            begin = start if number == 0 else " " * column
            leaf = depth > 3 or choose.random() < 0.6
            if mapping:
                begin += f"{keys[number]}:"
                if leaf:
                    scalar(f"{begin} ", column)
                else:
                    lines.append(begin + (comment() if choose.random() < 0.05 else ""))
                    nested = choose.random() < 0.7
                    more = choose.choice((1, 2, 2, 2, 4) if nested else (0, 0, 1, 2, 2, 4))
                    collection(column + more, depth + 1, mapping=nested)
            else:
                begin += "-" + " " * choose.choice((1, 1, 1, 3))
                if leaf:
                    scalar(begin, column)
                else:
                    collection(len(begin), depth + 1, begin, mapping=choose.random() < 0.8)
            if choose.random() < 0.05:
                lines.append(choose.choice(("", "# x", " " * column + MARKER, "---", "...")))

    if choose.random() < 0.3:
        lines += ["apiVersion: v1", "kind: X", "metadata:", "  name: n"][: choose.randrange(5)]
    collection(0, 0, mapping=choose.random() < 0.97)
    lines.append(f"last: b {MARKER}" if choose.random() < 0.5 else "last: b")
    return "\n".join(lines) + choose.choice(("\n", "\n", "\n", ""))


@given(documents())
def test_whatever_the_document_both_ways_lead_to_the_same(text: str) -> None:
    event("declined" if assert_same(text) is None else "read by lines")


needs_corpus = pytest.mark.skipif(not COMMITS.is_file(), reason="needs the corpus of real repositories")


def real_texts() -> list[str]:
    """Files that Flux updated, with a marker each that IMAGES has an image for."""
    texts = [json.loads(line)["before"] for line in COMMITS.read_text(encoding="utf-8").splitlines()]
    return [re.sub(r'(?<=imagepolicy": ")[^":]+:[^":]+', "flux-system:app", text) for text in texts]


@needs_corpus
def test_most_real_files_are_read_by_lines() -> None:
    texts = real_texts()
    done = [assert_same(text) for text in texts]
    assert sum(one is not None and one.changes != () for one in done) > 0.85 * len(texts)


def indented(line: str, choose: random.Random) -> str:
    return " " * choose.randrange(1, 3) + line


def dedented(line: str, _: random.Random) -> str:
    return line.lstrip()


def with_value(line: str, choose: random.Random) -> str:
    return f"{line.partition(': ')[0]}: {choose.choice(_VALUES)}"


def with_comment(line: str, choose: random.Random) -> str:
    return line + choose.choice(_COMMENTS)


def doubled(line: str, _: random.Random) -> str:
    return f"{line}\n{line}"


def without(_line: str, _: random.Random) -> str:
    return ""


@needs_corpus
@pytest.mark.parametrize("change", [indented, dedented, with_value, with_comment, doubled, without])
def test_real_files_with_a_line_changed_are_read_the_same(change: Callable[[str, random.Random], str]) -> None:
    choose = random.Random(change.__name__)
    for text in real_texts():
        lines = text.split("\n")
        number = choose.randrange(len(lines))
        lines[number] = change(lines[number], choose)
        assert_same("\n".join(lines))

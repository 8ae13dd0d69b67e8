"""One text: what is written at a marker, what is left, and that nothing else changes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings, strategies as st

from fluxmark.flux.latest_image import LatestImage
from fluxmark.flux.setters.marked_fields import marked
from fluxmark.update import Options, update, update_text
from krmfn.errors import InputError
from krmfn.yaml.parser import parse
from krmfn.yaml.text import Lines
from update_helpers import LATEST, MARKER

DIGEST = "sha256:" + "0a" * 32
TAG = '# {"$imagepolicy": "flux-system:app:tag"}'


def one(value: str, marker: str = TAG, tag: str = "1.2.0", digest: str = "") -> str:
    """Update one value and return what is in its place."""
    latest = {"flux-system:app": LatestImage("reg.io/app", tag, digest)}
    return update_text(f"a: {value} {marker}\n", latest)[0].removeprefix("a: ").removesuffix(f" {marker}\n")


@pytest.mark.parametrize(
    ("suffix", "value"),
    [
        ("", f"reg.io/app:1.2.0@{DIGEST}"),
        (":name", "reg.io/app"),
        (":tag", "1.2.0"),
        (":digest", DIGEST),
    ],
)
def test_a_suffix_chooses_the_part(suffix: str, value: str) -> None:
    assert one("x", f'# {{"$imagepolicy": "flux-system:app{suffix}"}}', digest=DIGEST) == value


@pytest.mark.parametrize(
    ("old", "tag", "new"),
    [
        ("x", "1.2.0", "1.2.0"),
        ("x", "1.20", '"1.20"'),
        ("1.2", "1.2.0", "1.2.0"),
        ("1.2", "1.3", '"1.3"'),
        ("~", "v1", "v1"),
        ("'x'", "1.20", "'1.20'"),
        ('"x"', "v1", '"v1"'),
        ("!!str x", "10", '!!str "10"'),
        ("&b x", "v1", "&b v1"),
        ("x", "12e4567", '"12e4567"'),
        ("x", "2024-01-02", '"2024-01-02"'),
        ("x", "true", '"true"'),
        ("x", "0777", '"0777"'),
    ],
)
def test_a_tag_is_written_so_that_every_reader_takes_it_for_text(old: str, tag: str, new: str) -> None:
    assert one(old, tag=tag) == new


@pytest.mark.parametrize(
    ("value", "marker", "rule"),
    [
        ("x", '# {"$imagepolicy": "flux-system:app:digest"}', "no-digest"),
        ("!!float 1.2", TAG, "tagged"),
    ],
)
def test_what_would_be_broken_is_left_and_said(value: str, marker: str, rule: str) -> None:
    text = f"b: c\na: {value} {marker}\n"

    done = update(text, LATEST, file="a.yaml")

    assert (done.text, done.changes) == (text, ())
    assert [(finding.rule, finding.where) for finding in done.findings] == [(rule, "a.yaml:2:4")]


def test_a_template_in_a_value_is_written_over_as_flux_does_and_said() -> None:
    done = update(f"image: ${{REG}}/app:${{TAG:-1}} {MARKER}\n", LATEST)

    assert done.text == f"image: reg.io/app:1.2.0 {MARKER}\n"
    assert [finding.rule for finding in done.findings] == ["templating-lost"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f"- a: x {MARKER}\n", "a list"),
        (f"a: x {MARKER}\n--- b\nc: d\n", "'--- b'"),
        (f"a: x {MARKER}\nmetadata: b\n", "'metadata' is not a mapping"),
        (f"a: x {MARKER}\nmetadata: []\n", "'metadata' is not a mapping"),
        (f"a: x {MARKER}\nb: &b {{}}\nmetadata: *b\n", "'metadata' is not a mapping"),
        (f"a: x {MARKER}\nmetadata: {{annotations: [b]}}\n", "'metadata.annotations' is a list"),
        (f'a: x {MARKER}\nb: "c\\/d"\n', "escape"),
        (f"a: x {MARKER}\n---\nb\n", "not a mapping"),
    ],
)
def test_a_file_that_flux_skips_is_left_and_said(text: str, says: str) -> None:
    done = update(text, LATEST)

    assert done.text == text
    assert [says in finding.message for finding in done.findings] == [True]


@pytest.mark.parametrize("annotations", ["x", "[]", "1", "~", "|\n   x", "!!map x", "*l"])
def test_annotations_that_are_none_keep_flux_from_nothing(annotations: str) -> None:
    text = f"l: &l [x]\nmetadata:\n  annotations: {annotations}\na: x {MARKER}\n"

    assert update_text(text, LATEST)[0] == text.replace("a: x", "a: reg.io/app:1.2.0")


@pytest.mark.parametrize("field", ["metadata: ~", "metadata:\n  annotations: x"])
def test_a_marker_on_what_flux_replaces_counts_for_nothing(field: str) -> None:
    text = f"{field} {MARKER}\na: x {MARKER}\n"

    assert update_text(text, LATEST)[0] == text.replace("a: x", "a: reg.io/app:1.2.0")


@pytest.mark.parametrize(
    "rest", ["b: *x", "b: *x\nc: &x d", "*x : b", "? *x\n: b", "b: &x\n  c: d\n---\ne: *x", "b: &x c\nd: *y"]
)
def test_an_alias_without_its_anchor_is_not_yaml(rest: str) -> None:
    with pytest.raises(InputError, match=r"has no anchor"):
        update_text(f"a: x {MARKER}\n{rest}\n", LATEST)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"a: x {MARKER}\n...\nb: [\n", 3),
        (f"a: x {MARKER}\n...\n\n# c\nb: c\n", 5),
        (f"a: x {MARKER}\n%YAML 1.1\n", 2),
        (f"  a: x {MARKER}\nb: c\n", 2),
        (f"\ufeff  a: x {MARKER}\nb: c\n", 2),
        (f"b: c\n---\n  a: x {MARKER}\nb: c\n", 4),
    ],
)
def test_what_flux_would_delete_after_a_document_is_said(text: str, line: int) -> None:
    done = update(text, LATEST)

    assert (done.text, done.changes) == (text, ())
    assert [(finding.rule, finding.line) for finding in done.findings] == [("cut-off", line)]


@pytest.mark.parametrize("rest", ["b: [", "b: c: d", "b: *x\n...\nc: ]", "- b"])
def test_a_first_document_that_is_not_yaml_is_not_yaml(rest: str) -> None:
    with pytest.raises(InputError):
        update_text(f"a: x {MARKER}\n{rest}\n", LATEST)


def test_a_list_at_the_top_is_updated_where_that_is_wished() -> None:
    done = update(f"- a: x {MARKER}\n", LATEST, options=Options(lists=True))

    assert done.text == f"- a: reg.io/app:1.2.0 {MARKER}\n"


def test_what_is_not_yaml_is_an_error_with_the_line_in_the_file() -> None:
    with pytest.raises(InputError, match=r"^f\.yaml:4:1: "):
        update(f"a: x {MARKER}\n---\nb: [\n}}\n", LATEST, file="f.yaml")


def test_an_escaped_slash_is_not_a_slash_after_an_escaped_backslash() -> None:
    assert update_text(f'a: x {MARKER}\nb: "c\\\\/d"\n', LATEST)[1]


def test_a_resource_is_held_back_whole() -> None:
    text = f'name: reg.io/old # {{"$imagepolicy": "flux-system:app:name"}}\ntag: "2" {TAG}\n---\ntag: "1" {TAG}\n'

    done = update(
        text, LATEST, options=Options(older=lambda _, present, selected: (present, selected) == ("2", "1.2.0"))
    )

    assert done.text == text.replace('tag: "1"', 'tag: "1.2.0"')
    assert [finding.rule for finding in done.findings] == ["downgrade", "downgrade"]


def test_changes_say_where_and_of_what() -> None:
    text = f"apiVersion: v1\nkind: Pod\nmetadata: {{name: web, namespace: prod}}\nimage: x {MARKER}\n"

    (change,) = update_text(f"---\n---\n{text}", LATEST)[1]

    assert (change.line, change.old, change.new, change.setter) == (6, "x", "reg.io/app:1.2.0", "flux-system:app")
    assert change.resource.to_dict() == {"apiVersion": "v1", "kind": "Pod", "namespace": "prod", "name": "web"}


@pytest.mark.parametrize(
    ("fields", "kind", "name"),
    [
        ("kind: ~\nmetadata: {name: null}", "", ""),
        ("kind: Null\nmetadata: {name: !!null n}", "", ""),
        ("kind: nUll\nmetadata: {name: 'null'}", "nUll", "null"),
        ("b: &b c\nkind: *b\nmetadata: {name: *b}", "b", "b"),  # kyaml does not follow it
        ("kind: [k]\nmetadata: {name: {n: m}}", "", ""),
        ("kind: k\nkind: l\nmetadata: {name: 1, name: n}", "k", "1"),
        ("b: &b {name: n}\nmetadata: {<<: *b}", "", ""),
    ],
)
def test_an_identity_is_what_kyaml_reads(fields: str, kind: str, name: str) -> None:
    (change,) = update_text(f"{fields}\na: x {MARKER}\n", LATEST)[1]

    assert (change.resource.kind, change.resource.name) == (kind, name)


def test_an_identity_that_is_marked_is_what_it_becomes() -> None:
    text = f"a: x {MARKER}\nkind: y {MARKER}\nmetadata:\n  name: z {TAG}\n  b: x {MARKER}\n"

    changes = update_text(text, LATEST)[1]

    image = "reg.io/app:1.2.0"
    kinds_and_names = [("y", "z"), (image, "z"), (image, "1.2.0"), (image, "1.2.0")]
    assert [(change.resource.kind, change.resource.name) for change in changes] == kinds_and_names


def test_the_items_of_a_list_have_their_own_identity() -> None:
    text = f"kind: List\nitems:\n- {{kind: Pod, metadata: {{name: web}}}}\n- kind: Job\n  image: x {MARKER}\n"

    done = update(text, LATEST)

    assert [change.resource.kind for change in done.changes] == ["Job"]
    assert [finding.rule for finding in done.findings] == ["unwrapped-list"]


# Texts with markers in all kinds of places. What they hold is judged by the tests that compare with upstream's
# outputs; here it is about what must never happen, wherever a marker is.

_VALUES = st.sampled_from(
    ["x", '"x"', "'x'", "1.2", "~", "", "!!str x", "&n x", "a b", "reg.io/app:1", "x: y", "[x]"]
)
_COMMENTS = st.sampled_from(
    ["", "", f" {MARKER}", f" {TAG}", " # else", f" {MARKER} x", f"  {MARKER}", f"\t{TAG}", MARKER]
)
_INDENTS = st.sampled_from(["", "", "  ", "    "])
_BREAKS = st.sampled_from(["\n", "\n", "\n", "\r\n", "\r", "\u2028"])


@st.composite
def lines(draw: st.DrawFn) -> str:
    """A line of YAML, or of what looks like it."""
    key = draw(
        st.sampled_from(
            ["a", "b", "image", '"c"', "? d", "-", "- e", "---", "...", "f: |", "g: >-", "h: [", "]", "#"]
        )
    )
    indent, value, comment = draw(_INDENTS), draw(_VALUES), draw(_COMMENTS)
    if key in ("---", "...", "]", "#"):
        return indent + key + comment
    colon = "" if key == "-" or key.endswith(("|", "-", "[")) else ":"
    if key.endswith(("|", ">-", "[")):
        value = ""
    return f"{indent}{key}{colon}{' ' if value else ''}{value}{comment}"


@st.composite
def texts(draw: st.DrawFn) -> str:
    """A text of a few such lines, with a marker in it."""
    end = draw(_BREAKS)
    body = draw(st.lists(lines(), min_size=1, max_size=12))
    return f"z: x {MARKER}{end}{end.join(body)}{draw(st.sampled_from(['', end]))}"


@given(texts())
@settings(max_examples=200, deadline=None)
def test_whatever_the_text_only_marked_values_change_and_a_second_run_changes_nothing(text: str) -> None:
    try:
        done = update(text, LATEST)
    except InputError:
        return
    again = update(done.text, LATEST)
    assert (again.text, again.changes) == (done.text, ())
    before, after = Lines(text), Lines(done.text)
    if len(before.starts) == len(after.starts):  # else a value of several lines has become one of one line
        numbers = range(1, len(before.starts) + 1)
        different = {number for number in numbers if before.line(number) != after.line(number)}
        assert different == {change.line for change in done.changes}
    if not done.changes:
        assert done.text == text


@given(texts())
@settings(max_examples=200, deadline=None)
def test_the_short_way_to_the_markers_leads_where_the_long_one_does(text: str) -> None:
    try:
        documents = parse(text, "")
    except InputError:
        return
    if len(documents) != 1 or documents[0].root is None:
        return
    short = [(one.node.start, one.setter) for one in marked(text, [documents[0].root])[0]]
    # a tag with a comment after it makes the text one that needs the long way
    longer = f"{text}{'' if text.endswith(chr(10)) else chr(10)}# &odd #\n"
    if len(parse(longer, "")) == 1:
        assert short == [
            (one.node.start, one.setter)
            for one in marked(longer, [parse(longer, "")[0].root or documents[0].root])[0]
        ]

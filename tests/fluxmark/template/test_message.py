"""What `render` adds to the template language: removed fields, random order, limits, a cheap start."""

from __future__ import annotations

import subprocess
import sys

import pytest

from fluxmark.flux.template import (
    DEFAULT_TEMPLATE,
    LimitExceeded,
    TemplateError,
    UnsupportedFunction,
    limits,
    render,
    render_with_notes,
)
from fluxmark.flux.value_change import Change
from krmfn.resources.result import ResourceRef

WEB = ResourceRef("apps/v1", "Deployment", "web", "prod")
JOB = ResourceRef("batch/v1", "Job", "seed", "prod")
ONE = (Change("web.yaml", 1, "ns:web", "web:1", "web:2", WEB),)
TWO = (*ONE, Change("job.yaml", 1, "ns:job", "job:1", "job:2", JOB))
LIST = "{{range .Changed.Changes}}{{.NewValue}} {{end}}"


def message(template: str, changes: tuple[Change, ...] = ONE) -> str:
    return render(template, changes, automation=("flux-system", "main"), values={"cluster": "prod"})


def depends_on_order(template: str, changes: tuple[Change, ...] = TWO) -> bool:
    return render_with_notes(template, changes, automation=("flux-system", "main"), values={}).random_order


def test_an_empty_template_is_the_controllers_default() -> None:
    assert message("") == DEFAULT_TEMPLATE == "Update from image update automation"


def test_without_values_the_map_is_nil_as_in_the_controller() -> None:
    template = "{{.Values}} {{.Values.cluster}} {{toJson .Values}}{{range .Values}}{{end}}"
    assert render(template, ONE, automation=("a", "b"), values={}) == "map[] <no value> null"


def test_changes_come_in_the_order_in_which_they_are_given() -> None:
    assert message(LIST, TWO) == "web:2 job:2 "
    assert message(LIST, TWO[::-1]) == "job:2 web:2 "


def test_the_same_change_in_two_places_is_listed_once() -> None:
    again = Change("other.yaml", 9, "ns:web", "web:1", "web:2", JOB)
    assert message(LIST, (*ONE, again)) == "web:2 "


def test_an_object_has_its_changes_from_all_files() -> None:
    overlay = Change("overlay.yaml", 1, "ns:web:tag", "1", "2", WEB)
    assert message("{{range .Changed.Objects}}{{len .}}{{end}}", (*ONE, overlay)) == "2"


@pytest.mark.parametrize(
    ("template", "field", "instead"),
    [
        ("{{range .Updated.Images}}{{.}}{{end}}", ".Updated", "'.Changed'"),
        (
            "{{.Changed.ImageResult.Images}}",
            ".Changed.ImageResult",
            "'.Changed.FileChanges' or '.Changed.Objects'",
        ),
    ],
)
def test_a_removed_field_has_the_advice_of_the_controllers_condition(
    template: str, field: str, instead: str
) -> None:
    with pytest.raises(TemplateError) as caught:
        message(template)
    assert caught.value.removed_field == field
    assert "can't evaluate field" in caught.value.cause
    assert str(caught.value) == (
        f"template uses removed '{field}' field. Please use {instead} instead. "
        "See: https://fluxcd.io/flux/components/image/imageupdateautomations/#message-template"
    )


def test_another_error_is_that_of_the_template() -> None:
    with pytest.raises(TemplateError, match=r"^failed to run template from spec: .*can't evaluate") as caught:
        message("{{.Foo}}")
    assert not caught.value.removed_field


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        (LIST, True),
        ("{{(first .Changed.Changes).Setter}}", True),
        ("{{len .Changed.Changes}}", False),
        ("{{range .Changed.Objects}}{{len .}}{{end}}", False),  # range sorts the keys of a map
        ("{{range $file, $_ := .Changed.FileChanges}}{{$file}}{{end}}", False),
        ('{{keys (dict "a" 1 "b" 2) | join ","}}', True),
        ('{{keys (dict "a" 1 "b" 2) | sortAlpha | join ","}}', False),
        ("no action", False),
    ],
)
def test_a_message_that_depends_on_gos_map_order_is_noted(template: str, expected: bool) -> None:
    assert depends_on_order(template) is expected


def test_the_order_within_one_object_is_the_documents_and_not_random() -> None:
    assert not depends_on_order(LIST, (*ONE, Change("web.yaml", 2, "ns:web:tag", "1", "2", WEB)))


@pytest.mark.parametrize(
    "template",
    [
        "{{if 1}}" * 101 + "{{end}}" * 101,
        "{{" + "(" * 41 + "1" + ")" * 41 + "}}",
        '{{define "t"}}{{template "t"}}{{end}}{{template "t"}}',
        "{{range 100000000}}{{end}}",
        '{{repeat 100000000 "x"}}',
        "{{until 100000000}}",
        '{{$x := "ab"}}{{range 60}}{{$x = print $x $x}}{{end}}',
        "{{$x := list 1}}{{range 60}}{{$x = list $x $x}}{{end}}{{deepCopy $x | len}}",
        "{{$x := list 1}}{{range 2000}}{{$x = list $x}}{{end}}{{$x}}",
        '{{$x := dict}}{{$_ := set $x "self" $x}}{{toJson $x}}',
        "{{$x := list}}{{range 100000}}{{$x = append $x .}}{{end}}",
        '{{fromJson (repeat 100000 "[")}}',
        '{{$b := repeat 1000000 "a "}}{{range until 200000}}{{$x := snakecase $b}}{{end}}',
        '{{$b := repeat 500000 "a"}}{{range until 100}}{{$x := upper $b}}{{end}}',
        '{{$b := repeat 500000 "a"}}{{range until 100}}{{$x := contains "ab" $b}}{{end}}',
        '{{$b := repeat 500000 "a"}}{{range until 100}}{{$x := printf "%.1s" $b}}{{end}}',
        '{{$b := repeat 500000 "a"}}{{range until 100}}{{$x := regexMatch "(a|b)*c" $b}}{{end}}',
        '{{$b := repeat 9000 "x"}}{{$x := regexReplaceAll "x.*y|x" $b "z"}}',
        '{{$b := repeat 500000 "a"}}{{$l := list $b $b $b $b}}{{range 100}}{{$x := toStrings $l}}{{end}}',
        '{{$b := repeat 500000 "a"}}{{$l := list}}{{range 100}}{{$l = append $l $b}}{{end}}{{$x := sortAlpha $l}}',
        "{{$l := until 5000}}{{range 1000}}{{$x := toString $l}}{{end}}",
        "{{$l := list (until 5000)}}{{range 1000}}{{$x := has 1 $l}}{{$x = deepCopy $l | len}}{{end}}",
        "{{$x := list 1}}{{range 40}}{{$x = list $x $x}}{{end}}{{range 100}}{{deepCopy $x}}{{end}}",
        "{{$d := dict}}{{range 500}}{{$_ := set $d (quote .) 1}}{{end}}{{range 999}}{{range $d}}{{end}}{{end}}",
        "{{" + "(printf 1)" * 30000 + "}}",
    ],
)
def test_a_template_that_asks_for_too_much_is_refused(template: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_ITEMS", limits.MAX_ITEMS >> 6)  # sooner: the machine has other work
    monkeypatch.setattr(limits, "MAX_STEPS", limits.MAX_STEPS >> 6)
    with pytest.raises(LimitExceeded):
        message(template)


def test_a_hundred_blocks_run_within_a_deep_call_stack() -> None:
    def deep(frames: int) -> str:
        return deep(frames - 1) if frames else message("{{if 1}}" * 100 + "x" + "{{end}}" * 100)

    assert deep(200) == "x"


def test_bytes_that_are_not_utf8_are_replaced() -> None:
    assert message('{{trunc 1 "é"}}|') == "\ufffd|"


def test_an_unsupported_function_says_where_and_why() -> None:
    with pytest.raises(UnsupportedFunction) as caught:
        message('x\n{{genPrivateKey "rsa"}}')
    assert str(caught.value) == (
        'template: commit message:2:2: executing "commit message" at <genPrivateKey "rsa">: '
        "fluxmark does not support genPrivateKey here: its result is random"
    )


def test_an_unsupported_function_that_is_not_reached_does_no_harm() -> None:
    assert message('{{if false}}{{genPrivateKey "rsa"}}{{end}}ok') == "ok"


def test_importing_the_package_loads_none_of_the_interpreter() -> None:
    program = """
import sys
import fluxmark.flux.template
own = {"fluxmark.flux.template.parse", "fluxmark.flux.template.types"}
heavy = {"re2", "json", "urllib", "hashlib", "fractions"} | own
print(sorted(heavy & set(sys.modules)))
"""
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout == b"[]\n"

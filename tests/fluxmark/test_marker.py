"""Markers are read as Flux reads them; those that it ignores are explained, and fixed where that is possible.

What Flux reads was observed with kyaml 0.21.1, whose `fieldmeta` image-automation-controller 1.2 uses.
"""

from __future__ import annotations

import pytest
from hypothesis import example, given, strategies as st

from fluxmark.flux.marker import SUFFIXES, MarkerError, Setter, diagnose, read, render
from fluxmark.flux.marker.problem import CODES

APP = Setter("ns", "app")
DEFINITION = "#/definitions/io.k8s.cli.setters."

HONOURED = (
    ('# {"$imagepolicy": "ns:app"}', APP),
    ('#{"$imagepolicy": "ns:app"}', APP),
    ('## {"$imagepolicy": "ns:app"}', APP),
    ('{"$imagepolicy": "ns:app"}', APP),
    ('# {"$imagepolicy":"ns:app:tag"}', Setter("ns", "app", "tag")),
    ('# {"$imagepolicy": "ns:app:name"}', Setter("ns", "app", "name")),
    ('# {"$imagepolicy": "ns:app:digest"}', Setter("ns", "app", "digest")),
    ('# {"$imagepolicy": "ns:my.app-1"}', Setter("ns", "my.app-1")),
    ('# {"$imagepolicy": "ns:tag"}', Setter("ns", "tag")),
    ('#\t{\t"$imagepolicy"\t:\t"ns:app"\t}  \r', APP),
    ('# {"$imagepolicy":\n"ns:app"}', APP),
    ('# {"$imagepolicy": "ns:app", "x": "y"}', APP),
    ('# {"x": null, "$imagepolicy": "ns:app"}', APP),
    ('# {"$imagepolicy": "x:y", "$imagepolicy": "ns:app"}', APP),
    ('# {"$Imagepolicy": "ns:a", "$imagepolicy": "ns:app"}', APP),
    (r'# {"\u0024imagepolicy": "ns:app"}', APP),
    (r'# {"$imagepolicy": "ns\u003aapp"}', APP),
    ('# {"$imagepolicy": "ns%3aapp%3Atag"}', Setter("ns", "app", "tag")),
    (f'# {{"$ref": "{DEFINITION}ns:app"}}', APP),
    (f'# {{"$ref":"{DEFINITION}ns:app:tag"}}', Setter("ns", "app", "tag")),
    (f'# {{"$ref":"{DEFINITION}ns%3Aapp"}}', APP),
    (f'# {{"$ref":"elsewhere{DEFINITION}ns:app"}}', APP),
    (f'# {{"$imagepolicy": "nope", "$ref":"{DEFINITION}ns:app"}}', APP),
    (f'# {{"$ref":"{DEFINITION}ns:app", "x": 1}}', APP),
    (f'# {{"$ref":"{DEFINITION}ns:app"}} # and more', APP),
)

IGNORED = (
    # comment, what diagnose calls it (None: it is not a marker at all)
    ("", None),
    ("# a comment", None),
    ("# null", None),
    ('# ["$imagepolicy"]', None),
    ('# "$imagepolicy"', None),
    ("# the $imagepolicy marker is set by hand", None),
    ("# ImagePolicy: see the handbook", None),
    ('# {"$openapi": "ns:app"}', None),
    ('# {"note": "$imagepolicy: ns:app"}', None),
    ('# image: app:1 # {"$imagepolicy": "ns:app"}', None),
    ('# - name: app # {"$imagepolicy": "ns:app:name"}', None),
    ('# - app:1 #{"$imagepolicy": "ns:app"}', None),
    (f'# {{"$REF":"{DEFINITION}ns:app"}}', None),
    (f'# {{"$ref":"{DEFINITION}ns:app/"}}', None),
    (f'# {{"$ref":"{DEFINITION}ns:app:foo"}}', None),
    (f'# {{"$ref":"{DEFINITION}ns:app","$ref":"{DEFINITION}ns:a"}}', None),
    ('# {"$ref": 5}', None),
    ('# {"x-k8s-cli": 5}', None),
    ('# # {"$imagepolicy": "ns:app"}', "text-before"),
    ('# foo {"$imagepolicy": "ns:app"}', "text-before"),
    ('# {"$imagepolicy": "ns:app"} foo', "text-after"),
    ('# {"$imagepolicy": "ns:app"} # renovate: x', "text-after"),
    ('# {"$imagepolicy": "ns:app"}}', "text-after"),
    ('# {"$imagepolicy": "ns:app"} {"$imagepolicy": "ns:num"}', "two-markers"),
    ('#\u00a0{"$imagepolicy": "ns:app"}', "text-before"),
    ('# {"$imagepolicy": "ns:app"', "missing-brace"),
    ('# "$imagepolicy": "ns:app"}', "missing-brace"),
    ("# $imagepolicy: ns:app", "missing-brace"),
    ("# {'$imagepolicy': 'ns:app'}", "single-quotes"),
    ("# {\u201c$imagepolicy\u201d: \u201cns:app\u201d}", "typographic-quotes"),
    ("# {$imagepolicy: ns:app}", "unquoted"),
    ('# {"$imagepolicy": ns:app:tag}', "unquoted"),
    ('# {"$imagepolicy": "ns:app",}', "not-json"),
    ('# {"$imagepolicy" = "ns:app"}', "not-json"),
    ('# {"$imagepolicy" "ns:app"}', "not-json"),
    ('# {"$imagepolicy": "ns:app", "n": NaN}', "not-json"),
    ('# {"$ImagePolicy": "ns:app"}', "wrong-key"),
    ('# {"$imagePolicy": "ns:app"}', "wrong-key"),
    ('# {"$image-policy": "ns:app"}', "wrong-key"),
    ('# {"imagepolicy": "ns:app"}', "wrong-key"),
    ('# {"$imagepolicy": ["ns:app"]}', "not-a-string"),
    ('# {"$imagepolicy": "ns:app", "$imagepolicy": null}', "not-a-string"),
    ('# {"$imagepolicy": "ns:app", "x": 1}', "other-member"),
    ('# {"$imagepolicy": "ns:app", "x": true}', "other-member"),
    ('# {"$imagepolicy": "ns:app", "x": 1, "x": "y"}', "other-member"),
    ('# {"$imagepolicy": "ns:${app}"}', "templating"),
    ("# {$imagepolicy: ns:{{ .Values.x }}}", "templating"),
    ('# {"$imagepolicy": " ns:app"}', "spaces"),
    ('# {"$imagepolicy": "ns: app"}', "spaces"),
    ('# {"$imagepolicy": "ns/app"}', "slash"),
    ('# {"$imagepolicy": "ns::app"}', "empty-part"),
    ('# {"$imagepolicy": "ns:app:"}', "empty-part"),
    ('# {"$imagepolicy": ""}', "empty-part"),
    ('# {"$imagepolicy": "app"}', "missing-namespace"),
    ('# {"$imagepolicy": "ns:app:foo"}', "unknown-suffix"),
    ('# {"$imagepolicy": "ns:app:Tag"}', "unknown-suffix"),
    ('# {"$imagepolicy": "NS:app"}', "bad-name"),
    ('# {"$imagepolicy": "ns:app%"}', "bad-name"),
    ('# {"$imagepolicy": "ns:my_app"}', "bad-name"),
    ('# {"x-k8s-cli":{"setter":{"name":"N","value":"V"}}}', "inline-setter"),
    ('# {"$imagepolicy":"ns:app","x-k8s-cli":{"setter":{"name":"N","value":"V"}}}', "inline-setter"),
)

MENDED = (
    # comment, the piece at fault, proposed, lost
    ('# {"$imagepolicy": "a:b"} #NS+info', "#NS+info", '# {"$imagepolicy": "a:b"}', "NS+info"),
    ('# see x {"$imagepolicy": "a/b"} # y', "see x", '# {"$imagepolicy": "a:b"}', "see x y"),
    ('# {"$imagepolicy": "flux-system::mi"}', "flux-system::mi", '# {"$imagepolicy": "flux-system:mi"}', ""),
    ('#{"$imagepolicy": "a:b:tag"', '{"$imagepolicy": "a:b:tag"', '# {"$imagepolicy": "a:b:tag"}', ""),
    ("# {'$imagePolicy': 'a/b:tags'}", "'$imagePolicy': 'a/b:tags'", '# {"$imagepolicy": "a:b:tag"}', ""),
    ('# {"$imagepolicy": "a/b", "x": "é"}', "a/b", '# {"$imagepolicy": "a:b", "x": "é"}', ""),
    ('# {"$imagepolicy": "A:b"}', "A:b", '# {"$imagepolicy": "a:b"}', ""),
    ('# {"$imagepolicy": "livefpl"}', "livefpl", None, ""),
    ('# {"$imagepolicy": "a:b:version"}', "a:b:version", None, ""),
    ('# {"$imagepolicy": "a:b"} {"$imagepolicy": "a:c"}', '{"$imagepolicy": "a:c"}', None, ""),
    ('# {"$imagepolicy": "a:b", "x": 1}', '"x"', None, ""),
    ('# {"$imagepolicy": "a:b", x: \'y\'}', '{"$imagepolicy": "a:b", x: \'y\'}', None, ""),
    ('# {"$imagepolicy": "ghcr.io/a/b:1"}', "ghcr.io/a/b:1", None, ""),
    ('# {"x-k8s-cli":{"setter":{"name":"a:b","value":"V"}}}', '"x-k8s-cli"', '# {"$imagepolicy": "a:b"}', ""),
)


@pytest.mark.parametrize(("comment", "setter"), HONOURED)
def test_what_flux_honours_is_read(comment: str, setter: Setter) -> None:
    assert read(comment) == setter
    assert diagnose(comment) is None


@pytest.mark.parametrize(("comment", "code"), IGNORED)
def test_what_flux_ignores_is_not_read_but_explained(comment: str, code: str | None) -> None:
    assert read(comment) is None
    problem = diagnose(comment)
    assert (problem.code if problem else None) == code


def test_every_code_has_an_example() -> None:
    assert {code for _, code in IGNORED if code} == set(CODES)


@pytest.mark.parametrize(("comment", "piece", "proposed", "lost"), MENDED)
def test_a_problem_points_at_its_place_and_proposes(
    comment: str, piece: str, proposed: str | None, lost: str
) -> None:
    problem = diagnose(comment)
    assert problem is not None
    assert comment[problem.offset :][: problem.length] == piece
    assert (problem.proposed, problem.lost) == (proposed, lost)


def test_a_missing_namespace_is_filled_in_where_it_is_known() -> None:
    problem = diagnose('# {"$imagepolicy": "app"}', namespace="flux-system")
    assert problem is not None
    assert problem.proposed == '# {"$imagepolicy": "flux-system:app"}'
    assert "write '<namespace>:app'" in problem.message


@pytest.mark.parametrize(
    "text", ["", "app", "ns/app", "ns:app:foo", "ns::app", "ns:app:", "Ns:app", " ns:app", "ns:app\n"]
)
def test_what_is_not_a_setter_is_an_error(text: str) -> None:
    with pytest.raises(MarkerError, match="is not 'namespace:policy'"):
        Setter.parse(text)


_LABEL = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)
_NAME = st.lists(_LABEL, min_size=1, max_size=3).map(".".join)
SETTERS = st.builds(Setter, _LABEL, _NAME, st.sampled_from(SUFFIXES))


@given(SETTERS)
def test_rendering_and_reading_are_inverse(setter: Setter) -> None:
    assert read(render(setter)) == setter
    assert Setter.parse(str(setter)) == setter


_PIECES = st.sampled_from(
    [
        *(
            '{"$imagepolicy": "ns:app"}',
            "{",
            "}",
            '"',
            "'",
            "\u201c",
            "`",
            "#",
            " ",
            ":",
            "::",
            "/",
            ",",
            "=",
            "\n",
            "\t",
        ),
        *(
            '"$imagepolicy"',
            "$imagePolicy",
            "imagepolicy",
            "ns",
            "app",
            "ns:app",
            "tag",
            "foo",
            "${x}",
            "{{ .x }}",
        ),
        *(
            '"x"',
            "1",
            "null",
            "[",
            "]",
            "-",
            "image:",
            '{"x-k8s-cli":{"setter":{"name":"ns:a","value":"V"}}}',
            "$ref",
        ),
    ]
)


@given(st.lists(_PIECES, max_size=9).map(lambda pieces: "# " + "".join(pieces)))
@example("# {'$imagepolicy':' : '}")
@example('# {"$imagepolicy":"$imagepolicy"')
def test_a_comment_is_honoured_or_explained_and_what_is_proposed_works(comment: str) -> None:
    problem = diagnose(comment)
    if read(comment) is not None:
        assert problem is None
    if problem is None:
        return
    assert problem.code in CODES
    assert 0 <= problem.offset <= problem.offset + problem.length <= len(comment)
    if problem.proposed is not None:
        assert read(problem.proposed) is not None
        assert diagnose(problem.proposed) is None


def test_json_is_not_imported_for_usual_markers() -> None:
    """Start-up is what users of a function wait for."""
    import subprocess
    import sys

    code = (
        "import sys; from fluxmark.flux.marker import read, diagnose\n"
        'assert read(\'# {"$imagepolicy": "a:b"}\') and diagnose("# x") is None\n'
        'assert "json" not in sys.modules and "urllib" not in sys.modules'
    )
    subprocess.run([sys.executable, "-c", code], check=True)

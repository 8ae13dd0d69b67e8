"""Image references are read as container runtimes read them; docker-image-py is the oracle."""

from __future__ import annotations

import pytest
from docker_image import digest, reference
from hypothesis import assume, example, given, strategies as st

from fluxmark.image import ImageError, ImageRef, parse, same_repository, templating

SHA256 = "sha256:" + "0123456789abcdef" * 4

READ = (
    # written, name, tag, digest, canonical
    ("nginx", "nginx", "", "", "docker.io/library/nginx"),
    ("nginx:1.27-alpine", "nginx", "1.27-alpine", "", "docker.io/library/nginx"),
    ("fluxcd/flux:v2", "fluxcd/flux", "v2", "", "docker.io/fluxcd/flux"),
    ("docker.io/nginx", "docker.io/nginx", "", "", "docker.io/library/nginx"),
    ("index.docker.io/nginx:1", "index.docker.io/nginx", "1", "", "docker.io/library/nginx"),
    ("index.docker.io/a/b", "index.docker.io/a/b", "", "", "docker.io/a/b"),
    ("localhost/x", "localhost/x", "", "", "localhost/x"),
    ("localhost:5000", "localhost", "5000", "", "docker.io/library/localhost"),
    (
        "192.168.0.40:5000/frontend:main-1",
        "192.168.0.40:5000/frontend",
        "main-1",
        "",
        "192.168.0.40:5000/frontend",
    ),
    ("[::1]:5000/a/b:c", "[::1]:5000/a/b", "c", "", "[::1]:5000/a/b"),
    ("[fe80::1]/a", "[fe80::1]/a", "", "", "[fe80::1]/a"),
    ("Registry/app", "Registry/app", "", "", "Registry/app"),
    ("ghcr.io/o/i__x.y--z:T_.-", "ghcr.io/o/i__x.y--z", "T_.-", "", "ghcr.io/o/i__x.y--z"),
    (f"ghcr.io/o/i@{SHA256}", "ghcr.io/o/i", "", SHA256, "ghcr.io/o/i"),
    (f"ghcr.io/o/i:v1@{SHA256}", "ghcr.io/o/i", "v1", SHA256, "ghcr.io/o/i"),
    ("a" * 63, "a" * 63, "", "", "docker.io/library/" + "a" * 63),
    ("a" * 64 + ":1", "a" * 64, "1", "", "docker.io/library/" + "a" * 64),
)

REFUSED = (
    # written, what the error says next to "is not an image"
    ("", "the image is empty"),
    ("a" * 64, "64 hexadecimal digits are the ID of an image"),
    (" nginx", "white space"),
    ("nginx\n", "white space"),
    ("ngi nx:1", "white space"),
    ("nginx:1 .2", "white space"),
    ("docker://nginx", "remove 'docker://'"),
    ("https://ghcr.io/o/i", "remove 'https://'"),
    ("Nginx", "the repository 'library/Nginx' must be lower case"),
    ("ghcr.io/Org/app:v1", "the repository 'Org/app' must be lower case"),
    ("nginx:", "no tag after the colon"),
    (":v1", "no name before the tag"),
    ("nginx:-x", "the tag '-x' may hold only"),
    ("nginx:1.0+build", "the tag '1.0+build' may hold only"),
    ("nginx:" + "x" * 129, "the tag has 129 characters, 128 are allowed"),
    ("nginx@sha256:abc", "the digest 'sha256:abc' is not of the form"),
    ("nginx@md5:" + "0" * 32, "algorithm 'md5' is not one of sha256, sha384, sha512"),
    ("nginx@sha256:" + "0" * 63, "a sha256 digest has 64 hexadecimal digits, not 63"),
    ("nginx@sha256:" + "A" * 64, "must be lower case"),
    ("ghcr.io/" + "y" * 256, "its repository has 256 characters, 255 are allowed"),
    ("ghcr.io//app", "the repository '/app' must be made of"),
    ("ghcr.io/app/", "the repository 'app/' must be made of"),
    ("my_host.local/app", "'my_host.local' is not a registry's host"),
    ("-host.local/app", "'-host.local' is not a registry's host"),
)

TEMPLATED = (
    ("app:${TAG:-1}", "${TAG:-1}"),
    ("${REGISTRY}/app", "${REGISTRY}"),
    ("app:$TAG", "$TAG"),
    ("app:$(VERSION)", "$(VERSION)"),
    ("{{ .Values.image.name }}:1", "{{ .Values.image.name }}"),
    ("app:{{ .Values.x", "{{ .Values.x"),
)


@pytest.mark.parametrize(("text", "name", "tag", "digest", "canonical"), READ)
def test_a_reference_falls_into_its_parts(text: str, name: str, tag: str, digest: str, canonical: str) -> None:
    ref = parse(text)
    assert (ref, ref.canonical) == (ImageRef(name, tag, digest), canonical)
    assert f"{ref.registry}/{ref.repository}" == canonical
    assert str(ref) == text


@pytest.mark.parametrize(("text", "why"), REFUSED)
def test_a_refused_text_says_what_is_wrong_with_it(text: str, why: str) -> None:
    with pytest.raises(ImageError) as caught:
        parse(text)
    assert why in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("text", "piece"), TEMPLATED)
def test_templating_is_not_an_image_and_the_error_says_so(text: str, piece: str) -> None:
    assert templating(text) == piece
    with pytest.raises(ImageError, match="it contains templating") as caught:
        parse(text)
    assert f"until '{piece}' is filled in" in str(caught.value)


def test_an_error_is_a_value_error_for_those_who_do_not_know_fluxmark() -> None:
    with pytest.raises(ValueError, match="empty"):
        parse("")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("nginx:1", "docker.io/library/nginx:2", True),
        ("index.docker.io/a/b", f"a/b@{SHA256}", True),
        ("GHCR.io/a/b", "ghcr.io/a/b", True),
        ("ghcr.io/a/b", "docker.io/a/b", False),
        ("localhost:5000/a", "localhost:5001/a", False),
        ("a/nginx", "nginx", False),
    ],
)
def test_the_same_repository_under_two_names(one: str, other: str, *, same: bool) -> None:
    assert same_repository(parse(one), parse(other)) is same


_PIECES = st.sampled_from(
    [
        *("a", "b9", "A", "nginx", "library", "docker.io", "index.docker.io", "localhost", "localhost:5000"),
        *("10.0.0.1:80", "[::1]:5000", "[::1]", "ex-ample.com", "Foo", "-", "_", "__", "___", ".", "..", "a--b"),
        *(
            "/",
            "/",
            ":",
            "@",
            "@" + SHA256,
            "@sha512:" + "0" * 128,
            "@sha256:00",
            ":v1.2",
            ":" + "x" * 129,
            "f" * 64,
        ),
        *(" ", "\n", "é", "٣", "x" * 60),
    ]
)


@given(st.lists(_PIECES, min_size=1, max_size=7).map("".join))
@example("localhost:5000")
@example("a" * 64)
@example("a.b/c:d@" + SHA256)
def test_docker_image_py_agrees(text: str) -> None:
    assume(not text.endswith("\n"))  # its `$` matches before a last line feed, which upstream's does not
    try:
        named = reference.Reference.parse_normalized_named(text)
        oracle = (named["name"], named.get("tag") or "", named.get("digest") or "")
    except (reference.InvalidReference, digest.InvalidDigest):
        oracle = None
    try:
        ref = parse(text)
        ours = (ref.canonical, ref.tag, ref.digest)
    except ImageError as error:
        ours = None
        # Upstream takes a host that holds an underscore for a path without a registry, which nothing can pull.
        if "is not a registry's host" in str(error):
            return
    assert ours == oracle


@given(st.text())
def test_any_text_is_an_image_or_an_image_error(text: str) -> None:
    try:
        ref = parse(text)
    except ImageError:
        return
    assert str(ref) == text

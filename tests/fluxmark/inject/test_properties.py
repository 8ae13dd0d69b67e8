"""For any tree: data stays the same, only lines of places differ, and a second run changes nothing."""

from __future__ import annotations

import tempfile
from pathlib import Path

import yaml
from hypothesis import given, strategies as st

from inject_helpers import injected, tree

BLANKS = st.sampled_from(["", " ", "   ", "\t"])
COMMENTS = st.sampled_from(
    [
        "",
        " # why",
        "\t# a # b",
        ' # {"$imagepolicy": "flux-system:app"}',
        ' #{"$imagepolicy":"flux-system:app"}',
        ' # {"$imagepolicy": "flux-system:app:tag"}',
        ' # {"$imagepolicy": "flux-system:other"}',
        ' # {"$imagepolicy": flux-system:app}',
        " # {",
        " #",
    ]
)
IMAGES = st.sampled_from(
    [
        "reg.io/app:1",
        "reg.io/app",
        "'reg.io/app:1'",
        '"reg.io/app:1"',
        "&a reg.io/app:1",
        "!!str reg.io/app:1",
        "reg.io/other:1",
        "${REG}/app:1",
        "|\n      reg.io/app:1",
        ">-\n      reg.io/app:1",
        "\n      reg.io/app:1",
        '"reg.io/\\\n      app:1"',
        "",
        "~",
        "[]",
        "reg.io/app@sha256:" + "0" * 64,
        "zażółć 😀",
    ]
)
LINES = st.sampled_from(["", "    # own line", "    ports: ['80:80']", "    command: >\n      a\n      b", "   "])


@st.composite
def services(draw: st.DrawFn) -> str:
    """Draw a compose file, with the layouts that people write."""
    out = [draw(st.sampled_from(["", "# head\n", "---\n", "# head\n---\n", "\ufeff"])) + "services:"]
    for number in range(draw(st.integers(0, 4))):
        out.append(f"  s{number}:")
        if draw(st.booleans()):
            image, comment = draw(IMAGES), draw(COMMENTS)
            flow = draw(st.integers(0, 9)) == 0 and "\n" not in image
            text = f"    x: {{image: {image or 'a'}, b: c}}" if flow else f"    image: {image}"
            out.append(text + draw(BLANKS) + comment)
        else:
            out.append(f"    image: {draw(IMAGES)}{draw(COMMENTS)}")
        # one anchor for each service, not the same one again
        out[-1] = out[-1].replace("&a", f"&a{number}")
        out += draw(st.lists(LINES, max_size=2, unique=True))
    end = draw(st.sampled_from(["\n", "", "\n\n\n", "\n...\n", "\n---\nother: 1\n"]))
    return draw(st.sampled_from(["\n", "\r\n"])).join("\n".join(out).split("\n")) + end


def data(text: str) -> list[object]:
    return list(yaml.load_all(text.removeprefix("\ufeff"), yaml.CSafeLoader))


@given(services())
def test_inject_changes_nothing_but_lines_of_places(text: str) -> None:
    try:
        data(text)
    except yaml.YAMLError:
        return
    with tempfile.TemporaryDirectory() as directory:
        root = tree(Path(directory), {})
        (root / "compose.yaml").write_bytes(text.encode())
        first = injected(root).changes
        if "compose.yaml" not in first:
            return
        old, new = first["compose.yaml"]
        assert old == text
        assert data(new) == data(text)
        assert without_markers(new) == without_markers(text)
        (root / "compose.yaml").write_bytes(new.encode())
        assert "compose.yaml" not in injected(root).changes


def without_markers(text: str) -> list[str]:
    """Return what has to stay: every line but those of images and comments, as it is."""
    kept = [line for line in text.split("\n") if not line.strip().startswith("#")]
    return [line.split("#")[0].rstrip() if "image:" in line or "app:1" in line else line for line in kept]

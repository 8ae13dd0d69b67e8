"""What Flux reformats: held to what it did in public repositories, where those are at hand."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from check_packages import check

SHARED = Path(os.environ.get("FLUXMARK_SHARED") or Path(__file__).parents[3] / "../shared")
UPDATES = SHARED / "corpus/bot_updates.jsonl"
MARKER = ' # {"$imagepolicy": "flux-system:app"}\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"image: a:1{MARKER}", ""),
        (f"# why\n\nimage: a:1{MARKER}", ""),
        (f"image: a:1{MARKER}\n# the end\n", ""),
        (f"a: 1\n\nimage: a:1{MARKER}", "it removes 1 blank line (line 2)"),
        (f"a: |\n  b\n\n  c\nimage: a:1{MARKER}", ""),
        (f"a: |\n  b\n\nimage: a:1{MARKER}", "it removes 1 blank line (line 3)"),
        (f"# licence\n---\nimage: a:1{MARKER}", "it removes the leading --- and the comments above it (line 2)"),
        (f"image: a:1{MARKER}---\n", "it removes the final --- (line 2)"),
        (f"a: 1  # one\nimage: a:1{MARKER}", "it moves 1 comment up to the value (line 1)"),
        (f"a: 1 \nimage: a:1{MARKER}", "it removes blanks at 1 line end (line 1)"),
        (f"a:\n    b: 1\nimage: a:1{MARKER}", "it indents by two spaces (line 2)"),
        (f"a:\n- b\nc:\n  - d\nimage: a:1{MARKER}", "it indents all lists alike (line 4)"),
        (f"a: &x\n  - b\nc: *x\nimage: a:1{MARKER}", ""),
        (f"a: >\n  b\n  c\nimage: a:1{MARKER}", "it joins folded text into one line (line 1)"),
        (f"a: &x {{b: 1}}\nc:\n  <<: *x\nimage: a:1{MARKER}", "it writes <<: as !!merge <<: (line 3)"),
        (f"? a\n: b\nimage: a:1{MARKER}", "it writes ? key as key: (line 1)"),
        (f"image: |{MARKER}  a:1\n", "it writes a block with a marker as a value on one line (line 1)"),
        (f"a: [ b ]\nimage: a:1{MARKER}", "it removes blanks within brackets (line 1)"),
        (f"a:  b\nimage: a:1{MARKER}", "it puts one space after each colon (line 1)"),
        (f"a: 😀\nimage: a:1{MARKER}", "it escapes emoji and the like (line 1)"),
        (f"image: a:1{MARKER}".replace("\n", "\r\n"), "it turns CRLF into LF (line 1)"),
        (f"image: a:1{MARKER}".rstrip("\n"), "it adds the missing newline at the end (line 1)"),
        (f"\ufeffimage: a:1{MARKER}", "it removes the byte order mark (line 1)"),
    ],
)
def test_what_is_said(text: str, said: str) -> None:
    found = [finding.message.partition(": ")[2] for finding in check({"app.yaml": text}, "reformat")]
    assert found == ([said] if said else [])


@pytest.mark.parametrize(
    ("flux", "said"),
    [
        ("2.8", "it writes <<: as !!merge <<: (line 3)"),
        ("2.9.5", "it writes <<: as !!merge <<: (line 3)"),
        ("2.10", "it may write <<: as !!merge <<: (line 3)"),
    ],
)
def test_a_merge_key_is_written_as_by_the_yaml_library_of_the_release(flux: str, said: str) -> None:
    text = f"a: &x {{b: 1}}\nc:\n  <<: *x\nimage: a:1{MARKER}"
    (found,) = check({"app.yaml": text}, "reformat", flux_version=flux)
    assert found.message.endswith(f": {said}")


@pytest.mark.skipif(not UPDATES.is_file(), reason=f"real updates are not at {SHARED}")
def test_it_is_what_flux_did() -> None:
    claimed, done, both = 0, 0, 0
    for line in UPDATES.read_text(encoding="utf-8").splitlines():
        update = json.loads(line)
        says = bool(check({update["path"]: update["before"]}, "reformat"))
        reformatted = update["labels"] != ["clean"]
        claimed, done, both = claimed + says, done + reformatted, both + (says and reformatted)
    assert both == claimed  # never a false alarm
    # the others: lists as Flux before 0.36 indented them, and comments that move to another column
    assert both >= 0.9 * done

"""From real lists of tags come the policies that people want; where tags have no order, none comes."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest
from hypothesis import example, given, strategies as st

from fluxmark.tag_format import expand, parse
from fluxmark.tag_format.inference import suggest, suggestions

SHARED = Path(os.environ.get("FLUXMARK_SHARED") or Path(__file__).resolve().parents[3] / "shared")

REAL = (
    # tags, format, covered, latest
    (
        ["main-83cb39d-1757591027", "main-049e870-1757427870", "latest"],
        "main-<sha:7>-<unix>",
        2,
        "main-83cb39d-1757591027",
    ),
    (
        ["main-17546017-1750236473", "main-a1b2c3d4-1750236474"],
        "main-<sha:8>-<unix>",
        2,
        "main-a1b2c3d4-1750236474",
    ),
    (["a1b2c3d-20240102030405", "a1b2c3d4e-20231102030405"], "<sha:7-9>-<datetime>", 2, "a1b2c3d-20240102030405"),
    (["20240102-030405-a1b2c3d"], "<datetime:YYYYMMDD-HHmmss>-<sha:7>", 1, "20240102-030405-a1b2c3d"),
    (["2024-01-02T03-04-05Z"], "<datetime:YYYY-MM-DDTHH-mm-ss>Z", 1, "2024-01-02T03-04-05Z"),
    (["dev-2023-11-09-15-26-51"], "dev-<datetime:YYYY-MM-DD-HH-mm-ss>", 1, "dev-2023-11-09-15-26-51"),
    (["testing-20250610", "testing-20260803"], "testing-<date>", 2, "testing-20260803"),
    (["20240512.9", "20240512.10", "20240511.30"], "<date>.<n>", 3, "20240512.10"),
    (["2024.05.01", "2024.10.12", "2023.12.31"], "<date:YYYY.MM.DD>", 3, "2024.10.12"),
    (["2026.2.17765", "2026.10.1", "2025.12.9"], "<semver>", 3, "2026.10.1"),
    (["2024.10.9", "2024.9.10"], "<semver>", 2, "2024.10.9"),
    (["1.9.0", "1.10.0", "1.10", "1", "latest", "stable"], "<semver>", 2, "1.10.0"),
    (["v1.9.0", "v1.10.0", "v1.10.0-rc.1", "v1.10.0-rc.2", "v1.11.0-rc.1"], "v<semver>", 2, "v1.10.0"),
    (["1.0.0-rc.9", "1.0.0-rc.10"], "<semver>-rc.<n>", 2, "1.0.0-rc.10"),
    (["9.5.21-ls109", "9.5.9-ls200"], "<semver>-ls<n>", 2, "9.5.21-ls109"),
    (["5.1.4-r3-ls453", "5.1.4-r10-ls9"], "<semver>-r<n>-ls<n>", 2, "5.1.4-r10-ls9"),
    (["v1.28.5-k3s1", "v1.28.5-k3s2"], "v<semver>-k3s<n>", 2, "v1.28.5-k3s2"),
    (["1.41.5.9522-a96edc606", "1.41.5.10000-0123456ab"], "<semver>.<n>-<sha:9>", 2, "1.41.5.10000-0123456ab"),
    (["3.14.2-slim", "3.9.1-slim", "3.14.2"], "<semver>-slim", 2, "3.14.2-slim"),
    (
        ["v1.30.3-testing-20250610", "v1.4.0-testing-20260101"],
        "v<semver>-testing-<n>",
        2,
        "v1.30.3-testing-20250610",
    ),
    (["18.6", "18.10", "9.21"], "<n>.<n>", 3, "18.10"),
    (["main-494262c-b76", "main-fc837b2-b9"], "main-<sha:7>-b<n>", 2, "main-494262c-b76"),
    (["7", "12", "101"], "<n>", 3, "101"),
    (["build-99", "build-100"], "build-<n>", 2, "build-100"),
    (
        ["pr-682-a1b2c3d-20240102030405", "pr-9-b1b2c3d-20240102030406", "prod-a1b2c3d-20230102030405"],
        "prod-<sha:7>-<datetime>",
        1,
        "prod-a1b2c3d-20230102030405",
    ),
    (["pr-682-a1b2c3d-20240102030405"], "pr-<pr>-<sha:7>-<datetime>", 1, "pr-682-a1b2c3d-20240102030405"),
)


@pytest.mark.parametrize(("tags", "tag_format", "covered", "latest"), REAL)
def test_the_newest_of_real_tags_wins(tags: list[str], tag_format: str, covered: int, latest: str) -> None:
    suggestion = suggest(tags)
    assert suggestion is not None
    assert (suggestion.tag_format, suggestion.covered, suggestion.latest) == (tag_format, covered, latest)
    assert suggestion.total == len(tags)
    assert suggestion.spec == expand(tag_format)


@pytest.mark.parametrize(
    "tags",
    [
        [],
        ["latest", "main", "stable-alpine"],
        ["a1b2c3d", "deadbeef0"],
        ["1.0.0-a1b2c3d"],  # two commits of one version
        ["20240102-a1b2c3d"],  # two commits of one day
        ["202525-testing-20250610"],  # the number or the day?
        [f"sha256-{'0123456789abcdef' * 4}.sig"],
        ["0001", "0002x"],
    ],
)
def test_without_an_order_nothing_is_suggested(tags: list[str]) -> None:
    assert suggest(tags) is None


def test_the_reason_says_what_decides_and_how_many_tags_it_covers() -> None:
    one = suggest(["1.0.0"])
    many = suggest(["20240512.9", "20240512.10", "latest"])
    assert one is not None
    assert many is not None
    assert one.reason == "the only tag is of the form <semver>; the version says which is newest: 1.0.0"
    assert many.reason == (
        "2 of 3 tags are of the form <date>.<n>; "
        "the day of the build, then the number after it says which is newest: 20240512.10"
    )


def test_other_branches_are_other_suggestions() -> None:
    tags = [f"{branch}-a1b2c3d-170000000{n}" for branch, count in (("main", 5), ("dev", 3)) for n in range(count)]
    found = [(suggestion.tag_format, suggestion.covered) for suggestion in suggestions([*tags, "1.0.0"])]
    assert found == [("main-<sha:7>-<unix>", 5), ("dev-<sha:7>-<unix>", 3), ("<semver>", 1)]


def test_tags_of_git_describe_are_of_one_form_with_any_hash() -> None:
    hashes = [f"{number * 7919 % 0xFFFFFFF:07x}" for number in range(1, 21)]
    tags = [f"v1.4.0-{number}-g{text}" for number, text in enumerate(hashes)]
    (found,) = suggestions(tags)
    assert (found.tag_format, found.covered) == ("v<semver>-<n>-g<sha:7>", 20)
    assert found.latest == tags[-1]


def test_a_form_that_few_tags_of_their_kind_have_is_not_suggested() -> None:
    tags = [f"build-{number:05d}x" for number in range(19)] + ["build-7"]
    assert suggestions(tags) == []


_FORMATS = st.sampled_from(
    [
        *(
            "main-<sha:7>-<unix>",
            "<sha>-<datetime>",
            "release.<datetime:YYYY-MM-DD_HH-mm-ss>",
            "<date>",
            "<date>-<n>",
        ),
        *(
            "<date:YYYY-MM-DD>.<n>",
            "<semver>",
            "v<semver>-alpine",
            "<semver>-r<n>",
            "<semver>.<n>",
            "<n>",
            "b<n>-<sha:8>",
        ),
        *(
            "<n>.<n>",
            "<datetime:YYYYMMDDHHmm>-x",
            "prod-<sha:7-9>-<datetime:YYYYMMDDHHmmssSSS>",
            "nightly-<date:YYYY_MM_DD>",
        ),
    ]
)
_NOISE = st.lists(st.sampled_from(["latest", "main", "stable", f"sha256-{'ab' * 32}.sig", "x_y"]), unique=True)


@given(_FORMATS, st.integers(0, 40), st.integers(2, 60), _NOISE, st.randoms(use_true_random=False))
@example("<n>", 0, 13, [], None)
@example("prod-<sha:7-9>-<datetime:YYYYMMDDHHmmssSSS>", 6, 3, [], None)
def test_tags_of_a_format_lead_to_their_newest(
    text: str, seed: int, count: int, noise: list[str], random: object
) -> None:
    tags = parse(text).examples(count, seed=seed)
    shuffled = [*sorted(tags), *noise]
    if random:
        random.shuffle(shuffled)  # type: ignore[attr-defined]
    suggestion = suggest(shuffled)
    assert suggestion is not None
    assert suggestion.latest == tags[-1]
    assert suggestion.covered == count
    assert suggestion.total == count + sum(not tag.startswith("sha256-") for tag in noise)


def test_a_hundred_thousand_tags_take_seconds() -> None:
    tags = [f"main-{number:07x}-{1_700_000_000 + number}" for number in range(100_000)]
    begin = time.process_time()
    suggestion = suggest(tags)
    assert suggestion is not None
    assert suggestion.latest == tags[-1]
    assert time.process_time() - begin < 20  # 2 s on a laptop; a bound against going quadratic


def test_histories_of_real_policies_are_covered() -> None:
    """For nine public policies in ten a suggestion covers most of the tags that Flux ever wrote for them."""
    path = SHARED / "corpus/tag_history.jsonl"
    if not path.exists():
        pytest.skip("the corpus is not there")
    histories = [[tag for _, tag in json.loads(line)["tags"]] for line in path.read_text().splitlines()]
    good = 0
    for tags in histories:
        best = suggest(tags)
        good += best is not None and 2 * best.covered >= best.total
    assert good >= 0.9 * len(histories)

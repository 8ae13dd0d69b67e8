"""How long a policy takes on 100,000 tags, beside the least that it has to do: sort them, and match each once.

Run: python benchmarks/policy.py [NUMBER OF TAGS]. Prints the best of three runs and its ratio to that floor: the
goal is below 15.
"""

from __future__ import annotations

import random
import sys
import time
from typing import TYPE_CHECKING, Any

import re2

from fluxmark.flux.policy import latest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PATTERN = r"^main-[a-f0-9]{7}-(?P<ts>[0-9]{10})$"


def best_of_three(work: Callable[[], object]) -> float:
    """Return the shortest time of three runs, in seconds."""
    times = []
    for _ in range(3):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def floor(pattern: str, tags: list[str]) -> float:
    """Return how long it takes to sort the tags and to match the pattern on each, in seconds."""
    search = re2.compile(pattern).search
    return best_of_three(lambda: sorted(tags)) + best_of_three(lambda: [search(tag) for tag in tags])


def main() -> None:
    """Print a line for each kind of policy."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    chance = random.Random(0)
    builds = [f"main-{chance.getrandbits(28):07x}-{1_600_000_000 + chance.getrandbits(27)}" for _ in range(count)]
    versions = [
        f"v{chance.randrange(9)}.{chance.randrange(99)}.{chance.randrange(999)}{chance.choice(['', '', '-rc.1'])}"
        for _ in range(count)
    ]
    everything = {"pattern": ".*"}
    timestamp = {"pattern": PATTERN, "extract": "$ts"}
    cases: list[tuple[str, Mapping[str, Any], list[str]]] = [
        ("alphabetical, filter", {"policy": {"alphabetical": {}}, "filterTags": timestamp}, builds),
        ("numerical, filter", {"policy": {"numerical": {}}, "filterTags": timestamp}, builds),
        ("semver, filter", {"policy": {"semver": {"range": ">=1.0.0 <9"}}, "filterTags": everything}, versions),
        ("semver", {"policy": {"semver": {"range": ">=1.0.0-0 <9"}}}, versions),
        ("alphabetical", {"policy": {"alphabetical": {}}}, builds),
    ]
    for name, spec, tags in cases:
        pattern = spec.get("filterTags", everything)["pattern"]
        least = floor(pattern, tags)
        taken = best_of_three(lambda spec=spec, tags=tags: latest(spec, tags))  # type: ignore[misc]
        ratio = taken / least
        print(f"{name:22} {taken:7.3f} s   floor {least:7.3f} s   ratio {ratio:5.2f}")


if __name__ == "__main__":
    main()

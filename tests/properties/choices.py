"""Choices read from bytes: hypothesis shrinks the bytes, a fuzzer grows them, and both use the same generators.

Byte 0 is the simplest choice of all, and what is chosen once the bytes are used up: so the generators end, and a
failing example loses whatever does not matter.
"""

from __future__ import annotations

from random import Random

from hypothesis import strategies as st


class Choices(Random):
    """A `Random` that decides by bytes.

    `random` gives the largest values for the lowest bytes, because chances here are of something added.
    """

    def __init__(self, data: bytes) -> None:
        super().__init__(0)
        self.data = data
        self.left = iter(data)

    def __repr__(self) -> str:
        """Show the bytes, so that a failing example can be made again."""
        return f"Choices({self.data!r})"

    def random(self) -> float:
        """Return a number from 0 to 1, 1 left out, in steps of 1/256."""
        return (255 - next(self.left, 0)) / 256

    def getrandbits(self, k: int, /) -> int:
        """Return a number of so many bits."""
        return self._randbelow(1 << k)

    def _randbelow(self, n: int) -> int:
        """Return a number from 0 to n, n left out: what every method of `Random` but `random` is built on."""
        value = next(self.left, 0)
        reach = 256
        while reach < n:
            value = value << 8 | next(self.left, 0)
            reach <<= 8
        return value % n


@st.composite
def choices(draw: st.DrawFn, longest: int) -> Choices:
    """Choices by up to so many bytes: nine in ten of the texts that `Writer` makes take fewer than 300."""
    size = draw(st.integers(0, longest))
    return Choices(draw(st.binary(min_size=size, max_size=size)))

"""Made-up tags of a format, in the order in which a build would write them.

They are chosen to be awkward: numbers pass from 9 to 10 and begin anew, times cross days and years, and hashes and
branches rise and fall, so that an order which looks at the wrong piece shows.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from fluxmark.tag_format.part import MINUTE, SECOND, Part, Unit

if TYPE_CHECKING:
    from collections.abc import Iterator

_START: Final = datetime(2024, 12, 30, 21, 47, 3, tzinfo=UTC)
_BRANCHES: Final = ("main", "feature-12", "fix_3.x", "v2", "1", "main-2023")
_NUMBERS: Final = 12  # so that a number passes from 9 to 10 before the one in front of it grows


def tags(parts: tuple[Part, ...], count: int, seed: int = 0) -> Iterator[str]:
    """Yield `count` tags of the format that is made of `parts`, the oldest first."""
    numbers = sum(part.kind == "n" for part in parts)
    endless = not any(part.kind in ("semver", "unix") or part.layout for part in parts)
    for build in range(seed, seed + count):
        noise = hashlib.sha256(str(build).encode()).hexdigest()
        left = numbers
        pieces = []
        for part in parts:
            left -= part.kind == "n"
            number = build // _NUMBERS**left
            first = endless and left == numbers - 1
            pieces.append(_piece(part, build // _NUMBERS**numbers, number if first else number % _NUMBERS, noise))
        yield "".join(pieces)


def _piece(part: Part, turn: int, number: int, noise: str) -> str:
    """Make up one part: `turn` counts times and versions, `number` is for <n>, `noise` is hexadecimal."""
    match part.kind:
        case "literal":
            return part.text
        case "sha":
            low, high = part.width
            return noise[: low + int(noise[-2:], 16) % (high - low + 1)]
        case "branch":
            return _BRANCHES[int(noise[-4:], 16) % len(_BRANCHES)]
        case "pr":
            return str(int(noise[-4:], 16))
        case "semver":
            low, middle, high = turn // _NUMBERS**2, turn // _NUMBERS % _NUMBERS, turn % _NUMBERS
            return f"{low}.{middle}.{high}"
        case "n":
            return str(number)
        case "unix":
            return str(int(_moment(turn, SECOND).timestamp()))
        case _:
            moment = _moment(turn, part.resolution)
            return "".join(_format(piece, moment) if isinstance(piece, Unit) else piece for piece in part.layout)


def _moment(turn: int, resolution: int) -> datetime:
    """Return the time of a turn, each in a unit of its own: a year, a month, a day, an hour, …"""
    if resolution == 0:
        return _START.replace(year=2000 + turn)
    if resolution == 1:
        months = _START.month - 1 + turn
        return _START.replace(year=_START.year + months // 12, month=months % 12 + 1, day=1)
    steps = {
        2: timedelta(days=1),
        3: timedelta(hours=1),
        MINUTE: timedelta(minutes=17),
        SECOND: timedelta(seconds=1187),
    }
    return _START + turn * steps.get(resolution, timedelta(milliseconds=777))


def _format(unit: Unit, moment: datetime) -> str:
    value = moment.microsecond // 1000 if unit.group == "millisecond" else getattr(moment, unit.group)
    return f"{value:0{unit.width}d}"[-unit.width :]

"""How large a file may be that is read: one limit for packages, named files and standard input of commands.

A YAML file takes several times its size in memory, so a file without a bound takes a machine down.
"""

from __future__ import annotations

import os

from krmfn.errors import InputError

VARIABLE = "KRMFN_MAX_FILE_MB"
"""The environment variable that sets another limit, in MiB."""
_DEFAULT = 32
_MIB = 1 << 20


def largest() -> int:
    """Return the bytes of the largest file that is read. Raises InputError for a variable that is not a number."""
    written = os.environ.get(VARIABLE, "")
    if not written:
        return _DEFAULT * _MIB
    if not (written.isascii() and written.isdigit() and len(written) < 10 and int(written)):
        raise InputError(f"{VARIABLE}={written}: is not a number of MiB above 0")
    return int(written) * _MIB


def check(name: str, size: int, most: int | None = None) -> None:
    """Raise InputError for a file of more bytes than the limit. most: a limit of its own, below that of all."""
    limit = largest() if most is None else min(most, largest())
    if size > limit:
        shown = f"{-(-limit // _MIB)} MB"
        hint = f"; set {VARIABLE} to read larger ones" if most is None else ""
        raise InputError(f"{name}: the file has more than {shown}, the limit for such files{hint}")

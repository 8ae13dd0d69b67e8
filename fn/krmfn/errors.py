"""The errors that krmfn raises on purpose: for input, edits and functions that cannot be accepted.

All of them are KrmError, so that a program can catch what a user can put right in one place.
"""

from __future__ import annotations


class KrmError(Exception):
    """What a user, or the author of a function, can put right; the message says what is wrong."""


class InputError(KrmError):
    """The input cannot be read; the text says what, where (`name:line:column`) and what to do."""


class EditError(KrmError, ValueError):
    """An edit cannot be made without loss; nothing was changed. The message says why."""


class OverlapError(EditError):
    """Two edits want the same piece of text."""


class NoRoomError(EditError):
    """A comment cannot be here: something other than a comment follows on the line."""

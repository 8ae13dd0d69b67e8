"""Errors that krmfn raises for input and edits that cannot be accepted; each can be imported from krmfn."""

from __future__ import annotations


class InputError(Exception):
    """The input cannot be read; the text says what, where (`name:line:column`) and what to do."""


class EditError(ValueError):
    """An edit cannot be made without loss; nothing was changed. The message says why."""


class OverlapError(EditError):
    """Two edits want the same piece of text."""


class NoRoomError(EditError):
    """A comment cannot stand here: something else than a comment follows on the line."""

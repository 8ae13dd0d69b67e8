"""The one base of the errors that a user caused and can fix."""

from __future__ import annotations

from krmfn.resources.function_error import FunctionError


class FluxmarkError(FunctionError):
    """Says what is wrong, where (`file:line:column`) and what to do; the command exits 2, the function 1."""

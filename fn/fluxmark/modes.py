"""The modes of the function, in one table: `spec.mode` of a configuration selects one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

MODES: Final[Mapping[str, str]] = {
    "Inject": "fluxmark.inject.resource_list:InjectItems",
    "Check": "fluxmark.rules.resource_list:CheckItems",
    "Update": "fluxmark.update.resource_list:UpdateItems",
}
"""The class of each mode, a krmfn Function made with (config, host=, root=); the first mode is the default.

A run imports only the module of its own mode. The configuration's schema takes the names from here.
"""
DEFAULT: Final = next(iter(MODES))

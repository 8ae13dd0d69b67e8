"""Selecting: which tag each policy of a package would choose, and why."""

from fluxmark.select.select import PolicyReport, select
from fluxmark.select.tags import FileTags, RegistryTags, TagSource

__all__ = ["FileTags", "PolicyReport", "RegistryTags", "TagSource", "select"]

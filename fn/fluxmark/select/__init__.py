"""Selecting: which tag each policy of a package would choose, and why."""

from fluxmark.select.select import PolicyReport, select
from fluxmark.select.tags import FileTags, Registries, RegistryTags, TagSource

__all__ = ["FileTags", "PolicyReport", "Registries", "RegistryTags", "TagSource", "select"]

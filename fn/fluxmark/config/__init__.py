"""The functionConfig: read, checked, and merged into the specs of the resources to generate."""

from __future__ import annotations

from fluxmark.config.config_map import from_config_map
from fluxmark.config.load import load
from fluxmark.config.merge_specs import automation_specs, policy_spec, repository_spec, tag_format
from fluxmark.config.model import FieldSpec, Image, ImageAutomation, Where
from fluxmark.config.parse import parse
from fluxmark.config.problems import ConfigError

__all__ = [
    "ConfigError",
    "FieldSpec",
    "Image",
    "ImageAutomation",
    "Where",
    "automation_specs",
    "from_config_map",
    "load",
    "parse",
    "policy_spec",
    "repository_spec",
    "tag_format",
]

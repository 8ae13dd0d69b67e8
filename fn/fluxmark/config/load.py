"""Whatever a function is handed as its functionConfig."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from fluxmark.config.config_map import from_config_map
from fluxmark.config.model import ImageAutomation
from fluxmark.config.parse import API_VERSION, KIND, parse
from fluxmark.config.problems import ConfigError, headed
from fluxmark.flux.schema.message import show

if TYPE_CHECKING:
    from collections.abc import Callable

    from fluxmark.flux.schema.validator import Path


def load(document: Mapping[str, Any] | None, where: Callable[[Path], str]) -> ImageAutomation:
    """Return the configuration of a functionConfig: an ImageAutomation, a ConfigMap, or none at all.

    kpt hands over none (`fn render`) or a ConfigMap `function-input` without data (`fn eval`): both mean
    the default configuration, which is to mark what the policies in the package say.
    where: as for `parse`. Raises ConfigError.
    """
    if document is None:
        return ImageAutomation()
    if document.get("kind") == "ConfigMap" and document.get("apiVersion") == "v1":
        data = document.get("data") or {}
        if not isinstance(data, Mapping):
            raise ConfigError([f"{headed(where(('data',)), 'data')}: must be a mapping, not {show(data)}"])
        return from_config_map(data, where)
    if "kind" not in document and "apiVersion" not in document:
        text = f"has neither apiVersion nor kind: write apiVersion: {API_VERSION} and kind: {KIND}"
        raise ConfigError([f"{where(())}: {text}"])
    return parse(document, where)

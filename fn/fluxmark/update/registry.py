"""Latest images from the registries themselves: tags, and the digests that some policies reflect."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmark import registry
from fluxmark.errors import FluxmarkError
from fluxmark.select import RegistryTags

if TYPE_CHECKING:
    from fluxmark.cluster.manifest import Manifest


class Registry(RegistryTags):
    """Tags from registries, and the digest of a tag."""

    def digest(self, repository: Manifest, tag: str) -> str:
        """Return the digest of a repository's tag. Raises FluxmarkError where the registry does not say it."""
        request = self._request(repository)
        if isinstance(request, str):
            raise FluxmarkError(request)
        return registry.digest(request, tag)

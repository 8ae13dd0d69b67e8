"""The text of a ResourceList that is made of resources, as `kpt fn source` prints one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from krmfn.convert import as_item
from krmfn.resource_list import ResourceList

if TYPE_CHECKING:
    from collections.abc import Iterable

    from krmfn.resource import Resource


def list_text(items: Iterable[Resource], function_config: Resource | None = None) -> str:
    """Return a list with these items, and the functionConfig below them, comments included.

    Raises EditError for a resource that cannot stand in a list without loss.
    """
    text = ResourceList.of(items).to_text()
    return text + (_function_config(function_config) if function_config else "")


def _function_config(config: Resource) -> str:
    # what stands in an item behind its dash stands below a key as it is
    item = as_item(config, 0, "\n")
    return f"functionConfig:\n {item[1:]}" if item.startswith("- ") else f"functionConfig:{item[1:]}"

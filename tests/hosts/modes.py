"""The seed case prepared for the modes Check and Update, on whatever host."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hosts.package import COMPOSE, DEPLOYMENT, OUTPUT, replace

if TYPE_CHECKING:
    from pathlib import Path

ERROR = "there is no ImagePolicy flux-system/fronted; did you mean frontend? [marker-policy-missing]"
NEW = "main-0123456-1707400000"
NEW_FRONTEND = f'frontend:{NEW} # {{"$imagepolicy": "flux-system:frontend"}}'
NEW_BACKEND = f'backend:{NEW} # {{"$imagepolicy": "flux-system:backend"}}'


def checking(directory: Path) -> Path:
    """Configure a check of an injected package."""
    replace(directory, "fluxmark.yaml", "\nspec:\n", "\nspec:\n  mode: Check\n")
    return directory


def misspell(directory: Path) -> Path:
    """Make a marker name a policy that is not there."""
    replace(directory, DEPLOYMENT, "flux-system:frontend", "flux-system:fronted")
    return directory


def updating(directory: Path) -> Path:
    """Configure an update of an injected package, whose policies have selected something new."""
    replace(directory, "fluxmark.yaml", "\nspec:\n", "\nspec:\n  mode: Update\n")
    policies = directory / OUTPUT / "image-policies.yaml"
    selected = "status:\n  latestRef:\n    name: 192.168.0.40:5000/{}\n    tag: " + NEW + "\n"
    frontend, backend = policies.read_text().split("---\n")
    policies.write_text(f"{frontend}{selected.format('frontend')}---\n{backend}{selected.format('backend')}")
    return directory


def is_updated(directory: Path) -> tuple[bool, bool]:
    """Tell whether the Deployment and the compose file have the new tags."""
    return NEW_FRONTEND in (directory / DEPLOYMENT).read_text(), NEW_BACKEND in (directory / COMPOSE).read_text()

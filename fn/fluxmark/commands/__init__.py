"""The verbs of the command: one file each."""

CONFIG_NAMES = ("fluxmark.yaml", "fluxmark.yml", ".fluxmark.yaml")
"""Where a directory's configuration is looked for when none is named."""

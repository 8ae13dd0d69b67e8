"""fluxmark: injects, checks, selects and updates for Flux image automation, losslessly."""

__version__ = "0.1.0"

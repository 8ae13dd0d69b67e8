"""Injecting: what Flux needs, written where it needs it.

`targets` says what is to be marked with what, `mark` decides place by place, `generate` writes the resources.
"""

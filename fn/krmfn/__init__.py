"""krmfn: write KRM functions in Python without losing a comment.

A KRM function reads a ResourceList on standard input and prints one on standard output. This package
reads it with libyaml's events, keeps the source text, and turns every change into a splice on that text.
"""

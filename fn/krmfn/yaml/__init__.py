"""YAML text: nodes with their spans, comments, layout, scalars, and edits that are verified."""

"""How Flux's image automation updates a file: which fields are marked, and their new values."""

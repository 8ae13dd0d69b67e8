"""KRM functions: configuration, running, arguments, help, composing and testing them."""

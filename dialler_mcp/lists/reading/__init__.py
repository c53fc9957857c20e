"""The rows of a list."""

"""The official conformance suite, run by scripts/conformance."""

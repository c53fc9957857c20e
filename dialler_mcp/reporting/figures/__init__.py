"""Measures and reports, worked out from a snapshot."""

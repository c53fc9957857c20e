"""Invented people, their campaigns and their calls."""

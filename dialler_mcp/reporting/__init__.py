"""Figures about campaigns, from a local copy of their contacts and calls. Knows nothing of MCP; DuckDB is imported
when it is first used.
"""

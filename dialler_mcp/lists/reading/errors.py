"""Why a list cannot be read at all. A row that cannot be used is no error: it has a `fault`."""

from dialler_mcp.problem import Problem


class Unreadable(Problem):
    """A file, or what was pasted, cannot be read as a list; the sentence says why, and what to do next."""

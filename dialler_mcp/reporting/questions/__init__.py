"""Questions in SQL over a snapshot, each in a process of its own."""

"""A change from its plan to its entry in the journal."""

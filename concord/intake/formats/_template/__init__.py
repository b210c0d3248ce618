"""To copy for a new format: the smallest reader that keeps the rules. Not registered."""

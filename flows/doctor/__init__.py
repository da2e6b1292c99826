"""Doctor: whether a warehouse is what its records say, and what can safely be put back in order."""

"""Mutated files and answers against the whole way from fetching to landing (`make fuzz`)."""

"""Fetching and landing as one: the run that brings in what is new, and the one that goes back in time."""

"""Releases: where they lie, how long they stay, on what terms others may have them, and what a run did in words."""

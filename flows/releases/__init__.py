"""Releases: where they lie, which one a person means, how long they stay, and on what terms others may have them."""

"""The sections of the page, one module each: queries, and one function that turns their rows into a Section.

A module of a pair has `QUERIES`, SQL by name whose rows bear `one_code` and `other_code`, and `section(release, pair,
rows)`. A module about the whole warehouse has `section(release)`.
"""

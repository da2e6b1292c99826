"""Formats of raw files: how text, workbooks, web pages and archives are read, whoever published them."""

# Line or record number, and the values as text.
Record = tuple[int, list[str | None]]

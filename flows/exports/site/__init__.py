"""The page: a static site made from one release, to be opened from disk, without any request to a server.

`release` reads, `sections` turn rows into words, charts and tables, `rendering` makes HTML of them, `writing` puts the
files into a folder. A section is a module with its queries and one function; a pair picked by the reader goes through
the same functions as the pair shown first.
"""

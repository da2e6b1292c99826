"""What land is made of: a parsed file, the rows that are accepted, and the vintage they are."""

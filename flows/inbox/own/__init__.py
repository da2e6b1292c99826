"""Tables of one's own: a contract drafted from a file's header and a sample of its rows."""

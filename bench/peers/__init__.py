"""Other tools doing the floor's job: load, cells, keys, sums and six marts of the same BACI files.

Each is a script `python -m bench.peers.NAME INBOX OUT`, run in an environment of its own (`make bench-peers`). None of
them proves, keeps history or publishes; they say what a tool costs that somebody might build the same with.
"""

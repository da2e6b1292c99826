"""The benchmark: what a job costs here, and at least, and whether the answers stayed the same. Never a test."""

"""The Prefect UI: its server, what it offers to run, and the pages a release leaves beside it."""

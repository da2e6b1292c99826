"""What a person asks of a release: queries, areas, pairs, and where a figure comes from."""

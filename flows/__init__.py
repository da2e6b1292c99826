"""Entrepôt: raw trade sources in, a proven trade.duckdb out. Start reading at flows/pipeline.py."""

"""Heavy models on Spark: a session in an environment of its own, the lake it reads and writes, and dbt's way to it."""

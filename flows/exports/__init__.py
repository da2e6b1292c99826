"""What is made from a release for others to read: Parquet, Excel, PostgreSQL, the page, Data Docs."""

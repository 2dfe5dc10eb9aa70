"""What the tests share: a Range server, a client with tokens, Parquet data."""

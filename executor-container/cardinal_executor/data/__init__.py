"""Bytes of object storage on local disk.  Knows presigned URLs and ranges; nothing of Parquet, cards or credentials."""

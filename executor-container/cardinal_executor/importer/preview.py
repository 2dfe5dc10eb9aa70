"""What the importer makes of the first megabyte of a file, before anything is imported. Knows nothing of DuckDB."""


def inspect(head: bytes, whole: bool, options: dict) -> dict:
    raise NotImplementedError

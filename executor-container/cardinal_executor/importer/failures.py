"""Every way an import can fail, with what the user is told. Knows nothing of where the failure is noticed."""

MESSAGES = {
    "empty_file": "The file has no rows.",
    "not_text": "This does not look like a text file (binary characters found).",
    "zip_not_supported": "This is a ZIP or Excel file. Upload the CSV inside it.",
    "gzip_truncated": "The compressed file is cut off. Upload it again.",
    "too_large": "More than {cap} after unpacking.",
    "too_many_columns": "{columns} columns; at most {most}.",
    "too_many_rejects": "{rejected} of {total} rows could not be read (limit {limit} %). "
    "First: line {line}: {detail}. Nothing was changed.",
    "too_many_partitions": "{column} has {values} values; at most {most}. Choose another column.",
    "unknown_column": "The file has no column {column}.",
    "type_misfit": "{count} cells of {column} are not {type}. First: line {line}: {value}. Nothing was changed.",
    "invalid_options": "{option} is not valid: {reason}.",
    "engine_failed": "The import could not be finished and was dropped.",
    "verify_rows": "The import could not be verified and was dropped.",
    "verify_nulls": "The import could not be verified and was dropped.",
}


class ImportFailed(Exception):
    """The import ends and leaves nothing but, perhaps, rejects. `message` is for the user, `details` for programs and logs."""

    def __init__(self, code: str, message: str, **details: object):
        super().__init__(message)
        self.code, self.message, self.details = code, message, details


def failure(code: str, **details: object) -> ImportFailed:
    """The failure of one of MESSAGES; numbers of a thousand and more get separators in the text, not in the details."""
    shown = {key: f"{value:,}" if isinstance(value, int) else value for key, value in details.items()}
    return ImportFailed(code, MESSAGES[code].format(**shown), **details)


def readable_bytes(count: int) -> str:
    """17179869184 → '16 GiB', as the user reads a cap."""
    for power, unit in ((30, "GiB"), (20, "MiB"), (10, "KiB")):
        if count >= 1 << power:
            return f"{count / (1 << power):.3g} {unit}"
    return f"{count} bytes"

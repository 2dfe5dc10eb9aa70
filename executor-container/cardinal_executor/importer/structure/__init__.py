"""From bytes to records: encoding, dialect, what is a record and what is rejected. Knows nothing of types."""

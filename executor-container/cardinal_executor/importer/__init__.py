"""CSV to typed Parquet: structure is judged here, DuckDB parses, types and writes. Knows nothing of HTTP, storage or jails.

Everything that is needed is imported with this package, so that a process forked later can be denied the file system.
"""

from .failures import ImportFailed
from .pipeline import run_import
from .preview import inspect

__all__ = ["ImportFailed", "inspect", "run_import"]

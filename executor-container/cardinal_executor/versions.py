"""What this executor is made of: library versions for people, one hash for cache keys."""

import hashlib
import os
import sys
from importlib import metadata

PACKAGE = os.path.dirname(os.path.abspath(__file__))
LOCK = os.path.join(os.path.dirname(PACKAGE), "requirements.lock")
LIBRARIES = (
    "pandas",
    "numpy",
    "polars",
    "pyarrow",
    "duckdb",
    "plotly",
    "altair",
    "matplotlib",
    "seaborn",
    "scikit-learn",
)


def library_versions() -> dict[str, str]:
    """Without importing any of them: the server stays small."""
    return {"python": sys.version.split()[0], **{name: metadata.version(name) for name in LIBRARIES}}


def image_hash() -> str:
    """Of our own source and the lock file: part of every cache key, because either can change what a card shows."""
    digest = hashlib.sha256()
    paths = [
        os.path.join(folder, name)
        for folder, _, names in os.walk(PACKAGE)
        for name in names
        if name.endswith((".py", ".txt"))
    ]
    for path in [*sorted(paths), LOCK]:
        digest.update(os.path.relpath(path, PACKAGE).encode() + b"\0")
        with open(path, "rb") as file:
            digest.update(hashlib.sha256(file.read()).digest())
    return digest.hexdigest()[:16]

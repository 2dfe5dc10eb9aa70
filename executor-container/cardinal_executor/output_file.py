"""The one file that a transform leaves: it has no name, so there is no folder to fill and no link to follow.

The child writes through one open file, we read through another: what it does to its own (flags, offset) is not ours."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from .frame_stream import PIECE


class OutputFile:
    def __init__(self, writer: int, reader: int) -> None:
        self.writer = writer
        self.reader = reader

    @property
    def size(self) -> int:
        return os.fstat(self.reader).st_size

    def sha256(self, size: int) -> str:
        """Of the first `size` bytes, in hexadecimal.  Call it when the child is dead."""
        digest = hashlib.sha256()
        done = 0
        while done < size and (piece := os.pread(self.reader, min(PIECE, size - done), done)):
            digest.update(piece)
            done += len(piece)
        return digest.hexdigest()


@contextmanager
def output_file(folder: str) -> Iterator[OutputFile]:
    """An empty file on the disk of `folder`, gone with its last descriptor: ours, or that of a child that is being killed."""
    with tempfile.TemporaryFile(dir=folder, buffering=0) as writer:
        reader = os.open(f"/proc/self/fd/{writer.fileno()}", os.O_RDONLY | os.O_CLOEXEC)
        try:
            yield OutputFile(writer.fileno(), reader)
        finally:
            os.close(reader)

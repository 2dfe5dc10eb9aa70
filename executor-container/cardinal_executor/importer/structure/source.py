"""The uploaded file as blocks of UTF-8 text: gzip unpacked under a cap, encodings translated. Knows nothing of CSV."""

import codecs
import os
import zlib
from collections.abc import Iterable, Iterator

from ..failures import failure, readable_bytes
from .encoding import CODECS, Encoding, detect, first_non_ascii, utf16_codec

BLOCK = 1 << 20
PACKED_BLOCK = 256 << 10
SAMPLE = 1 << 20
GZIP, ZIP = b"\x1f\x8b", b"PK\x03\x04"


def _mark(error: UnicodeDecodeError) -> tuple[str, int]:
    """A byte the encoding lacks becomes 0xFF, which is never valid UTF-8: its record is rejected later."""
    step = 2 if error.encoding.startswith("utf-16") else 1
    return "\udcff", min(error.start + step, len(error.object))


codecs.register_error("cardinal-mark", _mark)


class Source:
    """A file behind a descriptor, read by position so that DuckDB may read it at the same time. `cap`: bytes after unpacking."""

    def __init__(self, fd: int, cap: int):
        self.fd, self.cap = fd, cap
        self.size = os.fstat(fd).st_size
        self.path = f"/proc/self/fd/{fd}"
        magic = os.pread(fd, 4, 0)
        self.packed = is_packed(magic)
        self.has_bom = magic.startswith(codecs.BOM_UTF8)
        if not self.packed and self.size > cap:
            raise failure("too_large", cap=readable_bytes(cap))

    def beginning(self) -> tuple[bytes, bool]:
        """The first SAMPLE bytes, unpacked, and whether they are all."""
        return first_bytes(self.blocks())

    def blocks(self) -> Iterator[bytes]:
        """The bytes as they are, unpacked. Raises `gzip_truncated`, `too_large`."""
        raw = self._read(PACKED_BLOCK if self.packed else BLOCK)
        return unpacked(raw, self.cap) if self.packed else raw

    def text(self, codec: str, start: int = 0) -> Iterator[bytes]:
        """UTF-8 without BOM, from byte `start` of it."""
        for block in decoded(self.blocks(), codec):
            if start < len(block):
                yield block[start:] if start else block
            start = max(0, start - len(block))

    def copy_text(self, start: int, count: int, out) -> None:
        """Writes `count` bytes of `text("utf-8", start)`; meant for files that are not packed."""
        for block in self.text("utf-8", start):
            out.write(block[:count])
            count -= len(block)
            if count <= 0:
                return

    def _read(self, size: int) -> Iterator[bytes]:
        position = 0
        while block := os.pread(self.fd, size, position):
            position += len(block)
            yield block


def is_packed(head: bytes) -> bool:
    """Is it gzip? Raises `zip_not_supported`."""
    if head.startswith(ZIP):
        raise failure("zip_not_supported")
    return head.startswith(GZIP)


def unpacked(packed: Iterable[bytes], cap: int, cut_is_fine: bool = False) -> Iterator[bytes]:
    """All members of a gzip stream; what follows the last one and is no member is padding. At most BLOCK bytes at a time."""
    inflate, total = zlib.decompressobj(31), 0
    for chunk in packed:
        while chunk:
            if inflate.eof:
                if not chunk.startswith(GZIP[: len(chunk)]):
                    return
                inflate = zlib.decompressobj(31)
            try:
                block = inflate.decompress(chunk, BLOCK)
            except zlib.error as error:
                raise failure("gzip_truncated", cause=str(error)) from error
            chunk = inflate.unused_data if inflate.eof else inflate.unconsumed_tail
            total += len(block)
            if total > cap:
                raise failure("too_large", cap=readable_bytes(cap))
            if block:
                yield block
    if not inflate.eof and not cut_is_fine:
        raise failure("gzip_truncated")


def first_bytes(blocks: Iterable[bytes]) -> tuple[bytes, bool]:
    """The first SAMPLE bytes, and whether they are all."""
    sample = b""
    for block in blocks:
        sample += block
        if len(sample) > SAMPLE:
            return sample[:SAMPLE], False
    return sample, True


def decoded(blocks: Iterable[bytes], codec: str) -> Iterator[bytes]:
    """UTF-8 without BOM. UTF-8 passes as it is, broken bytes and all: the scan judges them record by record."""
    if codec == "utf-8":
        for number, block in enumerate(blocks):
            yield block.removeprefix(codecs.BOM_UTF8) if number == 0 else block
        return
    decoder = codecs.getincrementaldecoder(codec)("cardinal-mark")
    for block in blocks:
        yield decoder.decode(block).encode("utf-8", "surrogateescape")
    yield decoder.decode(b"", True).encode("utf-8", "surrogateescape")


def settle_encoding(blocks: Iterable[bytes], chosen: str | None) -> Encoding:
    """The chosen one (a public name), else judged on the first block that is not all ASCII. Raises `not_text` for UTF-32."""
    encoding = Encoding("utf-8", True)
    for number, block in enumerate(blocks):
        if chosen:
            return Encoding(utf16_codec(block) if chosen == "utf-16" else CODECS[chosen], True)
        position = first_non_ascii(block)
        if position is not None:
            start = 0 if position < SAMPLE else position
            encoding = detect(block[start : start + SAMPLE])
            break
        if number == 0 and b"\0" in block[:4096]:
            encoding = detect(block[:SAMPLE])
            break
    if encoding.codec == "utf-32":
        raise failure("not_text")
    return encoding

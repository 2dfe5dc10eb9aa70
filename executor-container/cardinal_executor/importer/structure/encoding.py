"""Which encoding a text is in, told from some of its bytes. Knows nothing of CSV."""

import codecs
import re
from typing import NamedTuple

# What the user sees and may choose → the codec; Windows-1252 is what Latin-1 means in practice.
CODECS = {"utf-8": "utf-8", "utf-16": "utf-16", "cp932": "cp932", "euc-jp": "euc_jp", "latin-1": "cp1252"}
PUBLIC = {codec: name for name, codec in CODECS.items()} | {"utf-16-le": "utf-16", "utf-16-be": "utf-16"}

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
NUL_SAMPLE = 4096
SCORED = 65536

# Looked up now: a codec is imported on first use, which a jailed process cannot do.
for _codec in (*PUBLIC, "utf-8-sig", "shift_jis"):
    codecs.lookup(_codec)


class Encoding(NamedTuple):
    """`codec` is Python's name, `utf-32` means: no text we read. `certain`: no other encoding comes near."""

    codec: str
    certain: bool

    @property
    def public(self) -> str:
        return PUBLIC[self.codec]


def detect(sample: bytes) -> Encoding:
    """BOM, then NULs on one parity (UTF-16), then UTF-8 when it decodes or nearly does, then the most plausible of three."""
    for bom, codec in BOMS:
        if sample.startswith(bom):
            return Encoding(codec, True)
    wide = _utf16_by_nuls(sample[:NUL_SAMPLE])
    if wide:
        return Encoding(wide, False)
    if _decode(sample, "utf-8") is not None:
        return Encoding("utf-8", not sample.isascii())
    nearly = sample.decode("utf-8", "replace")
    if sum(char > "\x7f" for char in nearly) > 6 * nearly.count("\ufffd"):
        return Encoding("utf-8", False)
    return _most_plausible(sample)


def utf16_codec(head: bytes) -> str:
    """For a file said to be UTF-16: the byte order from its BOM, else from its NULs, else little-endian."""
    if head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "utf-16"
    return _utf16_by_nuls(head[:NUL_SAMPLE]) or "utf-16-le"


def first_non_ascii(block: bytes) -> int | None:
    if block.isascii():
        return None
    return re.search(rb"[\x80-\xff]", block).start()


def _utf16_by_nuls(sample: bytes) -> str | None:
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) > 4 * min(even, odd) + 1 + len(sample) // 20:
        return "utf-16-le" if odd > even else "utf-16-be"
    return None


def _decode(sample: bytes, codec: str) -> str | None:
    """The text, or None. A character cut off at the end is no error."""
    try:
        return codecs.getincrementaldecoder(codec)().decode(sample)
    except UnicodeDecodeError:
        return None


def _most_plausible(sample: bytes) -> Encoding:
    lines = [line for line in sample.splitlines()[:-1] or [sample] if not line.isascii()]
    telling = b"\n".join(lines)[:SCORED] or sample
    scores = {"cp1252": _latin_score(telling.decode("cp1252", "replace")) - 0.1}
    for codec in ("cp932", "euc_jp"):
        text = _decode(telling, codec)
        if text is not None:
            scores[codec] = _japanese_score(text, codec)
    best, *others = sorted(scores, key=scores.get, reverse=True)
    return Encoding(best, not others or scores[best] - scores[others[0]] > 0.5)


def _japanese_score(text: str, codec: str) -> float:
    """Mean plausibility of the characters beyond ASCII: kana and JIS level 1 are good, the rest is a sign of a wrong guess."""
    score = count = 0
    for i, char in enumerate(text):
        if char >= "\x80":
            count += 1
            score += _japanese_weight(char, text[i - 1] if i else "", text[i + 1 : i + 2])
    return score / count if count else 0


def _japanese_weight(char: str, before: str, after: str) -> float:
    code = ord(char)
    if 0x3040 <= code < 0x3100 or char in "、。「」・ー　％￥（）：":
        return 1
    if 0xFF61 <= code <= 0xFF9F:  # half-width kana come in runs of letters, not singly or as marks
        in_run = any("\uff66" <= neighbour <= "\uff9f" for neighbour in (before, after) if neighbour)
        return 0.3 if in_run and code >= 0xFF66 else -1
    if 0x4E00 <= code < 0xA000:
        touches_latin = any("a" <= neighbour.lower() <= "z" for neighbour in (before, after) if neighbour)
        return (0.8 if _is_jis_level_1(char) else -0.6) - (0.9 if touches_latin else 0)
    if 0xFF01 <= code < 0xFF5F or 0x2460 <= code < 0x2480:
        return 0.5
    return -1


def _is_jis_level_1(char: str) -> bool:
    try:
        return char.encode("shift_jis")[0] < 0x98
    except UnicodeEncodeError:
        return False


def _latin_score(text: str) -> float:
    score = count = 0
    for i, char in enumerate(text):
        if char >= "\x80":
            count += 1
            score += _latin_weight(char, (text[i - 1] if i else " ") + (text[i + 1] if i + 1 < len(text) else " "))
    return score / count if count else 0


def _latin_weight(char: str, around: str) -> float:
    if char.isalpha():
        if any("a" <= neighbour.lower() <= "z" for neighbour in around):
            return 0.8
        return 0.2 if around.isspace() else -0.8
    return 0.4 if char in "°£€§«»’–“”\xa0¿¡½²³µ·©®™…•" and around.isascii() else -0.6

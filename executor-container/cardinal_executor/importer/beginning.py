"""What the first megabyte of a file tells: its encoding, whether it is text, its dialect. Knows nothing of the rest."""

from typing import NamedTuple

from .failures import failure
from .options import Options
from .structure.dialect import Dialect, settle_dialect
from .structure.encoding import Encoding
from .structure.source import decoded

MOST_COLUMNS = 2000
CONTROL = bytes(set(range(256)) - set(range(9, 14)) - set(range(32, 256)))


class Beginning(NamedTuple):
    """`text`: the sample as UTF-8, the `whole` file or not."""

    encoding: Encoding
    text: bytes
    whole: bool
    dialect: Dialect

    @property
    def above_data(self) -> bytes:
        return self.text[: self.dialect.offset]


def judge_beginning(raw: bytes, whole: bool, encoding: Encoding, options: Options) -> Beginning:
    """Raises `empty_file`, `not_text`, `too_many_columns`."""
    text = b"".join(decoded([raw], encoding.codec))
    if not text:
        raise failure("empty_file")
    controls = len(text) - len(text.translate(None, CONTROL))
    if controls > 8 and controls * 50 > len(text):
        raise failure("not_text")
    dialect = settle_dialect(text, whole, options)
    if not dialect.width:
        raise failure("empty_file")
    if dialect.width > MOST_COLUMNS:
        raise failure("too_many_columns", columns=dialect.width, most=MOST_COLUMNS)
    return Beginning(encoding, text, whole, dialect)

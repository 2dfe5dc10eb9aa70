"""What the user chose for an import, checked. Knows nothing of the file."""

from dataclasses import dataclass, field

from .columns.rules import NULLS, TYPES
from .failures import failure
from .structure.encoding import CODECS


@dataclass(frozen=True)
class Options:
    """None means: find out from the file."""

    has_header: bool | None = None
    delimiter: bytes | None = None
    quote: bytes = b'"'
    encoding: str | None = None
    skip_rows: int | None = None
    nulls: tuple[str, ...] = NULLS
    types: dict[str, str] = field(default_factory=dict)
    misfits_become_null: bool = False
    reject_limit: float = 0.01
    partition_column: str | None = None
    cluster_by: str | None = None

    @staticmethod
    def parse(raw: dict) -> "Options":
        """From the protocol's names; absent and null are the same. Raises `invalid_options`."""
        given = {key: value for key, value in raw.items() if value is not None}
        unknown = given.keys() - FIELDS.keys()
        if unknown:
            raise failure("invalid_options", option=min(unknown), reason="no such option")
        options = Options(**{FIELDS[key][0]: FIELDS[key][1](key, value) for key, value in given.items()})
        if options.delimiter == options.quote:
            raise failure("invalid_options", option="delimiter", reason="it is the quote as well")
        return options

    def check_columns(self, names: list[str]) -> None:
        """Every column that is named here must be among `names`. Raises `unknown_column`."""
        for name in (*self.types, self.partition_column, self.cluster_by):
            if name is not None and name not in names:
                raise failure("unknown_column", column=name)


def _of_type(*types: type):
    def check(option: str, value):
        if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
            raise failure("invalid_options", option=option, reason=f"it must be a {types[0].__name__}")
        return value

    return check


def _character(option: str, value: str) -> bytes:
    _of_type(str)(option, value)
    if len(value) != 1 or not value.isascii() or value in "\r\n\0":
        raise failure("invalid_options", option=option, reason="it must be one ASCII character")
    return value.encode()


def _one_of(*allowed: str):
    def check(option: str, value: str) -> str:
        if value not in allowed:
            raise failure("invalid_options", option=option, reason=f"it must be one of {', '.join(allowed)}")
        return value

    return check


def _count(option: str, value: int) -> int:
    if _of_type(int)(option, value) < 0:
        raise failure("invalid_options", option=option, reason="it must not be negative")
    return value


def _share(option: str, value: float) -> float:
    if not 0 <= _of_type(float, int)(option, value) <= 1:
        raise failure("invalid_options", option=option, reason="it must lie between 0 and 1")
    return float(value)


def _spellings(option: str, value: list) -> tuple[str, ...]:
    return tuple(_of_type(str)(option, spelling) for spelling in _of_type(list)(option, value))


def _types(option: str, value: dict) -> dict[str, str]:
    return {name: _one_of(*TYPES)(option, kind) for name, kind in _of_type(dict)(option, value).items()}


FIELDS = {
    "hasHeader": ("has_header", _of_type(bool)),
    "delimiter": ("delimiter", _character),
    "quote": ("quote", _character),
    "encoding": ("encoding", _one_of(*CODECS)),
    "skipRows": ("skip_rows", _count),
    "nullValues": ("nulls", _spellings),
    "types": ("types", _types),
    "onMisfit": ("misfits_become_null", lambda option, value: _one_of("fail", "null")(option, value) == "null"),
    "rejectLimit": ("reject_limit", _share),
    "partitionColumn": ("partition_column", _of_type(str)),
    "clusterBy": ("cluster_by", _of_type(str)),
}

"""Reads what a child writes on its result pipe.  Hostile bytes: all of it is bounded, and nothing is believed but its form."""

import json
from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

MAX_LINE = 4 << 20
MAX_PROGRESS = 20_000  # lines

Text = Annotated[str, Field(max_length=20_000)]
Names = Annotated[list[Annotated[str, Field(max_length=300)]], Field(max_length=4000)]
Count = Annotated[int, Field(ge=0, le=2**53)]
Milliseconds = Annotated[float, Field(ge=0, le=1e9)]
# Details go on as they came, so nothing is in them that JSON cannot carry: no lone surrogate, NaN or number of a thousand digits.
Key = Annotated[str, Field(max_length=300)]
Scalar = Text | bool | Annotated[int, Field(ge=-(2**63), lt=2**63)] | float | None
Details = Annotated[
    dict[Key, Scalar | Annotated[list[dict[Key, Scalar]], Field(max_length=1000)]], Field(max_length=50)
]


class Malformed(Exception):
    """What came is no report."""


class TooLong(Exception):
    """The body passes its limit."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class Rows(_Model):
    input: Count
    filtered: Count


class Report(_Model):
    """The one line of a child on how its job ended; `len` bytes of body follow."""

    ok: bool
    len: Count
    code: Literal[
        "user_code_error",
        "invalid_result",
        "memory_limit",
        "output_limit",
        "sandbox_violation",
        "import_failed",
        "executor_lost",
        "needs_all_columns",
        "needs_more_libraries",
        "load_failed",
        "jail_failed",
    ] = "executor_lost"
    message: Text = ""
    line: Annotated[int, Field(ge=1, le=10**9)] | None = None
    traceback: Text | None = None
    details: Details | None = None
    kind: Literal["html", "figure", "script"] = "html"
    libs: list[Literal["plotly-basic", "plotly-cartesian", "plotly-strict", "vega"]] = []
    heightHint: Annotated[int, Field(ge=0, le=100_000)] | None = None
    usedColumns: Names = []
    filterApplicable: Names | None = None
    rows: Rows = Rows(input=0, filtered=0)
    warnings: Annotated[list[Text], Field(max_length=20)] = []
    loadMs: Milliseconds = 0
    runMs: Milliseconds = 0
    cpuMs: Milliseconds = 0

    @property
    def memory_used(self) -> int:
        """Bytes, as the child says of a `memory_limit`; 0 when it says nothing that makes sense."""
        used = (self.details or {}).get("used")
        return used if isinstance(used, int) else 0


class Progress(_Model):
    progress: Literal["copy", "scan", "profile", "run", "write", "verify", "send"]
    done: Count
    total: Count


class ReportReader:
    """Feed it bytes as they come; `complete` once the report and its whole body are there."""

    def __init__(self, body_limit: int, on_progress: Callable[[Progress], None] | None = None) -> None:
        self.report: Report | None = None
        self._limit = body_limit
        self._on_progress = on_progress
        self._line = bytearray()
        self._body = bytearray()
        self._progress_lines = 0

    @property
    def complete(self) -> bool:
        return self.report is not None and len(self._body) >= self.report.len

    @property
    def body(self) -> bytes:
        return bytes(self._body)

    def feed(self, data: bytes) -> None:
        """Malformed or TooLong: the child is to be killed, and nothing of it is used."""
        while data and self.report is None:
            line, newline, rest = data.partition(b"\n")
            self._line += line
            if len(self._line) > MAX_LINE:
                raise TooLong
            if not newline:
                return
            self._take_line(bytes(self._line))
            self._line.clear()
            data = rest
        if self.report is None:
            return
        self._body += data
        if len(self._body) > self.report.len:
            raise Malformed("more bytes than announced")

    def _take_line(self, line: bytes) -> None:
        try:
            value = json.loads(line)
            if isinstance(value, dict) and "progress" in value:
                self._take_progress(Progress.model_validate(value))
                return
            self.report = Report.model_validate(value, strict=True)
        except (ValueError, RecursionError) as error:  # a ValidationError is a ValueError
            raise Malformed(str(error)[:200]) from error
        if self.report.len > self._limit:
            raise TooLong

    def _take_progress(self, progress: Progress) -> None:
        self._progress_lines += 1
        if self._progress_lines > MAX_PROGRESS:
            raise Malformed("too many progress lines")
        if self._on_progress is not None:
            self._on_progress(progress)

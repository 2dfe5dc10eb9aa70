"""What the Worker sends, as PROTOCOL.md has it.  Names are those of the wire."""

import datetime as dt
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

MAX_CODE = 256 << 10
MAX_OBJECTS = 1100
MAX_HEAD = 1 << 20

Type = Literal["int64", "float64", "bool", "date", "datetime", "string"]
Bytes = Annotated[int, Field(ge=0, le=1 << 50)]
Identifier = Annotated[str, Field(min_length=1, max_length=200)]


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"unknown time zone {name!r}") from error
    return name


def _iso_day(text: str) -> str:
    dt.date.fromisoformat(text)
    return text


Zone = Annotated[str, AfterValidator(_known_zone)]
Day = Annotated[str, AfterValidator(_iso_day)]


class Model(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class CategoryFilter(Model):
    column: str
    type: Literal["category"]
    values: list[str | bool | int | float]
    includeNull: bool = False


class DateRangeFilter(Model):
    column: str
    type: Literal["date_range"]
    start: Day | None = None
    end: Day | None = None


Filter = Annotated[CategoryFilter | DateRangeFilter, Field(discriminator="type")]


class Column(Model):
    name: str
    type: Type
    zoned: bool = False
    nullable: bool = True
    exact: bool = False


class PlannedObject(Model):
    key: str
    version: str
    size: Bytes
    url: str
    etag: str | None = None
    ranges: list[tuple[Bytes, Bytes]]
    rowGroups: list[Annotated[int, Field(ge=0)]] | None = None


class Dataset(Model):
    name: str
    columns: list[str] | None = None
    schema_: list[Column] = Field(alias="schema")
    rowCount: Annotated[int, Field(ge=0)]
    rowFilters: list[Filter] = []
    objects: list[PlannedObject]


def check_datasets(datasets: list[Dataset]) -> None:
    """ValueError for more objects than a child is handed, or for names that tell nothing apart."""
    if sum(len(dataset.objects) for dataset in datasets) > MAX_OBJECTS:
        raise ValueError(f"more than {MAX_OBJECTS} objects in one request")
    if len({dataset.name for dataset in datasets}) < len(datasets):
        raise ValueError("two datasets have the same name")


class CardLimits(Model):
    wallMs: Annotated[int, Field(ge=1)] = 10_000
    memoryMb: Annotated[int, Field(ge=16)] = 2048
    bodyBytes: Annotated[int, Field(ge=1, le=64_000_000)] = 5_000_000
    stdoutBytes: Annotated[int, Field(ge=0, le=1 << 20)] = 65_536


class RenderRequest(Model):
    executionId: Identifier
    author: str = ""
    code: Annotated[str, Field(max_length=MAX_CODE)]
    entry: Literal["render"] = "render"
    scripts: bool = False
    params: dict[str, Any] = {}
    filters: list[Filter] = []
    datasets: list[Dataset] = []
    zone: Zone = "UTC"
    limits: CardLimits = CardLimits()

    @model_validator(mode="after")
    def _fits(self) -> "RenderRequest":
        check_datasets(self.datasets)
        return self


class TransformLimits(Model):
    wallMs: Annotated[int, Field(ge=1)] = 300_000
    memoryMb: Annotated[int, Field(ge=16)] = 4096
    stdoutBytes: Annotated[int, Field(ge=0, le=1 << 20)] = 65_536
    outputBytes: Annotated[int, Field(ge=1, le=2 << 30)] = 2 << 30


class TransformCode(Model):
    """What a run and a preview share."""

    executionId: Identifier
    author: str = ""
    code: Annotated[str, Field(max_length=MAX_CODE)]
    entry: Literal["transform"] = "transform"
    params: dict[str, Any] = {}
    inputs: list[Dataset] = []
    zone: Zone = "UTC"

    @model_validator(mode="after")
    def _fits(self) -> "TransformCode":
        check_datasets(self.inputs)
        return self


class TransformRequest(TransformCode):
    limits: TransformLimits = TransformLimits()


class TransformPreviewRequest(TransformCode):
    inputRows: Annotated[int, Field(ge=0, le=100_000)] = 10_000
    outputRows: Annotated[int, Field(ge=0, le=1000)] = 100
    limits: CardLimits = CardLimits()


class Source(Model):
    url: str
    size: Bytes
    etag: str | None = None


class ImportLimits(Model):
    wallMs: Annotated[int, Field(ge=1)] = 840_000
    memoryMb: Annotated[int, Field(ge=64)] = 2048
    textBytes: Bytes | None = None


class ImportRequest(Model):
    executionId: Identifier
    source: Source
    options: dict[str, Any] = {}
    limits: ImportLimits = ImportLimits()


class InspectRequest(Model):
    executionId: Identifier
    options: dict[str, Any] = {}
    whole: bool
    bytes: Annotated[int, Field(ge=0, le=MAX_HEAD)]

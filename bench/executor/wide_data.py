"""Writes the table that P4 filters: 50 columns of every type, two years of days, Snappy, row groups as the importer makes them."""

import datetime as dt
from pathlib import Path

import duckdb

ROW_GROUP = 131_072
FIRST_DAY, DAYS, MONTHS = dt.date(2023, 1, 1), 731, 24
CATEGORIES, REGIONS = 20, 5
LABELS = (50, 3, 8, 12, 30)  # how many values a text column has
OPTIONS = f"FORMAT parquet, COMPRESSION snappy, PARQUET_VERSION v2, ROW_GROUP_SIZE {ROW_GROUP}"


def month(number: int) -> tuple[str, str]:
    """First and last day of the month `number`, counted from 0."""
    first = dt.date(2023 + number // 12, 1 + number % 12, 1)
    return str(first), str((first + dt.timedelta(31)).replace(day=1) - dt.timedelta(1))


def write_wide(folder: str, rows: int) -> dict[str, list[str]]:
    """The same rows thrice: in any order, sorted by day, and a file a month. Returns the paths below `folder` of each."""
    months = [f"parts/month={month(number)[0][:7]}/part-0000.parquet" for number in range(MONTHS)]
    with duckdb.connect() as db:
        db.execute(f"CREATE TABLE wide AS SELECT {', '.join(columns())} FROM range({rows}) AS numbers(i)")
        db.execute(f"COPY wide TO '{folder}/random.parquet' ({OPTIONS})")
        db.execute(f"COPY (FROM wide ORDER BY d1) TO '{folder}/sorted.parquet' ({OPTIONS})")
        for number, path in enumerate(months):
            Path(folder, path).parent.mkdir(parents=True)
            first, last = month(number)
            part = f"FROM '{folder}/sorted.parquet' WHERE d1 BETWEEN '{first}' AND '{last}'"
            db.execute(f"COPY ({part}) TO '{folder}/{path}' ({OPTIONS})")
    return {"random": ["random.parquet"], "sorted": ["sorted.parquet"], "parts": months}


def columns() -> list[str]:
    """SQL of the 50 columns over the row number `i`. Hashes stand for chance, so that every run has the same rows."""
    day = f"DATE '{FIRST_DAY}' + ({below('d1', DAYS)})::INTEGER"
    made = {
        "d1": day,
        "d2": f"({day})::TIMESTAMP + to_microseconds(({below('d2', 86_400_000_000)})::BIGINT)",
        "d3": f"{day} + ({below('d3', 60)})::INTEGER",
    }
    for number in range(10):
        made[f"i{number}"] = with_nulls(f"i{number}", f"({below(f'i{number}', 10 ** (2 + number % 7))})::BIGINT", 7)
    for number in range(15):
        made[f"f{number}"] = with_nulls(f"f{number}", (skewed if number % 2 else normal)(f"f{number}"), 10)
    made["cat"], made["region"] = label("cat", CATEGORIES), label("region", REGIONS)
    for number in range(2, 15):
        made[f"s{number}"] = with_nulls(f"s{number}", label(f"s{number}", LABELS[number % len(LABELS)]), 10)
    for number in range(5):
        made[f"h{number}"] = f"'k{number}-' || ({below(f'h{number}', 10 ** (5 + number % 3))})"
    for number in range(2):
        made[f"b{number}"] = f"{below(f'b{number}', 10)} < 3"
    return [f"{value} AS {name}" for name, value in made.items()]


def below(name: str, most: int) -> str:
    return f"hash(i, '{name}') % {most}"


def chance(name: str) -> str:
    """Over 0 and at most 1."""
    return f"((hash(i, '{name}') >> 11) + 1) / 9007199254740992.0"


def normal(name: str) -> str:
    return f"100 * sqrt(-2 * ln({chance(name)})) * cos(2 * pi() * {chance(f'{name} angle')})"


def skewed(name: str) -> str:
    """To two places, like prices."""
    return f"round(-50 * ln({chance(name)} * {chance(f'{name} more')}), 2)"


def label(name: str, count: int) -> str:
    return f"format('{name}_{{:02d}}', {below(name, count)})"


def with_nulls(name: str, value: str, first: int) -> str:
    """One value in twenty is missing in the columns of a kind from number `first` on."""
    return f"CASE WHEN {below(f'{name} null', 20)} > 0 THEN {value} END" if int(name[1:]) >= first else value

"""Loads the CSV corpus: NAME.csv (or a recipe in NAME.json when it is big) and NAME.json, what the importer must make of it.

{options, encoding, delimiter, columns: [{name, type}], rows | rowCount, rejects: [{line, reason}], blankLines}, or
{options, error: {code}}. Values: int64 as decimal text, float64 as a number, bool, date 2024-01-05, datetime
2024-01-05T10:00:00[.ffffff], datetime_utc the same with Z, string, null. `recipe`: [[text, times], ...], joined, as UTF-8.
"""

import json
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent.parent / "fixtures" / "csv"
OPTION_NAMES = {"header": "hasHeader", "skip": "skipRows", "nulls": "nullValues"}


class Case(NamedTuple):
    name: str
    data: bytes
    options: dict
    expected: dict


def case_names() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.json"))


def load_case(name: str) -> Case:
    expected = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    if "recipe" in expected:
        data = "".join(text * times for text, times in expected["recipe"]).encode()
    else:
        data = (FOLDER / f"{name}.csv").read_bytes()
    options = {OPTION_NAMES.get(key, key): value for key, value in expected["options"].items()}
    return Case(name, data, options, expected)

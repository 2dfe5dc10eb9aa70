"""The importer's contract: each case of the corpus, exactly."""

import pytest

from cardinal_executor.importer import ImportFailed

from .corpus import case_names, load_case

MOST_ROWS_COMPARED = 5000


@pytest.mark.parametrize("name", case_names())
def test_corpus_case_is_imported_or_refused_as_agreed(importing, name):
    case = load_case(name)
    if "error" in case.expected:
        with pytest.raises(ImportFailed) as failed:
            importing(case.data, **case.options)
        assert failed.value.code == case.expected["error"]["code"]
        return

    manifest = importing(case.data, **case.options)

    expected = {key: value for key, value in case.expected.items() if key not in ("options", "recipe")}
    found = {
        "encoding": manifest["encoding"],
        "delimiter": manifest["delimiter"],
        "columns": [
            {"name": column["name"], "type": column["type"] + ("_utc" if column["zoned"] else "")}
            for column in (manifest["columns"] if expected["columns"] else [])
        ],
        "rows": importing.rows() if manifest["rows"] < MOST_ROWS_COMPARED else None,
        "rowCount": manifest["rows"],
        "rejects": [{"line": reject["line"], "reason": reject["reason"]} for reject in manifest["rejects"]],
        "blankLines": manifest["blankLines"],
    }
    # repr tells 1 from 1.0 and -0.0 from 0.0, which == does not.
    assert {key: repr(found[key]) for key in expected} == {key: repr(value) for key, value in expected.items()}


def test_the_corpus_is_complete():
    assert len(case_names()) == 118

"""How a typed cell is written for people, in preview and examples. Knows nothing of files."""

from .rules import BLANKS, BOOLS, cell_class, classes_of, parse_date, parse_instant, parse_wall


def display(text: str, kind: str, zoned: bool, nulls: tuple[str, ...], misfits_become_null: bool = False) -> str | None:
    """None for a null; days and times as ISO 8601, instants in UTC with Z; a cell that the type does not fit as it stands."""
    if kind == "string":
        return None if text in nulls else text
    found = cell_class(text, nulls)
    if found is None:
        return None
    if not found & classes_of(kind, zoned):
        return None if misfits_become_null else text
    bare = text.strip(BLANKS)
    if kind == "float64":
        return repr(float(bare))
    if kind == "bool":
        return "true" if BOOLS[bare.lower()] else "false"
    if kind == "date":
        return parse_date(bare).isoformat()
    if kind == "datetime":
        return parse_instant(bare).isoformat() + "Z" if zoned else parse_wall(bare).isoformat()
    return bare

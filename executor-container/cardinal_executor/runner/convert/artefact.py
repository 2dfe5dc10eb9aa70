"""What a converter makes.  HTML made here uses these classes, which the card frame's stylesheet dresses:

.c-number .c-number-label .c-number-value .c-number-note                  a big number
.c-number-delta (.good .bad) in the note, svg.c-number-trend              its change, and the way there
table.c-table, td.num and th.num (numbers, right aligned)                 a table
.c-more                                                                   "1,000 of 12,345 rows" under a table
svg.c-figure                                                              a picture; text and axes in currentColor"""

from dataclasses import dataclass, field


class InvalidResult(Exception):
    """The card returned something that has no converter."""


@dataclass(frozen=True)
class Artefact:
    """`body`: HTML for kinds html and script, a JSON text for figure.  `height` in CSS pixels, where it can be known."""

    kind: str
    body: str
    libs: tuple[str, ...] = ()
    height: int | None = None
    warnings: tuple[str, ...] = field(default=())
    filter_applicable: list[str] | None = None

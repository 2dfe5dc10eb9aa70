"""HTML of the author's own: strings, HTMLResult, and objects that know their own HTML or SVG."""

from collections.abc import Sequence
from html.parser import HTMLParser
from typing import Any

from .artefact import Artefact, InvalidResult

SCRIPTS_REMOVED = (
    "The HTML contains scripts, which do not run in this card. "
    "Turn on scripts for the card, or return the figure itself."
)

# In characters: the most that the protocol lets anybody ask for. What is longer is refused for its size, unread.
LONGEST_RESULT = 64_000_000


class HTMLResult:
    """What a card may return to say more than its HTML.

    `used_columns` is accepted for code written for other installations; what a card reads is observed, not declared."""

    def __init__(
        self, html: str, used_columns: Sequence[str] | None = None, filter_applicable: Sequence[str] | None = None
    ) -> None:
        self.html = html
        self.used_columns = list(used_columns or [])
        self.filter_applicable = None if filter_applicable is None else list(filter_applicable)


class _ScriptFinder(HTMLParser):
    """Looks for anything a browser would run.  It only decides on a warning and a kind of frame; the frame is what stops scripts."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found = False

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        urls = ((value or "").strip().lower() for name, value in attributes if name in ("href", "src", "action"))
        runs = any(name.startswith("on") for name, _ in attributes) or any(u.startswith("javascript:") for u in urls)
        self.found = self.found or tag == "script" or runs


def has_scripts(text: str) -> bool:
    lowered = text.lower()
    if "<script" not in lowered and "on" not in lowered and "javascript:" not in lowered:
        return False
    finder = _ScriptFinder()
    finder.feed(text)
    return finder.found


def artefact_of(text: str, scripts: bool, filter_applicable: list[str] | None = None) -> Artefact:
    """Author's HTML: of kind script only when it has scripts and the card may run them."""
    found = len(text) <= LONGEST_RESULT and has_scripts(text)
    kind = "script" if found and scripts else "html"
    warnings = (SCRIPTS_REMOVED,) if found and not scripts else ()
    return Artefact(kind, text, warnings=warnings, filter_applicable=filter_applicable)


def from_result(value: Any, scripts: bool) -> Artefact | None:
    if isinstance(value, str):
        return artefact_of(value, scripts)
    if not isinstance(value, HTMLResult):
        return None
    if not isinstance(value.html, str):
        raise InvalidResult(f"HTMLResult takes HTML as a string, not {type(value.html).__name__}.")
    declared = None if value.filter_applicable is None else [str(name) for name in value.filter_applicable]
    return artefact_of(value.html, scripts, declared)


def from_repr(value: Any, scripts: bool) -> Artefact | None:
    """Anything with `_repr_html_` or `_repr_svg_`, the notebook's convention."""
    if isinstance(value, type):
        return None
    for name in ("_repr_html_", "_repr_svg_"):
        method = getattr(value, name, None)
        text = method() if callable(method) else None
        if isinstance(text, str):
            return artefact_of(text, scripts)
    return None

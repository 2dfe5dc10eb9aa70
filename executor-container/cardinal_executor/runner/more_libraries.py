"""The libraries that a usual zygote has not imported: a card that reaches for one runs again in a child that has them all.

Importing one here, in the jail, would take a second each time, and it would come without the theme."""

import importlib
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

PACKAGES = frozenset(
    "duckdb matplotlib mpl_toolkits seaborn altair sklearn scipy statsmodels openpyxl great_tables".split()
)

asked: str | None = None  # the module that this run has reached for


class NeedsMore(BaseException):
    """Not an Exception, so that `except ImportError` in a card or a library does not hide it."""


class _Refusal(MetaPathFinder):
    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        global asked
        if name.partition(".")[0] not in PACKAGES:
            return None
        asked = asked or name
        raise NeedsMore(name)


class _Late(ModuleType):
    """Stands for a module that a card may name without importing it."""

    def __getattr__(self, name: str) -> Any:
        return getattr(importlib.import_module(self.__name__), name)


def refuse() -> None:
    """From here on importing one of PACKAGES raises NeedsMore.  Called once, in the zygote."""
    sys.meta_path.insert(0, _Refusal())


def module(name: str) -> ModuleType:
    """The module if it is imported, else something that reaches for it when it is used."""
    return sys.modules.get(name) or _Late(name)

"""Read less without ever being wrong.

A narrow run gets `Narrow`: a DataFrame with only the columns that the code names.  Whatever the answer of which could depend on the
absent columns raises NeedsAll, and says so in `asked` should the card swallow it.  What is not listed as safe is not answered.  The
run is then repeated with the complete frame: slower at worst, never different."""

import ast
import re
import sys
from collections.abc import Iterable
from typing import Any

import pandas as pd
from pandas.core.groupby import DataFrameGroupBy

asked: str | None = None  # why this run cannot be narrow


class NeedsAll(BaseException):
    """Not an Exception, so that `except Exception` in a card does not hide it."""


def mentioned(code: str, names: Iterable[str]) -> list[str]:
    """The `names` that `code` mentions: in strings (SQL and query text too), attributes and keyword names.  SyntaxError."""
    words: set[str] = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            words |= {node.value, *re.findall(r"\w+", node.value)}
        elif isinstance(node, ast.Attribute):
            words.add(node.attr)
        elif isinstance(node, ast.keyword) and node.arg:
            words.add(node.arg)
    return [name for name in names if name in words or (not name.isidentifier() and any(name in w for w in words))]


def narrow(frame: pd.DataFrame, schema: list[str]) -> pd.DataFrame:
    """`frame` holds some columns of `schema`; it comes back as it is when it holds all of them."""
    absent = tuple(name for name in schema if name not in frame.columns)
    if not absent:
        return frame
    guarded = Narrow(frame)
    guarded._absent = absent
    return guarded


def stop(why: object) -> None:
    global asked
    asked = asked or str(why)
    raise NeedsAll(why)


def door(depth: int = 2) -> str | None:
    """Through which pandas function did this access come?

    None: the card, or a library that is not pandas.  "": this module.  Else the name of the pandas function the card called:
    pd.get_dummies(df) reads the frame from inside pandas, though not through a method of the frame."""
    frame, name = sys._getframe(depth), None
    while frame is not None:
        module = frame.f_globals.get("__name__", "")
        if not module.startswith("pandas."):
            return "" if module == __name__ else name
        if module != "pandas.util._decorators":
            name = frame.f_code.co_name
        frame = frame.f_back
    return name


def _are_labels(key: Any) -> bool:
    return isinstance(key, str) or (isinstance(key, list) and bool(key) and all(isinstance(item, str) for item in key))


def _are_rows(key: Any) -> bool:
    return isinstance(key, slice) or (getattr(key, "ndim", 0) == 1 and not isinstance(key, pd.Index))


def _plain(value: Any) -> Any:
    return pd.DataFrame(value) if isinstance(value, pd.DataFrame) else value


class Rows:
    """df.loc and df.iloc as the card sees them: rows alone, or rows and named columns."""

    def __init__(self, frame: "Narrow", how: str) -> None:
        self.frame, self.how = frame, how

    def __getitem__(self, key: Any) -> Any:
        get = getattr(pd.DataFrame, self.how).fget(self.frame).__getitem__
        names_columns = isinstance(key, tuple) and len(key) == 2 and _are_rows(key[0]) and _are_labels(key[1])
        if names_columns and self.how == "loc":
            return _plain(get(key))
        if _are_rows(key):
            return get(key)
        return stop(f".{self.how}[{type(key).__name__}]")

    def __setitem__(self, key: Any, value: Any) -> None:
        stop(f".{self.how}[] =")


class Groups(DataFrameGroupBy):
    """groupby of a narrow frame: its columns must be named before anything is computed."""

    SAFE = frozenset({"size", "ngroups", "ngroup", "cumcount", "agg", "aggregate"})

    def __getattribute__(self, name: str) -> Any:
        public = not name.startswith("_") and name not in Groups.SAFE
        if public and door() is None and name not in object.__getattribute__(self, "obj"):
            stop(f"groupby.{name}")
        return super().__getattribute__(name)

    def __getitem__(self, key: Any) -> Any:
        if not _are_labels(key):
            stop("groupby[]")
        group = super().__getitem__(key)
        group.obj = _plain(group.obj)
        return group

    def agg(self, func: Any = None, *args: Any, **named: Any) -> Any:
        by_name = func is None and named and all(isinstance(value, tuple) for value in named.values())
        if not (isinstance(func, dict) or by_name):
            stop("groupby.agg over all columns")
        return _plain(super().agg(func, *args, **named))

    aggregate = agg

    def __iter__(self) -> Any:
        stop("iteration over groups")


class Narrow(pd.DataFrame):
    """A frame that knows which columns it lacks."""

    # Row-wise, or naming their columns: the same rows and values come out whatever else the frame holds.
    METHODS = frozenset("head tail query assign copy sort_values nlargest nsmallest pipe groupby pivot_table".split())
    OPEN = METHODS | {"index", "_absent", "__class__"}
    DOORS = METHODS | Groups.SAFE | {"", "__getitem__", "__setitem__", "__getattr__", "__len__", "__setattr__"}
    _metadata = ["_absent"]  # noqa: RUF012 - pandas' own protocol: attributes that derived frames inherit
    _absent: tuple[str, ...] = ()

    @property
    def _constructor(self) -> type["Narrow"]:
        return Narrow

    def __getattribute__(self, name: str) -> Any:
        through = door()
        if through is None:
            if name in ("loc", "iloc"):
                return Rows(self, name)
            if name in object.__getattribute__(self, "_absent"):
                stop(f"column {name}")
            is_column = name in object.__getattribute__(self, "_mgr").items
            if not is_column and name not in Narrow.OPEN and not name.startswith("__"):
                stop(f".{name}")
        elif through not in Narrow.DOORS:
            stop(f"{through}()")
        return super().__getattribute__(name)

    def __getitem__(self, key: Any) -> Any:
        if door() is not None:
            return super().__getitem__(key)
        if _are_labels(key):
            missing = [name for name in ([key] if isinstance(key, str) else key) if name not in self._mgr.items]
            if missing:
                stop(f"column {missing[0]}")
            return _plain(super().__getitem__(key))
        if _are_rows(key):
            return super().__getitem__(key)
        return stop(f"[{type(key).__name__}]")

    def __contains__(self, key: Any) -> bool:
        return super().__contains__(key) or key in self._absent

    def groupby(self, by: Any = None, *args: Any, **named: Any) -> Any:
        group = super().groupby(by, *args, **named)
        if isinstance(group, DataFrameGroupBy):
            group.__class__ = Groups
        return group

    def pivot_table(self, values: Any = None, index: Any = None, columns: Any = None, **named: Any) -> Any:
        if not _are_labels(values):
            stop("pivot_table without values")
        return _plain(_plain(self).pivot_table(values=values, index=index, columns=columns, **named))


# Operators, iteration, __array__, __arrow_c_stream__, str() … are found on the type, past __getattribute__: each gets a gate.
_UNGATED = frozenset(
    """__init__ __new__ __class__ __getattr__ __getattribute__ __setattr__ __delattr__ __getitem__ __setitem__ __len__
    __contains__ __finalize__ __init_subclass__ __subclasshook__ __hash__ __doc__ __dict__ __weakref__ __module__
    __annotations__""".split()
)


def _gate(name: str, method: Any) -> Any:
    def gated(self: Narrow, *args: Any, **named: Any) -> Any:
        if door() is None:
            stop(name)
        return method(self, *args, **named)

    return gated


for _name in dir(pd.DataFrame):
    _method = getattr(pd.DataFrame, _name)
    if _name.startswith("__") and _name not in _UNGATED and callable(_method):
        setattr(Narrow, _name, _gate(_name, _method))

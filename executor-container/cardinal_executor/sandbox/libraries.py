"""What is imported, and first used, once in a zygote so that no child pays for it.

There are two sets, each with a zygote of its own: what most cards use, and everything.  A fork and its end cost in proportion to
what is mapped, and everything is three times the usual.  A usual child that reaches for more says so (runner/more_libraries), and
its card runs again with everything.

Import everything, use little: polars, DuckDB's default connection and OpenMP hang for ever in a forked child when their thread
pools were used before the fork.  What is used here owns no pool; a spare child warms the rest up itself, inside the jail."""

import importlib
import io
import logging
import re
from typing import Any

USUAL = (
    "numpy",
    "pandas",
    "pandas.io.formats.style",
    "pyarrow",
    "pyarrow.parquet",
    "pyarrow.compute",
    "pyarrow.dataset",
    "pyarrow.acero",
    "polars",
    "pytz",
    "plotly.express",
    "plotly.graph_objects",
    "plotly.io",
    "statistics",
    "jinja2",
    "asyncio",
    "concurrent.futures.thread",
    "encodings.idna",
    "zoneinfo",
    "html.parser",
    "uuid",
    "cardinal_executor.runner.run",
    "cardinal_executor.runner.warm",
)
MORE = (
    "duckdb",
    "plotly.figure_factory",
    "matplotlib.pyplot",
    "matplotlib.backends.backend_svg",
    "seaborn",
    "altair",
    "sklearn.linear_model",
    "sklearn.ensemble",
    "sklearn.cluster",
    "sklearn.preprocessing",
    "sklearn.pipeline",
    "scipy.stats",
    "scipy.optimize",
    "statsmodels.api",
    "openpyxl",
    "great_tables",
    "cardinal_executor.runner.convert.pictures",
    "cardinal_executor.runner.heavy",
    "cardinal_executor.runner.transform",
    "cardinal_executor.importer",
)

# Words of a card's code that make a reach for more likely: the packages, their short names, and what pandas and plotly do with them.
HINTS = frozenset(
    """duckdb matplotlib mpl_toolkits plt seaborn sns altair alt sklearn scipy statsmodels openpyxl great_tables
    figure_factory plot hist boxplot background_gradient text_gradient read_excel to_excel interpolate kendall trendline""".split()
)


def likely_needs_more(code: str) -> bool:
    """A guess from the words of `code`, for the choice of a zygote.  A wrong one costs time and changes no result."""
    return not HINTS.isdisjoint(re.findall(r"[A-Za-z_]\w*", code))


def preload(everything: bool) -> None:
    """Imports the libraries and our own runner, and uses each once.  Takes seconds; needs the jail's root in place."""
    for name in (*USUAL, *(MORE if everything else ())):
        importlib.import_module(name)
    from cardinal_executor.runner import more_libraries, theme

    theme.apply()
    _use_the_usual()
    if everything:
        _use_more()
    else:
        more_libraries.refuse()


def _use_the_usual() -> None:
    """Fills the caches that first use fills: templates, code paths.  Numbers, tables and figures; no thread pools."""
    import plotly.express as px
    import pyarrow as pa

    from cardinal_executor.runner import frames

    frame = frames.to_pandas(pa.Table.from_pandas(_sample()), [{"name": name} for name in "abc"])
    summed = frame.groupby("a").b.sum().reset_index().merge(frame, on="a")
    summed.pivot_table(index="a", columns="c", values="b_x").to_html()
    frame.style.format(precision=1).to_html()
    px.bar(frame, x="a", y="b").to_json()


def _use_more() -> None:
    """Fonts and their caches, and the way to a picture."""
    import altair as alt
    import matplotlib.pyplot as plt
    import seaborn as sns

    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    frame = _sample()
    figure, axes = plt.subplots()
    sns.barplot(frame, x="a", y="b", ax=axes)
    figure.savefig(io.BytesIO(), format="png")
    figure.savefig(io.StringIO(), format="svg")
    plt.close("all")
    alt.Chart(frame).mark_bar().encode(x="a", y="b").to_dict()


def _sample() -> Any:
    import pandas as pd

    days = pd.to_datetime(["2024-01-01", "2024-01-02", "2024-02-01"])
    return pd.DataFrame({"a": ["x", "y", "x"], "b": [1, 2, 3], "c": days})

"""What is imported, and first used, once in the zygote so that no child pays for it.

Import everything, use little: polars, DuckDB's default connection and OpenMP hang for ever in a forked child when their thread
pools were used before the fork.  What is used here owns no pool; a spare child warms the rest up itself, inside the jail."""

import importlib
import io
import logging

LIBRARIES = (
    "numpy",
    "pandas",
    "pandas.io.formats.style",
    "pyarrow",
    "pyarrow.parquet",
    "pyarrow.compute",
    "pyarrow.dataset",
    "pyarrow.acero",
    "polars",
    "duckdb",
    "pytz",
    "plotly.express",
    "plotly.graph_objects",
    "plotly.figure_factory",
    "plotly.io",
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
    "statistics",
    "jinja2",
    "openpyxl",
    "great_tables",
    "asyncio",
    "concurrent.futures.thread",
    "encodings.idna",
    "zoneinfo",
    "html.parser",
    "uuid",
)


def preload() -> None:
    """Imports the libraries and our own runner, and uses each once.  Takes seconds; needs the jail's root in place."""
    for name in LIBRARIES:
        importlib.import_module(name)
    for name in ("runner.run", "runner.warm", "runner.heavy", "importer"):
        importlib.import_module(f"cardinal_executor.{name}")
    use_once()


def use_once() -> None:
    """Fills the caches that first use fills: fonts, templates, code paths.  Numbers, tables and pictures; no thread pools."""
    import altair as alt
    import matplotlib.pyplot as plt
    import pandas as pd
    import plotly.express as px
    import seaborn as sns

    from cardinal_executor.runner import theme

    theme.apply()
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    days = pd.to_datetime(["2024-01-01", "2024-01-02", "2024-02-01"])
    frame = pd.DataFrame({"a": ["x", "y", "x"], "b": [1, 2, 3], "c": days})
    summed = frame.groupby("a").b.sum().reset_index().merge(frame, on="a")
    summed.pivot_table(index="a", columns="c", values="b_x").to_html()
    frame.style.format(precision=1).to_html()
    figure, axes = plt.subplots()
    sns.barplot(frame, x="a", y="b", ax=axes)
    figure.savefig(io.BytesIO(), format="png")
    figure.savefig(io.StringIO(), format="svg")
    plt.close("all")
    px.bar(frame, x="a", y="b").to_json()
    alt.Chart(frame).mark_bar().encode(x="a", y="b").to_dict()

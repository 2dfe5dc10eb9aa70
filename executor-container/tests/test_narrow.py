"""A narrowed frame may be slower, never wrong: every program gives what the complete frame gives, or asks for all columns."""

import warnings
from typing import Any

import duckdb
import matplotlib
import numpy as np
import pandas as pd
import plotly.express as px
import polars as pl
import pytest
import seaborn as sns

from cardinal_executor.runner import narrow

matplotlib.use("Agg")
ROWS = 2000
chance = np.random.default_rng(0)
FULL = pd.DataFrame(
    {
        "cat": chance.choice(list("abcd"), ROWS),
        "region": chance.choice(["n", "s"], ROWS),
        "d": pd.Timestamp("2024-01-01") + pd.to_timedelta(chance.integers(0, 300, ROWS), "D"),
        "v": chance.normal(size=ROWS).round(3),
        "w": np.where(chance.random(ROWS) < 0.1, np.nan, chance.random(ROWS)),
        "id": np.arange(ROWS) // 3,
        "extra": chance.random(ROWS),
    }
)

# what people write: a narrow frame must answer these itself
ANSWERED = [
    'df.groupby("cat")["v"].sum().to_frame().to_html()',
    'df.groupby(["cat","region"])[["v"]].mean().unstack().to_html()',
    'df.groupby("region").agg({"v":"sum"}).to_html()',
    'df.groupby("region").agg(n=("v","count"), s=("v","sum")).reset_index().to_html()',
    'df[df.cat == "a"].groupby("region").v.sum().to_frame().to_html()',
    'df[df["v"] > 0].query("region == \'n\'").sort_values("v").head(5)[["cat","v"]].to_html()',
    'df.query("v > 0 and cat == \'b\'")["v"].describe().to_frame().to_html()',
    'df.assign(m=df["d"].dt.strftime("%Y-%m")).pivot_table(index="m", columns="cat", values="v", aggfunc="sum").to_html()',
    'df.assign(z=lambda d: d.v * 2).nlargest(5, "z")[["cat","z"]].to_html()',
    'df.loc[df.region == "s", ["cat","v"]].sum().to_frame().to_html()',
    'df.loc[df.region == "s"].groupby("cat").size().to_frame().to_html()',
    'df.loc[df.v > 1, "cat"].value_counts().to_frame().to_html()',
    "f\"<b>{len(df)}</b> {df.v.mean():.3f} {df['cat'].nunique()}\"",
    'pd.crosstab(df["cat"], df.region).to_html()',
    'df[["cat","v"]].merge(df[["cat","region"]].drop_duplicates(), on="cat").describe().to_html()',
    'duckdb.connect(config={"threads":1}).register("t", df[["cat","v"]]).sql("select cat, sum(v) s from t group by 1 order by 1").df().to_html()',
    'px.bar(df[["cat","v"]].groupby("cat", as_index=False).sum(), x="cat", y="v").to_json()',
    'pl.from_pandas(df[["cat","v"]]).group_by("cat").agg(pl.col("v").sum()).sort("cat").to_pandas().to_html()',
    '(df["v"] if "extra_x" not in df else df["w"]).sum().__str__()',
    "df.set_index if False else df.index.size.__str__() + str(df.v.size)",
]

# what depends on columns that the code does not name
ASKS = [
    "df.to_html()",
    "df.head().to_html()",
    "str(df.shape) + str(df.v.sum())",
    "str(list(df.columns)) + df.cat.iloc[0]",
    "df.describe().to_html()",
    "str(len(df.dropna())) + df.cat.iloc[0]",
    "str(len(df.drop_duplicates())) + df.cat.iloc[0]",
    'df.groupby("cat").mean(numeric_only=True).to_html()',
    'df.groupby("cat").agg("max").to_html()',
    '"".join(str(len(g.dropna())) for _, g in df.groupby("cat"))',
    'df.groupby("cat").apply(lambda g: g.v.sum()).to_frame().to_html()',
    'df.merge(df[["cat"]].drop_duplicates(), on="cat").to_html()[:9000]',
    "str([x for x in df]) + df.cat.iloc[0]",
    "str(df.iloc[0].to_dict()) + df.cat.iloc[0]",
    "str(df.iloc[:, 3].sum()) + df.cat.iloc[0]",
    'df.loc[:, (df.dtypes == "float64").values].sum().to_frame().to_html()',
    'str(np.asarray(df[df.cat=="a"]).shape)',
    "f\"{df[df.cat=='a']}\"",
    'df.select_dtypes("number").sum().to_frame().to_html() + df.cat.iloc[0]',
    'str(df["w"].sum() if "extra" in df else 0) if "ex" + "tra" in df.columns else df.cat.iloc[0]',
    'str(df["ext" + "ra"].sum()) + df.cat.iloc[0]',
    'str(getattr(df, "ex" + "tra").sum()) + df.cat.iloc[0]',
    'duckdb.connect(config={"threads":1}).register("t", df).sql("describe t").df().to_html() + df.cat.iloc[0]',
    "pl.from_pandas(df).describe().to_pandas().to_html() + df.cat.iloc[0]",
    "px.scatter_matrix(df).to_json()[:2000] + df.cat.iloc[0]",
    "str((df == df).sum().sum()) + df.cat.iloc[0]",
    "str(df.isna().sum().sum()) + df.cat.iloc[0]",
    'df.drop(columns=["cat"]).to_html()[:5000]',
    "str(df.memory_usage().size) + df.cat.iloc[0]",
    "pd.concat([df, df]).to_html()[:3000] + df.cat.iloc[0]",
    'pd.melt(df, id_vars="cat").to_html()[:3000]',
    'pd.merge(df, df, on="id").to_html()[:3000] + df.cat.iloc[0]',
    "str(pd.DataFrame(df).shape) + df.cat.iloc[0]",
    "str(df.copy().values.shape) + df.cat.iloc[0]",
    "sns.pairplot(df[:50]).data.to_html() + df.cat.iloc[0]",
    "pd.DataFrame(df[df.v > 0]).to_html()[:500] + df.cat.iloc[0]",
    "pd.get_dummies(df).max().to_frame().to_html() + df.cat.iloc[0]",
    "str(pd.isna(df).sum().sum()) + df.cat.iloc[0]",
    "swallow(df)",
]


def swallow(df: pd.DataFrame) -> str:
    try:
        return str(df.shape)
    except BaseException:
        return df.cat.iloc[0] + "swallowed"


SCOPE = {
    "pd": pd,
    "np": np,
    "pl": pl,
    "duckdb": duckdb,
    "px": px,
    "sns": sns,
    "swallow": swallow,
    "__name__": "__card__",
}


def narrow_run(program: str) -> tuple[Any, str | None]:
    """What the narrow run said, and why it asked for all columns, if it did."""
    narrow.asked = None
    kept = narrow.mentioned(program, list(FULL)) or ["cat"]
    frame = narrow.narrow(FULL[kept].copy(), list(FULL))
    try:
        said = eval(program, {**SCOPE, "df": frame})
    except BaseException as error:
        return None, narrow.asked or repr(error)
    return said, narrow.asked


@pytest.fixture(autouse=True)
def quiet():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@pytest.mark.parametrize("program", ANSWERED)
def test_ordinary_code_is_answered_and_equal(program: str) -> None:
    said, asked = narrow_run(program)
    assert asked is None
    assert said == eval(program, {**SCOPE, "df": FULL.copy()})


@pytest.mark.parametrize("program", ASKS)
def test_code_about_the_whole_frame_asks_for_it(program: str) -> None:
    eval(program, {**SCOPE, "df": FULL.copy()})  # a valid program
    assert narrow_run(program)[1]


def test_there_are_as_many_programs_as_ever() -> None:
    assert len(ANSWERED) + len(ASKS) == 59


def test_a_complete_frame_is_handed_over_as_it_is() -> None:
    assert narrow.narrow(FULL, list(FULL)) is FULL


def test_names_are_found_in_strings_sql_attributes_and_keywords() -> None:
    code = "df.query('a > 1').assign(b=1).c; x = 'select \"odd name\" from t'"
    assert narrow.mentioned(code, ["a", "b", "c", "odd name", "rest"]) == ["a", "b", "c", "odd name"]

"""What each kind of result becomes.  In this process: converters need no jail."""

import datetime as dt
import json

import altair as alt
import duckdb
import matplotlib.pyplot as plt
import pandas as pd
import plotly.express as px
import plotly.graph_objects as go
import polars as pl
import pyarrow as pa
import pytest
import seaborn as sns

from cardinal_executor.runner import theme
from cardinal_executor.runner.convert import convert
from cardinal_executor.runner.convert.artefact import Artefact, InvalidResult
from cardinal_executor.runner.convert.html import HTMLResult, has_scripts
from cardinal_executor.runner.convert.number import number

theme.apply()


def html(value: object) -> str:
    artefact = convert(value, scripts=False)
    assert artefact.kind == "html" and artefact.libs == ()
    return artefact.body


def cells(value: object) -> list[str]:
    return [part.split("<")[0] for part in html(value).replace('<td class="num">', "<td>").split("<td>")[1:]]


def test_a_frame_is_a_table_with_scopes_and_numbers_to_the_right() -> None:
    frame = pd.DataFrame({"region": ["APAC", "<b>"], "sales": [1234567, 2024]})
    assert html(frame) == (
        '<table class="c-table"><thead><tr><th scope="col">region</th><th scope="col" class="num">sales</th></tr></thead>'
        '<tbody><tr><td>APAC</td><td class="num">1,234,567</td></tr>'
        '<tr><td>&lt;b&gt;</td><td class="num">2024</td></tr></tbody></table>'
    )


def test_an_index_with_a_meaning_is_shown_as_row_headings() -> None:
    grouped = pd.DataFrame({"cat": ["a", "b"], "v": [1, 2]}).groupby("cat").sum()
    assert '<th scope="col">cat</th>' in html(grouped) and '<th scope="row">a</th>' in html(grouped)


def test_levels_of_columns_share_a_heading() -> None:
    frame = pd.DataFrame([[1, 2, 3]], columns=pd.MultiIndex.from_tuples([("a", "x"), ("a", "y"), ("b", "x")]))
    assert '<th scope="colgroup" colspan="2">a</th><th scope="colgroup" colspan="1">b</th>' in html(frame)


def test_a_table_stops_at_a_thousand_rows_and_says_of_how_many() -> None:
    body = html(pd.DataFrame({"n": range(12_345)}))
    assert body.count("<tr>") == 1001
    assert '<p class="c-more">1,000 of 12,345 rows</p>' in body
    assert "c-more" not in html(pd.DataFrame({"n": range(1000)}))


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ([1.0, 2.0], ["1", "2"]),
        ([1.5, 2], ["1.5", "2.0"]),
        ([0.1 + 0.2, 1], ["0.3", "1.0"]),
        ([1 / 3, 2], ["0.33", "2.00"]),
        ([1 / 3, 0.5], ["0.3333", "0.5000"]),
        ([-12345.5, None], ["−12,345.5", ""]),
        ([float("inf"), 1.0], ["∞", "1"]),
        ([True, False], ["True", "False"]),
        ([None, "x"], ["", "x"]),
        (pd.to_datetime(["2024-01-02", None]), ["2024-01-02", ""]),
        (pd.to_datetime(["2024-01-02 03:04"]), ["2024-01-02 03:04:00"]),
        ([dt.date(2024, 1, 2)], ["2024-01-02"]),
        (pd.array([1, None], "Int64"), ["1", ""]),
    ],
)
def test_cells_of_a_column_are_formatted_alike(values: object, shown: list[str]) -> None:
    assert cells(pd.DataFrame({"c": values})) == shown


@pytest.mark.parametrize(
    "value",
    [
        pl.DataFrame({"n": [1, 2]}),
        pl.LazyFrame({"n": [1, 2]}),
        pl.Series("n", [1, 2]),
        pa.table({"n": [1, 2]}),
        duckdb.connect(config={"threads": 1}).sql("select * from (values (1), (2)) t(n)"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_other_frames_are_the_same_table(value: object) -> None:
    assert html(value) == html(pd.DataFrame({"n": [1, 2]}))


def test_a_series_and_an_empty_frame_are_tables() -> None:
    assert cells(pd.Series([1, 2], name="n")) == ["1", "2"]
    assert html(pd.DataFrame({"a": []})).count("<tr>") == 1


def test_a_caption_comes_from_the_frames_own_title() -> None:
    frame = pd.DataFrame({"a": [1]})
    frame.attrs["title"] = "Sales & more"
    assert "<caption>Sales &amp; more</caption>" in html(frame)


def test_a_styler_keeps_its_own_look() -> None:
    frame = pd.DataFrame({"a": range(2000)})
    body = html(frame.style.background_gradient())
    assert 'class="c-table"' in body and "background-color" in body
    assert "1,000 of 2,000 rows" in body


@pytest.mark.parametrize(
    ("figure", "library"),
    [
        (px.bar(x=["a"], y=[1]), "plotly-basic"),
        (px.line(x=[1], y=[1]), "plotly-basic"),
        (px.pie(values=[1], names=["a"]), "plotly-basic"),
        (px.histogram(x=[1, 2]), "plotly-cartesian"),
        (px.imshow([[1, 2]]), "plotly-cartesian"),
        (go.Figure([go.Bar(), go.Box()]), "plotly-cartesian"),
        (go.Figure(go.Sunburst(labels=["a"], parents=[""])), "plotly-strict"),
        (go.Figure(go.Scattergl(x=[1], y=[1])), "plotly-strict"),
        (go.Figure(), "plotly-basic"),
    ],
)
def test_plotly_is_a_specification_and_the_smallest_bundle(figure: go.Figure, library: str) -> None:
    artefact = convert(figure, scripts=False)
    assert (artefact.kind, artefact.libs) == ("figure", (library,))
    assert set(json.loads(artefact.body)) <= {"data", "layout", "frames"}
    assert "<script" not in artefact.body


def test_figures_take_the_palette_unless_they_bring_their_own() -> None:
    def colour(**more: object) -> str:
        return json.loads(convert(px.bar(x=["a"], y=[1], **more), False).body)["data"][0]["marker"]["color"]

    assert colour() == theme.PALETTE[0]
    assert colour(color_discrete_sequence=["#ff0000"]) == "#ff0000"
    assert json.loads(convert(px.bar(x=["a"], y=[1], height=300), False).body)["layout"]["height"] == 300
    assert convert(px.bar(x=["a"], y=[1], height=300), False).height == 300


def test_altair_is_a_vega_lite_specification_with_its_data() -> None:
    chart = alt.Chart(pd.DataFrame({"a": range(9000)})).mark_point().encode(x="a")
    artefact = convert(chart, scripts=False)
    spec = json.loads(artefact.body)
    assert (artefact.kind, artefact.libs) == ("figure", ("vega",))
    assert len(next(iter(spec["datasets"].values()))) == 9000
    assert spec["config"]["range"]["category"][0] == theme.PALETTE[0]
    assert convert(chart | chart, False).libs == ("vega",)


def test_matplotlib_is_an_svg_of_text_that_follows_the_page() -> None:
    figure, axes = plt.subplots()
    axes.plot([1, 2, 3])
    axes.set_title("売上")
    artefact = convert(figure, scripts=False)
    body = artefact.body
    assert body.startswith("<svg") and 'class="c-figure" role="img"' in body
    assert "売上" in body and "<text" in body  # text, not paths
    assert "currentColor" in body and theme.INK not in body and theme.PALETTE[0].lower() in body
    assert "dc:date" not in body and "#ffffff" not in body
    assert 150 < artefact.height < 400
    assert convert(axes, False).body == body
    plt.close("all")


def test_seaborn_grids_and_arrays_of_axes_are_their_figure() -> None:
    frame = pd.DataFrame({"a": [1, 2, 3], "b": [3, 1, 2], "c": ["x", "y", "x"]})
    for value in (sns.relplot(frame, x="a", y="b"), sns.barplot(frame, x="c", y="a"), plt.subplots(2, 2)[1], plt):
        assert html(value).startswith("<svg")
    plt.close("all")
    with pytest.raises(InvalidResult):
        convert(plt, False)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("<script>x()</script>", True),
        ("<SCRIPT src=x>", True),
        ("<p onclick='x()'>", True),
        ("<a href=' JavaScript:x()'>", True),
        ("<p>on and on</p>", False),
        ("<p>a &lt;script&gt;</p>", False),
        ("<a href='/on'>onclick=</a>", False),
    ],
)
def test_scripts_are_found(text: str, found: bool) -> None:
    assert has_scripts(text) is found
    assert convert(text, scripts=True).kind == ("script" if found else "html")
    assert bool(convert(text, scripts=False).warnings) is found


def test_objects_that_know_their_own_html_or_svg_are_taken_at_their_word() -> None:
    class Svg:
        def _repr_svg_(self) -> str:
            return "<svg/>"

    class Both(Svg):
        def _repr_html_(self) -> str:
            return "<p>"

    assert (html(Svg()), html(Both())) == ("<svg/>", "<p>")
    assert html(HTMLResult("<i>")) == "<i>"


@pytest.mark.parametrize("value", [None, 1, 1.5, True, object(), [], {}, pd.DataFrame, HTMLResult(3), b"bytes"])
def test_anything_else_is_named_and_refused(value: object) -> None:
    with pytest.raises(InvalidResult) as refused:
        convert(value, False)
    assert "HTML" in str(refused.value)


def test_a_height_is_known_for_tables_and_numbers() -> None:
    assert convert(pd.DataFrame({"a": range(10)}), False).height == 10 * 28 + 32
    assert isinstance(convert(number(1), False), Artefact) and convert(number(1), False).height > 0
    assert convert("<p>", False).height is None

"""The image as it is run: these tests are in a second container of it, which shares nothing with the first but its network.

`EXECUTOR_IMAGE_URL` says where the first one listens."""

import importlib.util
import os
import re
import time
import tomllib
from collections.abc import Iterator

import httpx
import pyarrow as pa
import pytest

from support.client import Client
from support.datasets import dataset
from support.range_server import RangeServer

ROOT = "/opt/executor"
START_SECONDS = 120
# Libraries of the executor itself, which no card is meant to use.
OWN = {"fastapi", "uvicorn", "uvloop", "httptools", "pydantic", "pyjwt", "httpx", "prometheus-client"}
# One use of each library that cards may import, by its name on PyPI: an expression that is true.
USES = {
    "pandas": "import pandas as pd; ok = df.groupby('city')['sales'].sum()['東京'] == 4",
    "numpy": "import numpy as np; ok = np.linalg.solve(np.eye(2), np.ones(2)).sum() == 2",
    "polars": "import polars as pl; ok = pl.from_pandas(df).filter(pl.col('sales') > 1).height == 2",
    "pyarrow": "import pyarrow.compute as pc, pyarrow as pa; ok = pc.sum(pa.array([1, 2])).as_py() == 3",
    "duckdb": "import duckdb; ok = duckdb.connect().sql('select sum(i) from range(4) t(i)').fetchone() == (6,)",
    "plotly": "import plotly.express as px; ok = 'data' in px.bar(df, x='city', y='sales').to_plotly_json()",
    "altair": "import altair as alt; ok = alt.Chart(df).mark_bar().encode(x='city', y='sales').to_dict()['mark']",
    "matplotlib": "import matplotlib.pyplot as plt; ok = plt.subplots()[1].plot([1, 2])",
    "seaborn": "import seaborn as sns; ok = sns.barplot(df, x='city', y='sales').patches",
    "scikit-learn": "from sklearn.linear_model import LinearRegression as L; ok = L().fit([[1], [2]], [1, 2]).coef_ > 0.9",
    "scipy": "from scipy import stats; ok = stats.linregress([1, 2, 3], [2, 4, 6]).slope > 1.9",
    "statsmodels": "import statsmodels.api as sm; ok = sm.OLS([1, 2, 3.1], [1, 2, 3]).fit().params[0] > 0.9",
    "jinja2": "import jinja2; ok = jinja2.Template('{{ a }}').render(a=1) == '1'",
    "openpyxl": "import openpyxl, io; ok = openpyxl.Workbook().active.title",
    "great-tables": "import great_tables; ok = '東京' in great_tables.GT(df).as_raw_html()",
    "pytz": "import pytz; ok = pytz.timezone('Asia/Tokyo').zone == 'Asia/Tokyo'",
}
NO_GLYPH_MISSING = """
import io, warnings
def render(df, f, p):
    warnings.simplefilter("error")  # a missing glyph is a warning
    figure, axes = plt.subplots()
    axes.bar(df["city"], df["sales"])
    axes.set_title("売上の推移 ー ひらがな・カタカナ・漢字")
    figure.savefig(io.BytesIO(), format="png")
    return figure
"""


@pytest.fixture(scope="module")
def image() -> Iterator[Client]:
    client = Client(os.environ["EXECUTOR_IMAGE_URL"])
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            client.health()
            break
        except httpx.TransportError:
            time.sleep(0.2)
    yield client
    client.http.close()


@pytest.fixture(scope="module")
def sales() -> Iterator[dict]:
    table = pa.table({"city": ["東京", "大阪", "東京"], "sales": [1, 2, 3]})
    with RangeServer() as storage:
        yield dataset(storage, "sales", table)


def status() -> dict[str, str]:
    with open("/proc/self/status") as file:
        return dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)


def test_it_serves_at_the_level_that_the_worker_asks_for(image: Client) -> None:
    health = image.health()
    assert health["level"] >= 2
    assert health["tier"] in ("seccomp", "userns")
    assert health["outer"] == "container"


def test_every_library_of_cards_is_tried() -> None:
    with open(f"{ROOT}/pyproject.toml", "rb") as file:
        named = tomllib.load(file)["project"]["dependencies"]
    assert {re.split("[=<>]", name)[0] for name in named} - OWN == set(USES)


@pytest.mark.parametrize("library", USES)
def test_a_card_uses(image: Client, sales: dict, library: str) -> None:
    code = f"def render(df, f, p):\n    {USES[library]}\n    return 'works' if ok else 'is wrong'"
    answer = image.render(code, datasets=[sales])
    assert answer.get("body") == "works", answer


def test_a_figure_has_a_glyph_for_every_japanese_character(image: Client, sales: dict) -> None:
    answer = image.render(NO_GLYPH_MISSING, datasets=[sales])
    assert answer["status"] == "ok", answer
    assert "売上の推移 ー ひらがな・カタカナ・漢字" in answer["body"] and "東京" in answer["body"]


def test_it_is_nobody_in_particular_and_can_become_nobody_else() -> None:
    told = status()
    assert os.getuid() == os.getgid() == 10001
    assert {int(told[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {0}
    assert told["NoNewPrivs"].strip() == "1"


@pytest.mark.parametrize("folder", ["/", "/opt/executor", "/opt/venv", "/usr/bin", "/etc", "/var"])
def test_nothing_can_be_written_to(folder: str) -> None:
    with pytest.raises(OSError):
        os.mkdir(os.path.join(folder, "made"))


def test_it_has_no_network_but_its_own() -> None:
    with open("/proc/net/dev") as file:
        interfaces = [line.split(":")[0].strip() for line in file if ":" in line]
    assert interfaces == ["lo"]


@pytest.mark.parametrize("name", ["pip", "setuptools", "ruff"])
def test_no_tool_is_shipped(name: str) -> None:
    assert importlib.util.find_spec(name) is None


def test_pytest_is_no_part_of_the_image() -> None:
    assert not pytest.__file__.startswith("/opt/venv")

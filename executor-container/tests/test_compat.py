"""Ordinary card code must still work inside the jail: what people do with the libraries they were promised, and our own templates.

In the tiers of support/chosen_tiers.py.  Each program runs twice: equal input gives equal bytes."""

import datetime as dt
import glob
import os
import random
from collections.abc import Iterator

import pyarrow as pa
import pytest

from cardinal_executor.sandbox.tiers import TIERS
from support.chosen_tiers import Hosted, chosen_tiers, hosted
from support.datasets import dataset
from support.range_server import RangeServer

CARD = "def render(df, f, p):\n "
# asyncio needs a socket pair, which no tier allows; without a mount namespace there is no folder for temporary files
REFUSED = {"asyncio_run"}
NEEDS_FILES = {"tempfile_work", "excel_in_memory"}
# these tell the time, or ask the system for chance
NEVER_TWICE = {"tz_dates", "stdlib_mix"}
TEMPLATES = sorted(glob.glob(os.path.join(os.path.dirname(os.path.abspath(__file__)), "fixtures", "templates", "*.py")))
LIMITS = {"wallMs": 60_000}

JAPANESE = "地域別の売上高（前年比）ぁァ漢字"
FIGURES = {
    "matplotlib": f"fig,ax=plt.subplots(); ax.bar(['東京','大阪'],[1,2]); ax.set_title('{JAPANESE}'); return fig",
    "seaborn": f"ax=sns.barplot(df.head(50),x='region',y='v'); ax.set_title('{JAPANESE}'); return ax",
    "pandas": f"ax=df.groupby('region').v.sum().plot.bar(); ax.set_title('{JAPANESE}'); return ax",
}
# As pixels every character must differ from the box that stands for a missing one, and matplotlib must not warn of any.
PIXELS = """
import io, logging, warnings
def render(df, f, p):
    def drawn(text):
        figure = plt.figure(figsize=(1, 1))
        figure.text(0.1, 0.1, text, fontsize=40)
        buffer = io.BytesIO()
        figure.savefig(buffer, format="rgba")
        return buffer.getvalue()
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        pictures = {character: drawn(character) for character in p["text"]}
        missing = drawn("\\U0010fffe")
    unseen = [character for character, picture in pictures.items() if picture == missing]
    warned = [str(one.message) for one in told if "missing from" in str(one.message) and "1114110" not in str(one.message)]
    return f"unseen={unseen} warned={warned} different={len(set(pictures.values()))}"
"""

PROGRAMS = {
    "groupby_merge_html": "a=df.groupby(['cat','region'])['v'].agg(['sum','mean','count']).reset_index(); b=a.merge(a,on='cat'); return b.head(20).to_html()",
    "pivot_resample": "df['date']=pd.to_datetime(df['date']); return df.set_index('date').resample('ME')['v'].sum().to_frame().to_html()",
    "rolling_rank_cut": "df['r']=df.v.rolling(7).mean(); df['q']=pd.qcut(df.v,4,labels=False); return df.groupby('q').r.describe().to_html()",
    "str_methods": "df['x']=df['cat'].str.upper().str.replace('C','K')+df.region; return df.x.value_counts().head().to_frame().to_html()",
    "categorical": "df['cat']=df['cat'].astype('category'); return df.groupby('cat',observed=True).v.sum().to_frame().to_html()",
    "query_eval": "return df.query('v > 5 and region == \"r1\"').eval('w = v * 2').head().to_html()",
    "styler_jinja": "return df.head(10).style.background_gradient(subset=['v']).to_html()",
    "jinja_template": "import jinja2; return jinja2.Template('{% for r in rows %}<li>{{r.cat}}</li>{% endfor %}').render(rows=df.head(3).to_dict('records'))",
    "tz_dates": "import zoneinfo, datetime; return str(pd.Timestamp('2024-01-01',tz='Asia/Tokyo'))+str(datetime.datetime.now(zoneinfo.ZoneInfo('America/New_York')))",
    "numpy_linalg": "a=np.random.rand(300,300); return str(np.linalg.svd(a)[1][:3])",
    "numpy_big_matmul": "a=np.random.rand(1000,1000); return str((a@a).sum())",
    "numpy_fft_poly": "return str(np.abs(np.fft.rfft(df.v)).sum())+str(np.polyfit(range(50),df.v[:50],2))",
    "matplotlib_svg": "fig,ax=plt.subplots(); df.groupby('cat')['v'].sum().plot.bar(ax=ax); import io; b=io.StringIO(); fig.savefig(b, format='svg'); return b.getvalue()[:2000]",
    "matplotlib_png_b64": "import io, base64; fig,ax=plt.subplots(); ax.plot(df['v'][:500]); b=io.BytesIO(); fig.savefig(b,format='png'); return '<img src=\"data:image/png;base64,%s\">'%base64.b64encode(b.getvalue()).decode()",
    "seaborn_heatmap": "fig,ax=plt.subplots(); sns.heatmap(df.pivot_table(index='cat',columns='region',values='v'),ax=ax); import io; b=io.StringIO(); fig.savefig(b, format='svg'); return b.getvalue()[:2000]",
    "seaborn_kde_ci": "fig,ax=plt.subplots(); sns.kdeplot(df,x='v',hue='region',ax=ax); sns.lineplot(df.head(200),x='cat',y='v',ax=ax); import io; b=io.StringIO(); fig.savefig(b, format='svg'); return b.getvalue()[:2000]",
    "plotly_px": "return px.bar(df.groupby('cat',as_index=False).v.sum(),x='cat',y='v').to_html(full_html=False,include_plotlyjs=False)",
    "plotly_go_trend": "fig=px.scatter(df.head(500),x='v',y='w',facet_col='region',opacity=.5); fig.add_trace(go.Scatter(x=[1,2],y=[3,4])); return fig.to_json()[:500]",
    "altair_json": "return alt.Chart(df.head(500)).mark_point().encode(x='v',y='w',color='region').to_json()[:500]",
    "altair_html": "return alt.Chart(df.head(50)).mark_line().encode(x='date:T',y='mean(v)').to_html()[:500]",
    "polars_groupby": "return pl.from_pandas(df).group_by('cat').agg(pl.col('v').sum()).sort('cat').to_pandas().to_html()",
    "polars_lazy_join": "a=pl.from_pandas(df).lazy(); return str(a.join(a.group_by('cat').agg(pl.len()),on='cat').filter(pl.col('v')>5).collect().shape)",
    "polars_window_sql": "a=pl.from_pandas(df); a=a.with_columns(pl.col('v').rolling_mean(5).over('cat')); return str(a.sql('select region, avg(v) m from self group by 1 order by 1').rows())",
    "polars_parquet_io": "import io; b=io.BytesIO(); pl.from_pandas(df).write_parquet(b); b.seek(0); return str(pl.read_parquet(b).shape)",
    "duckdb_default": "return duckdb.sql('select cat, sum(v) s from df group by 1 order by 1').df().to_html()",
    "duckdb_connect": "c=duckdb.connect(config={'threads':1}); c.register('t',df); return c.sql('select *, row_number() over (partition by cat order by v) r from t qualify r=1').df().to_html()",
    "duckdb_spill_pragma": "c=duckdb.connect(); c.sql(\"set memory_limit='100MB'\"); return str(c.sql('select count(distinct i) from range(3000000) t(i)').fetchall())",
    "pyarrow_compute": "t=pa.Table.from_pandas(df); return str(t.group_by('cat').aggregate([('v','sum')]).to_pydict())[:500]",
    "pyarrow_parquet_io": "import pyarrow.parquet as pq, io; b=io.BytesIO(); pq.write_table(pa.Table.from_pandas(df),b); b.seek(0); return str(pq.read_table(b,filters=[('cat','==','c1')]).shape)",
    "sklearn_pipeline": "from sklearn.pipeline import make_pipeline; from sklearn.preprocessing import StandardScaler; from sklearn.linear_model import LogisticRegression; m=make_pipeline(StandardScaler(),LogisticRegression()).fit(df[['v','w']],df.region); return str(m.score(df[['v','w']],df.region))",
    "sklearn_kmeans_hgb": "from sklearn.cluster import KMeans; from sklearn.ensemble import HistGradientBoostingRegressor as H; return str(KMeans(3,n_init=2).fit(df[['v','w']]).inertia_)+str(H(max_iter=10).fit(df[['v']],df.w).score(df[['v']],df.w))",
    "sklearn_forest_njobs": "from sklearn.ensemble import RandomForestRegressor as F; return str(F(20,n_jobs=-1,max_depth=4).fit(df[['v']],df.w).score(df[['v']],df.w))",
    "scipy_stats_opt": "from scipy import stats, optimize; return str(stats.linregress(range(100),df['v'][:100]))+str(optimize.minimize(lambda x:(x**2).sum(),[1,2]).x)",
    "threads": "from concurrent.futures import ThreadPoolExecutor as T; return str(sum(T(8).map(lambda i:i*i,range(1000))))",
    "asyncio_run": "import asyncio\n async def g(): await asyncio.sleep(.01); return 1\n return str(asyncio.run(g()))",
    "stdlib_mix": "import json,re,decimal,hashlib,uuid,random,statistics,html,string,itertools,collections,gzip,csv,io,pickle,secrets,urllib.parse,textwrap,sqlite3,logging,dataclasses,calendar,locale\n return html.escape(str(uuid.uuid4())+hashlib.sha256(b'x').hexdigest()+json.dumps(pickle.loads(pickle.dumps({'a':1})))+secrets.token_hex(4)+gzip.decompress(gzip.compress(b'hi')).decode()+str(sqlite3.connect(':memory:').execute('select 1').fetchone()))",
    "excel_in_memory": "import io; b=io.BytesIO(); df.head(100).to_excel(b); return str(pd.read_excel(b).shape)",
    "tempfile_work": "import tempfile\n with tempfile.TemporaryFile() as t: t.write(b'x'*1000); return 'ok'",
    "subprocess_refused": "import subprocess\n try: subprocess.run(['true']); return 'RAN'\n except PermissionError: return 'refused'",
}


@pytest.fixture(scope="module")
def data() -> pa.Table:
    chance = random.Random(3)
    rows = range(10_000)
    return pa.table(
        {
            "date": [f"2024-{1 + i % 12:02d}-{1 + i % 28:02d}" for i in rows],
            "cat": [f"c{i % 10}" for i in rows],
            "region": [f"r{chance.randrange(5)}" for _ in rows],
            "v": [round(chance.gauss(10, 3), 3) for _ in rows],
            "w": [round(chance.gauss(0, 1), 3) for _ in rows],
        }
    )


@pytest.fixture(scope="module")
def module_storage():
    with RangeServer() as running:
        yield running


@pytest.fixture(scope="module")
def plan(module_storage: RangeServer, data: pa.Table) -> dict:
    return dataset(module_storage, "compat", data)


@pytest.fixture(scope="module")
def sales(module_storage: RangeServer) -> dict:
    """The columns that the templates under fixtures/templates name."""
    rows = range(300)
    table = pa.table(
        {
            "日付": pa.array([dt.datetime(2024, 1, 1 + row % 28, row % 24) for row in rows], pa.timestamp("us")),
            "区分": [None if row % 50 == 0 else f"区分{row % 8}" for row in rows],
            "地域": [("東京", "大阪", "札幌")[row % 3] for row in rows],
            "売上": [row * 1.5 for row in rows],
        }
    )
    return dataset(module_storage, "sales", table)


@pytest.fixture(scope="module", params=chosen_tiers())
def tier(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def cards(tier: str) -> Iterator[Hosted]:
    with hosted(tier) as host:
        yield host


@pytest.mark.parametrize("name", PROGRAMS)
def test_an_ordinary_card_works(cards: Hosted, tier: str, plan: dict, name: str) -> None:
    first = cards.render(CARD + PROGRAMS[name], datasets=[plan], limits=LIMITS)
    if name in REFUSED or (name in NEEDS_FILES and not TIERS[tier].namespaces):
        assert first["status"] == "error"
        return
    assert first["status"] == "ok", first
    again = cards.render(CARD + PROGRAMS[name], datasets=[plan], limits=LIMITS)
    assert (again["body"] == first["body"]) is (name not in NEVER_TWICE)


@pytest.mark.parametrize("path", TEMPLATES, ids=os.path.basename)
def test_a_template_works(cards: Hosted, sales: dict, path: str) -> None:
    with open(path) as file:
        code = file.read()
    params = {"top": 10, "rows": 100}  # what the Worker reads from PARAMS
    first = cards.render(code, datasets=[sales], limits=LIMITS, params=params)
    assert first["status"] == "ok", first
    assert cards.render(code, datasets=[sales], limits=LIMITS, params=params)["body"] == first["body"]


def test_there_are_six_templates() -> None:
    names = [os.path.basename(path) for path in TEMPLATES]
    assert {name.split(".")[0].split("-")[0] for name in names} == {"bar", "line", "number", "pie", "pivot", "table"}


@pytest.mark.parametrize("library", FIGURES)
def test_japanese_text_in_a_figure_stays_text(cards: Hosted, plan: dict, library: str) -> None:
    answer = cards.render(CARD + FIGURES[library], datasets=[plan], limits=LIMITS)
    assert answer["status"] == "ok", answer
    assert JAPANESE in answer["body"]
    assert cards.render(CARD + FIGURES[library], datasets=[plan], limits=LIMITS)["body"] == answer["body"]


def test_japanese_text_in_a_picture_has_its_glyphs_where_a_font_has_them(cards: Hosted, plan: dict) -> None:
    """The container brings Noto; a machine without a Japanese font draws boxes, and matplotlib names every character."""
    answer = cards.render(PIXELS, datasets=[plan], limits=LIMITS, params={"text": JAPANESE})
    assert answer["status"] == "ok", answer
    distinct = len(set(JAPANESE))
    if glob.glob("/usr/share/fonts/**/*CJK*", recursive=True):
        assert answer["body"] == f"unseen=[] warned=[] different={distinct}"
    else:
        assert "warned=['Glyph" in answer["body"]

"""Ordinary card code must still work inside the jail: what people do with the libraries they were promised."""

import random

import pyarrow as pa
import pytest

from support.client import Client
from support.datasets import dataset
from support.range_server import RangeServer

CARD = "def render(df, f, p):\n "
# asyncio needs a socket pair, which no tier allows; without a mount namespace there is no folder for temporary files
REFUSED = {"asyncio_run": "*"}
NEEDS_FILES = {"tempfile_work", "excel_in_memory"}

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
    "excel_in_memory": "import io; b=io.BytesIO(); df.head(100).to_excel(b); return str(len(b.getvalue()))",
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


@pytest.mark.parametrize("name", PROGRAMS)
def test_an_ordinary_card_works(client: Client, plan: dict, name: str) -> None:
    answer = client.render(CARD + PROGRAMS[name], datasets=[plan])
    with_files = client.health()["level"] == 3
    if name in REFUSED or (name in NEEDS_FILES and not with_files):
        assert answer["status"] == "error"
    else:
        assert answer["status"] == "ok", answer

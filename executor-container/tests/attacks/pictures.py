"""Attacks through what draws and writes documents: plotly, matplotlib, altair, openpyxl, jinja2, and their downloads."""

from cardinal_executor.sandbox.attack import Attack

# A workbook of one sheet, in memory: openpyxl itself needs a folder for temporary files, which level 2 has not.
WORKBOOK = '''
import io, zipfile
import openpyxl

KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.%s+xml"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/"
SHEET = f'<worksheet xmlns="{MAIN}"><sheetData>'.encode(), b"</sheetData></worksheet>"
PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{PACKAGE}content-types"><Override PartName="/xl/workbook.xml" ContentType="'
    + KIND % "sheet.main" + '"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="' + KIND % "worksheet" + '"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{PACKAGE}relationships"><Relationship Id="r1" Type="{RELATIONS}/officeDocument" '
    'Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets><sheet name="a" sheetId="1" r:id="r1"/>'
    "</sheets></workbook>",
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}relationships"><Relationship Id="r1" '
    f'Type="{RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}


def workbook(rows, declared=b""):
    """Bytes of a workbook whose sheet is made of `rows`, an iterable of XML."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, text in PARTS.items():
            archive.writestr(name, text)
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(declared + SHEET[0])
            for row in rows:
                sheet.write(row)
            sheet.write(SHEET[1])
    return io.BytesIO(out.getvalue())


def cell(text):
    return b'<row><c t="inlineStr"><is><t>' + text + b"</t></is></c></row>"

'''

ATTACKS = {
    "plotly_output": Attack(
        "files, a browser or an image renderer, by plotly's ways out",
        """
import plotly.graph_objects as go
import plotly.io as pio
import plotly.offline


def render(df, f, p):
    figure, drop = go.Figure(go.Bar(y=[1, 2])), p["drop"]
    return try_all([
        ("html", lambda: figure.write_html(drop + "/planted.html") is None),
        ("open", lambda: figure.write_html(drop + "/planted.html", auto_open=True) is None),
        ("json", lambda: figure.write_json(drop + "/planted.json") is None),
        ("image", lambda: figure.write_image(drop + "/planted.png") is None),
        ("bytes", lambda: figure.to_image("png")),
        ("orca", lambda: figure.to_image("png", engine="orca")),
        ("images", lambda: pio.write_images([figure], [drop + "/planted.svg"]) is None),
        ("offline", lambda: plotly.offline.plot(figure, filename=drop + "/planted.html")),
        ("browser", lambda: pio.show(figure, renderer="browser") is None),
        ("chrome", lambda: __import__("webbrowser").open("http://127.0.0.1:%d" % p["port"])),
        ("frame", lambda: pio.show(figure, renderer="iframe", html_directory=drop + "/frames") is None),
        ("read", lambda: pio.read_json(p["secret_file"])),
    ])
""",
    ),
    "matplotlib_output": Attack(
        "files, font caches, TeX, an encoder or a window, by matplotlib",
        """
import matplotlib
import matplotlib.animation
import matplotlib.font_manager as fonts
import matplotlib.pyplot as plt


def render(df, f, p):
    figure, axes = plt.subplots()
    axes.plot([1, 2])
    drop, url = p["drop"], "http://127.0.0.1:%d/x.png" % p["port"]

    def tex():
        axes.text(0, 0, "x", usetex=True)
        figure.savefig(__import__("io").StringIO(), format="svg")
        return True

    def film():
        film = matplotlib.animation.FuncAnimation(figure, lambda n: [], frames=2)
        film.save(drop + "/planted.mp4", writer=matplotlib.animation.FFMpegWriter())
        return True

    def window():
        plt.switch_backend("TkAgg")
        return plt.show() is None

    return try_all([
        *[(kind, lambda kind=kind: figure.savefig(f"{drop}/planted.{kind}") is None) for kind in ("svg", "png", "pdf", "ps")],
        ("array", lambda: plt.imsave(drop + "/planted2.png", [[1, 2]]) is None),
        ("image", lambda: plt.imread(p["secret_file"]).size),
        ("url", lambda: plt.imread(url).size),
        ("style", lambda: plt.style.use(url) is None),
        ("cache", lambda: fonts.json_dump(fonts.fontManager, drop + "/fonts.json") is None and os.listdir(drop)),
        ("configuration", lambda: open(matplotlib.get_configdir() + "/matplotlibrc", "w").write("x") and "/box" not in matplotlib.get_configdir()),
        ("fonts", lambda: fonts.fontManager.addfont(p["secret_file"]) is None),
        ("tex", tex),
        ("film", film),
        ("window", window),
    ])
""",
    ),
    "altair_output": Attack(
        "files, a renderer or a browser, by altair",
        """
import altair as alt
import pandas as pd


def render(df, f, p):
    chart, drop = alt.Chart(pd.DataFrame({"a": [1]})).mark_bar().encode(x="a:Q"), p["drop"]

    def data_file():
        with alt.data_transformers.enable("json", prefix=drop + "/planted"):
            return chart.to_dict() and os.listdir(drop)

    return try_all([
        *[(kind, lambda kind=kind: chart.save(f"{drop}/planted.{kind}") is None) for kind in ("html", "json", "png", "svg")],
        ("show", lambda: chart.show() is None),
        ("browser", lambda: alt.renderers.enable("browser") and chart.display() is None),
        ("data", data_file),
        ("remote", lambda: pd.read_csv("https://cdn.jsdelivr.net/npm/vega-datasets/data/cars.json") is not None),
    ])
""",
    ),
    "downloads": Attack(
        "the network, by what libraries fetch themselves",
        """
import urllib.request

import seaborn as sns
import sklearn.datasets
import statsmodels.api as sm


def render(df, f, p):
    site = "http://127.0.0.1:%d/" % p["port"]

    async def stream():
        import asyncio

        return await asyncio.open_connection("127.0.0.1", p["port"])

    return try_all([
        ("urllib", lambda: urllib.request.urlopen(site, timeout=1).read()),
        ("file", lambda: urllib.request.urlopen("file://" + p["secret_file"]).read()),
        ("http", lambda: __import__("http.client").client.HTTPConnection("127.0.0.1", p["port"], timeout=1).connect() is None),
        ("ftp", lambda: __import__("ftplib").FTP("127.0.0.1", timeout=1)),
        ("smtp", lambda: __import__("smtplib").SMTP("127.0.0.1", p["port"], timeout=1)),
        ("httpx", lambda: __import__("httpx").get(site, timeout=1)),
        ("asyncio", lambda: __import__("asyncio").run(stream())),
        ("seaborn", lambda: sns.load_dataset("tips")),
        ("names", lambda: sns.get_dataset_names()),
        ("openml", lambda: sklearn.datasets.fetch_openml("iris", version=1, n_retries=0, data_home=p["drop"])),
        ("rdatasets", lambda: sm.datasets.get_rdataset("cars")),
    ])
""",
        seconds=20,
    ),
    "workbooks": Attack(
        "files of the host by workbooks: paths, external links, entities",
        WORKBOOK
        + """
import pandas as pd


def render(df, f, p):
    book = openpyxl.load_workbook(workbook([cell(b"here")]))
    assert book.active["A1"].value == "here"
    declared = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file://' + p["secret_file"].encode() + b'">]>'

    def unzip():
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("../../../.." + p["drop"] + "/planted", "x")
        zipfile.ZipFile(packed).extractall("/")
        return os.path.exists(p["drop"] + "/planted")

    return try_all([
        ("save", lambda: book.save(p["drop"] + "/planted.xlsx") is None),
        ("load", lambda: openpyxl.load_workbook(p["secret_file"])),
        ("pandas", lambda: pd.read_excel(p["secret_file"])),
        ("entity", lambda: "SECRET" in str(openpyxl.load_workbook(workbook([cell(b"&e;")], declared)).active["A1"].value)),
        ("unzip", unzip),
        ("tar", lambda: __import__("shutil").unpack_archive(p["secret_file"], p["drop"], "tar") is None),
    ])
""",
    ),
    "workbook_bomb": Attack(
        "more memory than its limit, from a workbook of a few hundred kilobytes",
        WORKBOOK
        + """

def render(df, f, p):
    packed = workbook(cell(b"x" * 30_000) * 100 for _ in range(200))
    openpyxl.load_workbook(packed)
    return "ESCAPED read 600 MB from %d KB" % (len(packed.getvalue()) >> 10)
""",
        ("memory_limit",),
        seconds=30,
    ),
    "templates_and_xml": Attack(
        "a process or a file by a template, or memory by nested entities",
        """
import io
import xml.etree.ElementTree as xml

import jinja2
import pandas as pd


def render(df, f, p):
    def template(text):
        return lambda: jinja2.Template(text).render(p=p, open=open)

    laughs = "<!DOCTYPE a [<!ENTITY a0 'ha'>" + "".join(
        f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10)) + "]><a>&a9;</a>"
    outside = f"<!DOCTYPE a [<!ENTITY e SYSTEM 'file://{p['secret_file']}'>]><a>&e;</a>"
    return try_all([
        ("shell", template("{{ cycler.__init__.__globals__.os.popen('id').read() }}")),
        ("classes", template("{{ ''.__class__.__mro__[1].__subclasses__() | selectattr('__name__', 'equalto', 'Popen')"
                             " | map('call', ['id']) | list | first }}")),
        ("file", template("{{ open(p.secret_file).read() }}")),
        ("include", lambda: jinja2.Environment(loader=jinja2.FileSystemLoader("/etc")).get_template("shadow").render()),
        ("laughs", lambda: len(xml.fromstring(laughs).text) > 1 << 20),
        ("entity", lambda: "SECRET" in (xml.fromstring(outside).text or "")),
        ("read_xml", lambda: "SECRET" in pd.read_xml(io.StringIO(outside)).to_string()),
    ])
""",
    ),
}

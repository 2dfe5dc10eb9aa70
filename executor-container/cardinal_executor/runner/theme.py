"""How figures look unless the code says otherwise: the palette of the light theme, and an ink that follows the page.

The page's own colours are not known here.  Plotly and vega specifications leave text colours to the frame that draws them; a
matplotlib SVG is drawn with INK, which its converter turns into `currentColor`."""

import sys

PALETTE = ("#1F78C1", "#B24E0C", "#1D7360", "#5A2E96", "#A89020", "#4A98C2", "#A83A80", "#85817A")
SEQUENCE = ("#EAF2F9", "#C9DDEF", "#9CC3E2", "#5E9FD2", "#1F78C1", "#175A92", "#0F3C61")
DIVERGING = ("#1F78C1", "#8DB9DF", "#EDECE7", "#DBA27F", "#B24E0C")
INK = "#5e5c58"  # for text and axes; nothing else is drawn in exactly this colour
GRID = "#85817a40"  # reads on light and dark paper
FONTS = ("Inter Variable", "Inter", "Noto Sans CJK JP", "DejaVu Sans", "sans-serif")


def apply() -> None:
    """Makes the theme the default of every library that is imported.

    Starts no thread pool, so the zygote may call it before forking."""
    for package, dress in (("plotly", _plotly), ("matplotlib", _matplotlib), ("altair", _altair)):
        if package in sys.modules:
            dress()


def _plotly() -> None:
    import plotly.graph_objects as go
    import plotly.io as pio

    axis = {"automargin": True, "gridcolor": GRID_RGBA, "zerolinecolor": GRID_RGBA, "linecolor": GRID_RGBA}
    steps = [[index / (len(SEQUENCE) - 1), color] for index, color in enumerate(SEQUENCE)]
    pio.templates["cardinal"] = go.layout.Template(
        layout={
            "colorway": list(PALETTE),
            "colorscale": {
                "sequential": steps,
                "sequentialminus": steps,
                "diverging": [[index / (len(DIVERGING) - 1), color] for index, color in enumerate(DIVERGING)],
            },
            "coloraxis": {"colorbar": {"outlinewidth": 0, "thickness": 12}},
            "font": {"family": ", ".join(FONTS), "size": 12},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "margin": {"l": 8, "r": 8, "t": 32, "b": 8},
            "xaxis": axis,
            "yaxis": axis,
            "hovermode": "closest",
        }
    )
    pio.templates.default = "cardinal"


GRID_RGBA = "rgba(133,129,122,0.25)"


def _matplotlib() -> None:
    import matplotlib
    from cycler import cycler

    matplotlib.use("svg")
    matplotlib.rcParams.update(
        {
            "svg.fonttype": "none",
            "svg.hashsalt": "cardinal",
            "font.family": "sans-serif",
            "font.sans-serif": list(FONTS[:-1]),
            "font.size": 10,
            "figure.figsize": (6.4, 3.6),
            "figure.facecolor": "none",
            "axes.facecolor": "none",
            "savefig.facecolor": "none",
            "savefig.transparent": True,
            "legend.frameon": False,
            "axes.prop_cycle": cycler(color=PALETTE),
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.axisbelow": True,
            "grid.color": GRID[:7],
            "grid.alpha": 0.25,
            "image.cmap": "Blues",
            **{f"{part}.color": INK for part in ("text", "xtick", "ytick")},
            **{f"axes.{part}color": INK for part in ("edge", "label", "title")},
        }
    )


def _altair() -> None:
    import altair as alt

    @alt.theme.register("cardinal", enable=True)
    def cardinal() -> alt.theme.ThemeConfig:
        return alt.theme.ThemeConfig(
            config={
                "background": "transparent",
                "font": ", ".join(FONTS),
                "range": {"category": list(PALETTE), "ordinal": list(SEQUENCE), "ramp": list(SEQUENCE)},
                "mark": {"color": PALETTE[0]},
                "view": {"stroke": "transparent"},
                "axis": {"gridColor": GRID[:7], "gridOpacity": 0.25, "domainOpacity": 0.4, "tickOpacity": 0.4},
            }
        )

    alt.data_transformers.disable_max_rows()  # the body limit is the limit, with its own words

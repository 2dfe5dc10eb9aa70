# The largest groups as bars.
PARAMS = {"top": {"type": "number", "label": "Bars", "default": 10, "min": 1, "max": 50, "step": 1}}

def render(dataset, filters, params):
    if dataset.empty:
        return "<p>No rows with these filters.</p>"
    bars = dataset.groupby("{{category}}", dropna=False)["{{value}}"].mean().nlargest(params["top"])  # with value
    bars = dataset["{{category}}"].value_counts(dropna=False).head(params["top"])  # without value
    bars = bars.sort_values()
    names = ["(empty)" if pd.isna(name) else str(name) for name in bars.index]
    labels = {"x": "{{value}}, mean", "y": ""}  # with value
    labels = {"x": "rows", "y": ""}  # without value
    return px.bar(x=bars.values, y=names, orientation="h", labels=labels)

# The largest groups as bars.
def render(dataset, filters, params):
    if dataset.empty:
        return "<p>No rows with these filters.</p>"
    top = params.get("top", 10)
    bars = dataset.groupby("{{category}}", dropna=False)["{{value}}"].mean().nlargest(top).sort_values()  # with value
    bars = dataset["{{category}}"].value_counts(dropna=False).head(top).sort_values()  # without value
    names = ["(empty)" if pd.isna(name) else str(name) for name in bars.index]
    labels = {"x": "{{value}}, mean", "y": ""}  # with value
    labels = {"x": "rows", "y": ""}  # without value
    return px.bar(x=bars.values, y=names, orientation="h", labels=labels)

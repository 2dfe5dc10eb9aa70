# The largest groups as bars.
def render(dataset, filters, params):
    if dataset.empty:
        return "<p>No rows with these filters.</p>"
    top = params.get("top", 10)
    bars = dataset.groupby("{{category}}")["{{value}}"].mean().nlargest(top).sort_values()  # with value
    bars = dataset["{{category}}"].value_counts().head(top).sort_values()  # without value
    labels = {"x": "{{value}}, mean", "y": ""}  # with value
    labels = {"x": "rows", "y": ""}  # without value
    return px.bar(x=bars.values, y=bars.index.astype(str), orientation="h", labels=labels)

# A line over time, one point a day.
def render(dataset, filters, params):
    if dataset.empty:
        return "<p>No rows with these filters.</p>"
    days = dataset.groupby(dataset["{{date}}"].dt.floor("D"))
    line = days["{{value}}"].mean()  # with value
    line = days.size()  # without value
    return px.line(x=line.index, y=line.values, labels={"x": "", "y": "{{value}}, mean"})  # with value
    return px.line(x=line.index, y=line.values, labels={"x": "", "y": "rows"})  # without value

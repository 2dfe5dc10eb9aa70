# Departures by airport.
def render(dataset, filters, params):
    if dataset.empty:
        return "<p>No flights with these filters.</p>"
    top = dataset["origin"].value_counts().head(12).sort_values()
    figure = px.bar(x=top.values, y=top.index, orientation="h", text=top.values, labels={"x": "", "y": ""})
    figure.update_traces(texttemplate="%{x:,.0f}", textposition="outside", cliponaxis=False)
    figure.update_layout(margin={"l": 44, "r": 40, "t": 4, "b": 4})
    figure.update_xaxes(visible=False)
    return figure

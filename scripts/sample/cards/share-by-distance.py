# How far people fly: shares of all flights.
def render(dataset, filters, params):
    shares = dataset["distance_band"].value_counts()
    figure = go.Figure(go.Pie(labels=shares.index, values=shares.values, hole=0.6, sort=False, textinfo="percent"))
    figure.update_traces(domain={"y": [0.34, 1]})
    figure.update_layout(
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        legend={"x": 0.5, "xanchor": "center", "y": 0.28, "yanchor": "top"},
        annotations=[{"text": f"{len(dataset):,}<br>flights", "x": 0.5, "y": 0.67, "yanchor": "middle", "showarrow": False}],
    )
    return figure

# How far people fly: shares of all flights.
def render(dataset, filters, params):
    shares = dataset["distance_band"].value_counts()
    figure = go.Figure(go.Pie(labels=shares.index, values=shares.values, hole=0.6, sort=False, textinfo="percent"))
    figure.update_layout(
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        legend={"orientation": "h", "y": -0.05},
        annotations=[{"text": f"{len(dataset):,}<br>flights", "showarrow": False, "font": {"size": 14}}],
    )
    return figure

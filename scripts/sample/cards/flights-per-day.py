# A line a day, with the mean of seven days.
def render(dataset, filters, params):
    by_day = dataset.groupby(dataset["departure"].dt.floor("D")).size().rename("flights").reset_index()
    by_day["mean"] = by_day["flights"].rolling(7, min_periods=1).mean()
    figure = go.Figure()
    figure.add_scatter(x=by_day["departure"], y=by_day["flights"], name="Flights", line={"width": 1})
    figure.add_scatter(x=by_day["departure"], y=by_day["mean"], name="Mean of 7 days", line={"width": 2.5})
    figure.update_layout(margin={"l": 44, "r": 8, "t": 8, "b": 32}, legend={"orientation": "h", "y": 1.12})
    figure.update_yaxes(rangemode="tozero")
    return figure

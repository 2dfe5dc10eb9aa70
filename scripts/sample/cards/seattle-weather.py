# Days of each kind of weather, month by month.
def render(dataset, filters, params):
    days = (
        dataset.assign(month=dataset["day"].dt.month)
        .groupby(["month", "weather"])
        .size()
        .rename("days")
        .reset_index()
    )
    return (
        alt.Chart(days)
        .mark_bar()
        .encode(
            x=alt.X("month:O", title=None, axis=alt.Axis(labelAngle=0)),
            y=alt.Y("days:Q", title="days in four years"),
            color=alt.Color("weather:N", title=None),
            tooltip=["month", "weather", "days"],
        )
    )

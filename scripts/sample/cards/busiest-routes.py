# The ten busiest routes with a bar for their size.
def render(dataset, filters, params):
    routes = (
        dataset.assign(Route=dataset["origin"] + " – " + dataset["destination"], late=dataset["delay_min"] > 15)
        .groupby("Route")
        .agg(Flights=("delay_min", "size"), late=("late", "mean"), delay=("delay_min", "mean"))
        .nlargest(params.get("rows", 10), "Flights")
    )
    table = pd.DataFrame(
        {"Flights": routes["Flights"], "On time, %": (1 - routes["late"]) * 100, "Delay, min": routes["delay"]}
    )
    return (
        table.reset_index()
        .style.hide(axis="index")
        .bar(subset=["Flights"], color="rgba(31, 120, 193, 0.28)", vmin=0, width=92)
        .format({"Flights": "{:,.0f}", "On time, %": "{:.1f}", "Delay, min": "{:.1f}"})
        .set_table_attributes('class="c-table"')
    )

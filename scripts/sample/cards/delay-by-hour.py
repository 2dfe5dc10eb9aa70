# Mean delay by weekday and hour of departure, as a heat map in a table.
DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]


def render(dataset, filters, params):
    if dataset.empty:
        return "<p>No flights with these filters.</p>"
    part = pd.DataFrame(
        {
            "weekday": dataset["departure"].dt.dayofweek,
            "hour": dataset["departure"].dt.hour,
            "delay": dataset["delay_min"],
        }
    )
    part = part[part["hour"].between(5, 22)]
    part["hour"] = part["hour"] // 2 * 2 + 1
    pivot = part.pivot_table(index="weekday", columns="hour", values="delay", aggfunc="mean").round(1)
    pivot.index = [DAYS[day] for day in pivot.index]
    pivot.columns = [f"{hour:02d}" for hour in pivot.columns]
    low, high = pivot.min().min(), pivot.max().max()

    def shade(value):
        if pd.isna(value):
            return ""
        share = (value - low) / (high - low) if high > low else 0
        return f"background-color: rgba(31, 120, 193, {0.08 + 0.62 * share:.2f})"

    return pivot.style.map(shade).format("{:.1f}", na_rep="").set_table_attributes('class="c-table c-heat"')

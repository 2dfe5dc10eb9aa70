# A row for each month and state: how many flights left, how late they were, and how many of them later than allowed.
PARAMS = {"late_after_min": {"type": "number", "label": "Late after, minutes", "default": 15, "min": 0, "max": 240}}


def transform(inputs, params):
    flights = inputs["Flights 2001"]
    flights = flights.assign(
        month=flights["departure"].dt.to_period("M").dt.to_timestamp(),
        late=flights["delay_min"] > params["late_after_min"],
    )
    delays = flights.groupby(["month", "origin_state"], as_index=False).agg(
        flights=("delay_min", "size"), mean_delay_min=("delay_min", "mean"), late_flights=("late", "sum")
    )
    print(f"{len(flights):,} flights in {len(delays)} rows")
    return delays

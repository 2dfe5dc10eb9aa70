# Three figures of the flights that the filters leave, each beside the whole of its kind.
def render(dataset, filters, params):
    if dataset.empty:
        return number("0", label="Flights")
    late = params.get("late_after_min", 15)
    delay = dataset["delay_min"]
    on_time = (delay <= late).mean() * 100
    days = dataset["departure"].dt.date.nunique()
    figures = [
        number(len(dataset), label="Flights", format=","),
        number(len(dataset) / days, label="Flights a day", format=",.0f"),
        number(f"{on_time:.1f}%", label=f"On time, at most {late} min late"),
        number(f"{delay.mean():.1f} min", label="Delay, mean"),
    ]
    cells = "".join(f'<div style="flex:1;min-width:120px">{figure.html}</div>' for figure in figures)
    return f'<div style="display:flex;gap:24px;flex-wrap:wrap">{cells}</div>'

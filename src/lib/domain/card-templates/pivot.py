# Two groupings against each other.
def render(dataset, filters, params):
    if dataset.empty:
        return "<p>No rows with these filters.</p>"
    table = dataset.pivot_table(index="{{category}}", columns="{{second}}", values="{{value}}", aggfunc="mean")  # with value
    table = pd.crosstab(dataset["{{category}}"], dataset["{{second}}"])  # without value
    return table.iloc[:20, :12].style.format("{:,.1f}", na_rep="")  # with value
    return table.iloc[:20, :12].style.format("{:,.0f}", na_rep="")  # without value

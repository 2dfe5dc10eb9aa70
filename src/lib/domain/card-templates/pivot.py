# Two groupings against each other.
def render(dataset, filters, params):
    if dataset.empty:
        return "<p>No rows with these filters.</p>"
    groups = dataset[["{{category}}", "{{second}}"]].astype(object)
    named = groups.where(groups.notna(), "(empty)").astype(str)
    row, column = named["{{category}}"], named["{{second}}"]
    table = pd.crosstab(row, column, dataset["{{value}}"], aggfunc="mean")  # with value
    table = pd.crosstab(row, column)  # without value
    return table.iloc[:20, :12].style.format("{:,.1f}", na_rep="")  # with value
    return table.iloc[:20, :12].style.format("{:,.0f}", na_rep="")  # without value

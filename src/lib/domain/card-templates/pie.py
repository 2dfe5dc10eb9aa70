# Shares of all rows: the five largest groups and the rest.
def render(dataset, filters, params):
    if dataset.empty:
        return "<p>No rows with these filters.</p>"
    counts = dataset["{{category}}"].value_counts(dropna=False)
    counts.index = ["(empty)" if pd.isna(name) else str(name) for name in counts.index]
    shares = counts.head(5)
    rest = counts.iloc[5:].sum()
    if rest > 0:
        shares = pd.concat([shares, pd.Series({"Other": rest})])
    figure = px.pie(names=shares.index, values=shares.values, hole=0.6)
    return figure.update_traces(sort=False, direction="clockwise")

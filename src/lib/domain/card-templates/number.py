# One figure: the mean of a column.  (with value)
# One figure: how many rows there are.  (without value)
def render(dataset, filters, params):
    mean = dataset["{{value}}"].mean()  # with value
    return number("–" if pd.isna(mean) else f"{mean:,.1f}", label="{{value}}, mean")  # with value
    return number(f"{len(dataset):,}", label="Rows")  # without value

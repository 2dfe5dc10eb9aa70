# One figure: the mean of a column.  (with value)
# One figure: how many rows there are.  (without value)
def render(dataset, filters, params):
    return number(dataset["{{value}}"].mean(), label="{{value}}, mean", format=",.1f")  # with value
    return number(len(dataset), label="Rows", format=",")  # without value

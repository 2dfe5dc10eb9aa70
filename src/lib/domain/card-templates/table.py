# The first rows as a table.
def render(dataset, filters, params):
    columns = ["{{columns}}"]
    return dataset[columns].head(params.get("rows", 100))

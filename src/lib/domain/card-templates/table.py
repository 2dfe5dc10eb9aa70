# The first rows as a table.
PARAMS = {"rows": {"type": "number", "label": "Rows", "default": 100, "min": 1, "max": 1000, "step": 1}}

def render(dataset, filters, params):
    columns = ["{{columns}}"]
    return dataset[columns].head(params["rows"])

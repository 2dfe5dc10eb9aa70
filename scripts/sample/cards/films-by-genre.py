# What a film of each genre took for each dollar it cost.
def render(dataset, filters, params):
    films = dataset.dropna(subset=["genre", "budget_usd", "gross_usd"])
    films = films[films["budget_usd"] > 1_000_000]
    by_genre = films.groupby("genre").agg(n=("title", "size"), cost=("budget_usd", "sum"), took=("gross_usd", "sum"))
    by_genre = by_genre[by_genre["n"] >= 20]
    ratio = (by_genre["took"] / by_genre["cost"]).sort_values()
    figure, axes = plt.subplots(figsize=(3, 4))
    bars = axes.barh(ratio.index, ratio.values)
    axes.bar_label(bars, fmt="%.1f", padding=3)
    axes.spines[["top", "right", "bottom"]].set_visible(False)
    axes.tick_params(left=False, bottom=False, labelbottom=False)
    figure.tight_layout()
    return figure

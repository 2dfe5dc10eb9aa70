// Datasets as code reads them: what cards and transforms keep of each, and what changes with their list. Pure.

/** Aliases become names in Python's `datasets` and `inputs`; any text is one. */
const MAX_ALIAS_CHARS = 255;

/** A dataset as code knows it: `alias` is its name when it was attached, and stays. */
export interface AttachedDataset {
	datasetId: string;
	alias: string;
}

/**
 * Datasets in the order asked for: those attached before keep their alias, new ones take their present name, made unique by a
 * number.
 */
export function attach(
	datasets: readonly { datasetId: string; name: string }[],
	before: readonly AttachedDataset[],
): AttachedDataset[] {
	const kept = new Map(before.map(({ datasetId, alias }) => [datasetId, alias]));
	const taken = new Set(datasets.flatMap(({ datasetId }) => kept.get(datasetId) ?? []));
	return datasets.map(({ datasetId, name }) => {
		const alias = kept.get(datasetId) ?? freeAlias(name.slice(0, MAX_ALIAS_CHARS), taken);
		taken.add(alias);
		return { datasetId, alias };
	});
}

function freeAlias(name: string, taken: ReadonlySet<string>): string {
	for (let number = 2, alias = name; ; number += 1) {
		if (!taken.has(alias)) return alias;
		alias = `${name} ${number}`;
	}
}

/** Which datasets come and which go when these take the place of those. */
export function differenceOf(before: readonly AttachedDataset[], after: readonly AttachedDataset[]) {
	const [had, has] = [before, after].map((attached) => new Set(attached.map(({ datasetId }) => datasetId)));
	return { added: [...has!].filter((id) => !had!.has(id)), dropped: [...had!].filter((id) => !has!.has(id)) };
}

/** Which of these datasets cannot be attached, by the field that names them: those that are not there or not the author's to use. */
export function foreignProblems(
	datasetIds: readonly string[],
	isUsable: (datasetId: string) => boolean,
	fieldAt: (position: number) => string,
): Record<string, string> {
	const problems: Record<string, string> = {};
	datasetIds.forEach((id, position) => {
		if (!isUsable(id)) problems[fieldAt(position)] = 'is not a dataset of yours';
	});
	return problems;
}

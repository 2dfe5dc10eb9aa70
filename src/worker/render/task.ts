// One card to show: what its content is called, and what making it takes. Pure but for hashing.
import type { ResolvedFilter } from '$lib/contracts/filter';
import type { ActiveFilter } from '$lib/domain/filters';
import { rowFiltersOf, type RowFilter } from '../entities/row-policy/rules';
import type { Asker } from '../access/policy';
import type { ShownCard } from '../entities/card/repository';
import type { DatasetSummary } from '../entities/dataset/summary';
import { applicable } from './applicable';
import { renderKey } from './key';
import { TEXT_RENDERER } from './text-card';

/** A dataset as one run reads it. */
export interface TaskDataset {
	alias: string;
	datasetId: string;
	versionId: string;
	/** What leaves the rows that the viewer may see, before any other filter; empty for all rows. */
	rows: RowFilter[];
}

/** All that decides a card's content, and nothing else: plain data that travels to the object that makes it. */
export interface CardTask {
	key: string;
	cardId: string;
	codeHash: string;
	datasets: TaskDataset[];
	filters: ResolvedFilter[];
}

export interface KeyedCard {
	card: ShownCard;
	/** Null while a dataset of the card has no data that the viewer may see. */
	task: CardTask | null;
	/** Labels of active filters that do not apply. */
	ignores: string[];
	/** When its data were last imported, UNIX seconds. */
	dataTime: number | null;
}

export interface KeyContext {
	/** Whose rows are shown. */
	asker: Asker;
	datasets: Readonly<Record<string, DatasetSummary>>;
	active: readonly ActiveFilter[];
	zone: string;
	/** Of the executor. */
	image: string;
}

/** Names the content of a card under the filters that are set. */
export async function keyCard(card: ShownCard, context: KeyContext): Promise<KeyedCard> {
	const isText = card.cardType === 'text';
	const attached = isText ? [] : card.datasets;
	const summaries = attached.map(({ datasetId }) => context.datasets[datasetId]);
	const columns = new Set(summaries.flatMap((summary) => summary?.schema.map(({ name }) => name) ?? []));
	const { filters, ignores } = applicable(context.active, { columns, declared: card.filterApplicable });
	const datasets = attached.flatMap(({ alias, datasetId }): TaskDataset[] => {
		const summary = context.datasets[datasetId];
		const rows = summary?.versionId ? rowFiltersOf(summary, context.asker) : null;
		return summary?.versionId && rows ? [{ alias, datasetId, versionId: summary.versionId, rows }] : [];
	});
	const times = summaries.flatMap((summary) => summary?.lastImportAt ?? []);
	const shared = {
		card,
		ignores: attached.length > 0 ? ignores : [],
		dataTime: times.length > 0 ? Math.max(...times) : null,
	};
	if (datasets.length < attached.length) return { ...shared, task: null };

	const { cardId, codeHash } = card;
	const key = await renderKey({
		codeHash,
		versions: datasets.map(({ alias, versionId }) => [alias, versionId]),
		filters,
		zone: context.zone,
		rows: Object.fromEntries(datasets.flatMap(({ alias, rows }) => (rows.length > 0 ? [[alias, rows]] : []))),
		image: isText ? TEXT_RENDERER : context.image,
	});
	return { ...shared, task: { key, cardId, codeHash, datasets, filters } };
}

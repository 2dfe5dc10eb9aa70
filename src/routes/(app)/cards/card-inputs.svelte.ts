// What a card runs on while it is written: its datasets with their columns, and sample values for filters on those columns.
// Knows the client and no markup.
import { SvelteMap } from 'svelte/reactivity';
import type { Client } from '$lib/client';
import type { Cell, Column, ColumnValues } from '$lib/contracts/dataset';
import type { FilterDefinition, FilterState, FilterValue } from '$lib/contracts/filter';
import { templatesFor, type Template } from '$lib/domain/card-templates';
import { codeOf, sentenceOf } from '$lib/state/failures';

export interface AttachedDataset {
	datasetId: string;
	name: string;
	/** Its name in code: the present name until it is saved, frozen from then on. */
	alias: string;
	rowCount: number;
	columns: Column[];
	/** A few rows, for templates that fit the data. */
	rows: Cell[][];
	/** It is deleted, or not the reader's: the card cannot run until it is taken off. */
	gone?: true;
}

/** Rows that tell which columns group well. */
const SAMPLE_ROWS = 100;

/** The datasets of a saved card. One that is gone does not keep its card from being opened. */
export function readDatasets(
	client: Client,
	attached: { datasetId: string; name: string; alias: string }[],
): Promise<AttachedDataset[]> {
	return Promise.all(
		attached.map((dataset) =>
			readDataset(client, dataset.datasetId, dataset.alias).catch((caught: unknown) => {
				if (codeOf(caught) !== 'NOT_FOUND') throw caught;
				return { ...dataset, rowCount: 0, columns: [], rows: [], gone: true as const };
			}),
		),
	);
}

/** Everything the editor knows of a dataset. */
export async function readDataset(client: Client, datasetId: string, alias?: string): Promise<AttachedDataset> {
	const { name, rowCount, schema, versionId } = await client.datasets.get.query({ datasetId });
	const sample = versionId === null ? null : await client.datasets.preview.query({ datasetId, limit: SAMPLE_ROWS });
	const { rows, totalRows } = sample ?? { rows: [], totalRows: 0 };
	return { datasetId, name, alias: alias ?? name, rowCount: rowCount ?? totalRows, columns: schema, rows };
}

/** The choices of a filter on a column, as the filter's control takes them. */
export interface Choices {
	values: { value: string; count: number }[];
	nullCount: number;
	truncated: boolean;
}

export class CardInputs {
	datasets = $state.raw<AttachedDataset[]>([]);
	/** Sample filters, keyed and labelled by their column. */
	definitions = $state.raw<FilterDefinition[]>([]);
	values = $state.raw<FilterState>({});
	failure = $state<string | null>(null);
	readonly choices = new SvelteMap<string, Choices>();

	#client: Client;

	constructor(client: Client, datasets: AttachedDataset[]) {
		this.#client = client;
		this.datasets = datasets;
	}

	get ids(): string[] {
		return this.datasets.map(({ datasetId }) => datasetId);
	}

	/** Columns of all datasets, each name once. */
	get columns(): Column[] {
		const found = new Map<string, Column>();
		for (const { columns } of this.datasets)
			for (const column of columns) if (!found.has(column.name)) found.set(column.name, column);
		return [...found.values()];
	}

	/** Sample values that say something. */
	get filters(): FilterState {
		return Object.fromEntries(Object.entries(this.values).filter(([, value]) => value !== null));
	}

	/** Templates over the first dataset; none without one. */
	get templates(): Template[] {
		const [first] = this.datasets;
		return first ? templatesFor(first.columns, first.rows) : [];
	}

	async attach(datasetId: string): Promise<void> {
		this.failure = null;
		try {
			const dataset = await readDataset(this.#client, datasetId);
			this.datasets = [...this.datasets, dataset];
		} catch (caught) {
			this.failure = sentenceOf(caught);
		}
	}

	detach(datasetId: string): void {
		this.datasets = this.datasets.filter((dataset) => dataset.datasetId !== datasetId);
		const left = new Set(this.columns.map(({ name }) => name));
		for (const { column } of this.definitions) if (!left.has(column)) this.removeFilter(column);
	}

	/** After a save: names in code are frozen now. */
	rename(saved: { datasetId: string; alias: string }[]): void {
		const aliases = new Map(saved.map(({ datasetId, alias }) => [datasetId, alias]));
		this.datasets = this.datasets.map((dataset) => ({
			...dataset,
			alias: aliases.get(dataset.datasetId) ?? dataset.alias,
		}));
	}

	async addFilter({ name, type }: Column): Promise<void> {
		if (this.definitions.some(({ column }) => column === name)) return;
		const dates = type === 'date' || type === 'datetime';
		const shape = dates ? ({ type: 'date_range' } as const) : ({ type: 'category', multiSelect: true } as const);
		this.definitions = [...this.definitions, { id: name, column: name, label: name, ...shape }];
		if (dates) return;
		const owner = this.datasets.find(({ columns }) => columns.some((column) => column.name === name));
		if (!owner) return;
		try {
			this.choices.set(
				name,
				choicesOf(await this.#client.datasets.values.query({ datasetId: owner.datasetId, column: name })),
			);
		} catch (caught) {
			this.failure = sentenceOf(caught);
		}
	}

	removeFilter(column: string): void {
		this.definitions = this.definitions.filter((definition) => definition.column !== column);
		const { [column]: _, ...values } = this.values;
		this.values = values;
	}

	setFilter(column: string, value: FilterValue): void {
		this.values = { ...this.values, [column]: value };
	}
}

function choicesOf({ values, nullCount, truncated }: ColumnValues): Choices {
	return { values: values.map(({ value, count }) => ({ value: String(value), count })), nullCount, truncated };
}

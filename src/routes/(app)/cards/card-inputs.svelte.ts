// What a card runs on while it is written: its datasets with their columns, and sample values for filters on those columns.
// Knows the client and no markup.
import { SvelteMap } from 'svelte/reactivity';
import type { Client } from '$lib/client';
import type { Column, ColumnValues } from '$lib/contracts/dataset';
import type { FilterDefinition, FilterState, FilterValue } from '$lib/contracts/filter';
import { templatesFor, type Template } from '$lib/domain/card-templates';
import { readDataset, withAliases, type AttachedDataset } from '$lib/state/attached-datasets';
import { sentenceOf } from '$lib/state/failures';

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
		this.datasets = withAliases(this.datasets, saved);
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

// The datasets that code reads, with what its editor shows and completes of them.
import type { Client } from '$lib/client';
import type { Cell, Column, Dataset } from '$lib/contracts/dataset';
import { codeOf } from './failures';

export interface AttachedDataset {
	datasetId: string;
	name: string;
	/** Its name in code: the present name until it is saved, frozen from then on. */
	alias: string;
	rowCount: number;
	columns: Column[];
	/** A few rows, for code that fits the data. */
	rows: Cell[][];
	/** It is deleted, or not the reader's: the code cannot run until it is taken off. */
	gone?: true;
}

/** Rows that tell which columns group well. */
const SAMPLE_ROWS = 100;
/** Datasets that a search shows. */
const FOUND = 50;

/** The datasets of something saved. One that is gone does not keep it from being opened. */
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

/** Everything an editor knows of a dataset. */
export async function readDataset(client: Client, datasetId: string, alias?: string): Promise<AttachedDataset> {
	const { name, rowCount, schema, versionId } = await client.datasets.get.query({ datasetId });
	const sample = versionId === null ? null : await client.datasets.preview.query({ datasetId, limit: SAMPLE_ROWS });
	const { rows, totalRows } = sample ?? { rows: [], totalRows: 0 };
	return { datasetId, name, alias: alias ?? name, rowCount: rowCount ?? totalRows, columns: schema, rows };
}

/** Those whose name matches, the newest first; a few are enough to choose from. */
export async function findDatasets(client: Client, name: string): Promise<Dataset[]> {
	return (await client.datasets.list.query({ limit: FOUND, ...(name && { q: name }) })).items;
}

/** After a save: names in code are frozen now. */
export function withAliases(
	datasets: AttachedDataset[],
	saved: { datasetId: string; alias: string }[],
): AttachedDataset[] {
	const aliases = new Map(saved.map(({ datasetId, alias }) => [datasetId, alias]));
	return datasets.map((dataset) => ({ ...dataset, alias: aliases.get(dataset.datasetId) ?? dataset.alias }));
}

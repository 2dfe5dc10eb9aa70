// What cards and dashboards need of a dataset: its name, its present version and its columns. Never its rows.
import * as z from 'zod';
import { column } from '$lib/contracts/dataset';
import { storedRowPolicies } from '../row-policy/rules';
import { itemParser } from '../../infra/dynamo/parse';
import type { Dynamo, KeyOf } from '../../infra/dynamo/port';
import { storedGrants } from '../share/rules';

const summary = z.object({
	datasetId: z.string(),
	ownerId: z.string(),
	name: z.string(),
	/** Null until the first import is over. */
	versionId: z
		.string()
		.nullish()
		.transform((id) => id ?? null),
	schema: z
		.array(column)
		.nullish()
		.transform((schema) => schema ?? []),
	/** UNIX seconds. */
	lastImportAt: z
		.number()
		.nullish()
		.transform((time) => time ?? null),
	/** Who may use it beside its owner. */
	grants: storedGrants.default({}),
	/** Which transform makes it. */
	transformId: z.string().nullable().default(null),
	/** Whoever makes something of its rows for somebody asks `rowFiltersOf` first. */
	rowPolicies: storedRowPolicies.default([]),
});
export type DatasetSummary = z.infer<typeof summary>;
export const parseSummary = itemParser('datasets', summary);

const head = summary.pick({ datasetId: true, ownerId: true, name: true, grants: true, transformId: true });
export type DatasetHead = z.infer<typeof head>;
const parseHead = itemParser('datasets', head);
const HEAD_ATTRIBUTES = ['name', 'ownerId', 'grants', 'transformId'] as const;

/** The attributes of an item that a summary is made from. */
export const SUMMARY_ATTRIBUTES = [
	'name',
	'ownerId',
	'versionId',
	'schema',
	'lastImportAt',
	'grants',
	'rowPolicies',
] as const;

export function keyOf(datasetId: string): KeyOf {
	return { table: 'datasets', key: { datasetId } };
}

/** What datasets are called, whose they are and who may use them, by id; the absent ones are left out. One round trip. */
export async function findHeads(dynamo: Dynamo, datasetIds: readonly string[]): Promise<Map<string, DatasetHead>> {
	const wanted = [...new Set(datasetIds)];
	if (wanted.length === 0) return new Map();
	const items = await dynamo.batchGet(wanted.map(keyOf), { datasets: HEAD_ATTRIBUTES });
	return new Map(items.flatMap((raw) => (raw ? [parseHead(raw)] : [])).map((dataset) => [dataset.datasetId, dataset]));
}

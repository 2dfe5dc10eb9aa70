// Datasets and their versions as they are stored, and their mapping to the contract.
import * as z from 'zod';
import type { Person } from '$lib/contracts/common';
import {
	column,
	datasetStatus,
	importError,
	importReject,
	sourceConfig,
	sourceType,
	type Dataset,
	type DatasetDetail,
	type ImportError,
} from '$lib/contracts/dataset';
import type { Permission } from '$lib/contracts/share';
import { storedRowPolicies, type StoredRowPolicies } from '../row-policy/rules';
import { absent, and, at, change, present, when } from '../../infra/dynamo/expression';
import { itemParser } from '../../infra/dynamo/parse';
import { ConditionFailed, type Dynamo, type KeyOf, type Write } from '../../infra/dynamo/port';
import { toIso } from '../../time';
import { storedGrants } from '../share/rules';
import * as usages from '../usage/repository';

const datasetItem = z.object({
	datasetId: z.string(),
	ownerId: z.string(),
	name: z.string(),
	description: z.string().nullable(),
	sourceType,
	sourceConfig: sourceConfig.nullable(),
	status: datasetStatus,
	/** Why the import failed that made it `failed`. */
	error: importError.nullable(),
	/** Which transform makes it; null: it is imported. */
	transformId: z.string().nullable().default(null),
	/** The import that is going on, or was last. */
	jobId: z.string().nullable(),
	/** The current version; null until the first import is over. */
	versionId: z.string().nullable(),
	s3Path: z.string().nullable(),
	schema: z.array(column),
	rowCount: z.int(),
	columnCount: z.int(),
	partitionColumn: z.string().nullable(),
	importSummary: z.object({ importedRows: z.int(), rejectedRows: z.int(), rejects: z.array(importReject) }).nullable(),
	lastImportAt: z.number().nullable(),
	lastImportBy: z.string().nullable(),
	grants: storedGrants.default({}),
	/** Which rows whom is shown. */
	rowPolicies: storedRowPolicies.default([]),
	/** Cards and transforms that use it. */
	useCount: z.int().default(0),
	revision: z.int(),
	createdAt: z.number(),
	updatedAt: z.number(),
	/** A failed first import goes by itself, a day later. */
	ttl: z.int().optional(),
});
export type DatasetItem = z.infer<typeof datasetItem>;
export const parse = itemParser('datasets', datasetItem);

const listedDataset = datasetItem.pick({
	datasetId: true,
	ownerId: true,
	name: true,
	description: true,
	sourceType: true,
	status: true,
	rowCount: true,
	columnCount: true,
	lastImportAt: true,
	createdAt: true,
	ttl: true,
});
export type ListedDataset = z.infer<typeof listedDataset>;
const parseListed = itemParser('datasets', listedDataset);

export function keyOf(datasetId: string): KeyOf {
	return { table: 'datasets', key: { datasetId } };
}

/** Deletion by TTL is lazy: what is over is gone for everybody before it is. */
export function isOver({ ttl }: Pick<DatasetItem, 'ttl'>, now: number): boolean {
	return ttl !== undefined && ttl <= now;
}

/** What somebody may know of a dataset; `limited`: they are shown only some of its rows. */
interface Reader {
	owner: Person;
	myPermission: Permission;
	limited: boolean;
}

export function toContract(item: ListedDataset, { owner, myPermission, limited }: Reader): Dataset {
	return {
		datasetId: item.datasetId,
		name: item.name,
		description: item.description,
		sourceType: item.sourceType,
		status: item.status,
		rowCount: limited ? null : item.rowCount,
		columnCount: item.columnCount,
		owner: { userId: owner.userId, name: owner.name },
		myPermission,
		createdAt: toIso(item.createdAt),
		lastImportAt: item.lastImportAt === null ? null : toIso(item.lastImportAt),
	};
}

export function toDetail(
	item: DatasetItem,
	{ importer, ...reader }: Reader & { importer: Person | null },
): DatasetDetail {
	return {
		...toContract(item, reader),
		schema: item.schema,
		sourceConfig: reader.limited ? null : item.sourceConfig,
		s3Path: item.s3Path,
		partitionColumn: item.partitionColumn,
		updatedAt: toIso(item.updatedAt),
		lastImportBy: importer && { userId: importer.userId, name: importer.name },
		importSummary: reader.limited ? null : item.importSummary,
		versionId: item.versionId,
		jobId: item.jobId,
		error: item.error,
		revision: item.revision,
	};
}

export async function get(dynamo: Dynamo, datasetId: string): Promise<DatasetItem | null> {
	const raw = await dynamo.get(keyOf(datasetId));
	return raw && parse(raw);
}

/** Which version each of these datasets shows; those that are gone or show none are left out. One round trip for a hundred. */
export async function findCurrent(dynamo: Dynamo, datasetIds: readonly string[]): Promise<Set<string>> {
	const items = await dynamo.batchGet(datasetIds.map(keyOf), { datasets: ['versionId'] });
	return new Set(items.flatMap((item) => (item?.['versionId'] ? [String(item['versionId'])] : [])));
}

/** All datasets of a person, as lists show them. */
export async function listByOwner(dynamo: Dynamo, ownerId: string): Promise<ListedDataset[]> {
	const items = await dynamo.query({
		table: 'datasets',
		index: 'DatasetsByOwner',
		where: when`${at('ownerId')} = ${ownerId}`,
	});
	return items.map(parseListed);
}

const sharedDataset = listedDataset.extend({
	grants: storedGrants.default({}),
	rowPolicies: storedRowPolicies.default([]),
});
const parseShared = itemParser('datasets', sharedDataset);
/** What a list shows of a dataset, and to whom it is shared. */
const SHARED_ATTRIBUTES = Object.keys(sharedDataset.shape).filter((name) => name !== 'datasetId');

/** These datasets as lists show them, as far as they are there. One round trip for a hundred, none for none. */
export async function findListed(
	dynamo: Dynamo,
	datasetIds: readonly string[],
): Promise<z.infer<typeof sharedDataset>[]> {
	if (datasetIds.length === 0) return [];
	const items = await dynamo.batchGet(datasetIds.map(keyOf), { datasets: SHARED_ATTRIBUTES });
	return items.flatMap((raw) => (raw ? [parseShared(raw)] : []));
}

/** A step of the transaction that begins an import. */
export function create(dataset: DatasetItem): Write {
	return { put: { table: 'datasets', item: dataset, condition: absent('datasetId') } };
}

/** Changes what people may change. @throws ConditionFailed when it is gone, or not at the revision that was given */
export async function update(
	dynamo: Dynamo,
	datasetId: string,
	fields: Partial<Pick<DatasetItem, 'name' | 'description' | 'updatedAt'>>,
	revision: number | undefined,
): Promise<DatasetItem> {
	const current = revision === undefined ? present('datasetId') : when`${at('revision')} = ${revision}`;
	return parse(
		await dynamo.update({ ...keyOf(datasetId), update: change(fields, { revision: 1 }), condition: current }),
	);
}

/** Replaces its row policies. @throws ConditionFailed when it is gone, or not at the revision that was given */
export async function setRowPolicies(
	dynamo: Dynamo,
	datasetId: string,
	{ rowPolicies, revision, now }: { rowPolicies: StoredRowPolicies; revision: number | undefined; now: number },
): Promise<DatasetItem> {
	const condition = revision === undefined ? present('datasetId') : when`${at('revision')} = ${revision}`;
	const update = change({ rowPolicies, updatedAt: now }, { revision: 1 });
	return parse(await dynamo.update({ ...keyOf(datasetId), update, condition }));
}

/** Removes a dataset that nothing uses. @throws ConditionFailed when it is used or gone */
export async function remove(dynamo: Dynamo, datasetId: string): Promise<void> {
	await dynamo.remove({ ...keyOf(datasetId), condition: usages.unused({ kind: 'dataset', id: datasetId }) });
}

/** The condition that a first import goes on. */
export const importing = (jobId: string) => when`${at('jobId')} = ${jobId} AND ${at('status')} = ${'importing'}`;

/** A step of the transaction that ends a failed first import: it stays readable until `ttl`. */
export function fail(
	datasetId: string,
	jobId: string,
	{ error, now, ttl }: { error: ImportError; now: number; ttl: number },
): Write {
	const update = change({ status: 'failed', error, updatedAt: now, ttl });
	return { update: { ...keyOf(datasetId), update, condition: importing(jobId) } };
}

/** A step of the transaction that drops the placeholder of a first import. */
export function drop(datasetId: string, jobId: string): Write {
	const condition = and(when`${at('jobId')} = ${jobId}`, when`${at('status')} <> ${'ready'}`);
	return { remove: { ...keyOf(datasetId), condition } };
}

/** Drops the placeholder of a first import that failed, unless its owner was quicker. */
export async function dropFailed(dynamo: Dynamo, { datasetId, jobId }: DatasetItem): Promise<void> {
	try {
		await dynamo.transact([drop(datasetId, jobId!)]);
	} catch (error) {
		if (!(error instanceof ConditionFailed)) throw error;
	}
}

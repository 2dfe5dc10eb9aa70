// Versions of datasets as they are stored: steps of the transactions that make one what readers see, and the items of all.
import type { Column } from '$lib/contracts/dataset';
import { absent, at, change, when } from '../../infra/dynamo/expression';
import type { Dynamo, KeyOf, Write } from '../../infra/dynamo/port';
import * as datasets from '../dataset/repository';
import * as usages from '../usage/repository';

type DatasetItem = datasets.DatasetItem;

/** What a version is, and who made it when. */
export interface NewVersion {
	versionId: string;
	s3Path: string;
	schema: Column[];
	rowCount: number;
	partitionColumn: string | null;
	importSummary: DatasetItem['importSummary'];
	lastImportAt: number;
	lastImportBy: string;
	fileCount: number;
	bytes: number;
}

/** Steps of the transaction that ends an import: from here on readers see this version, and until here nothing of it. */
export function flip({ datasetId, jobId, sourceConfig }: DatasetItem, version: NewVersion): Write[] {
	const update = change({ ...shown(version), ttl: undefined });
	return [
		{ update: { ...datasets.keyOf(datasetId), update, condition: datasets.importing(jobId!) } },
		recorded(datasetId, version, sourceConfig),
	];
}

/** What readers see of a version. */
function shown({ fileCount: _files, bytes: _bytes, ...version }: NewVersion) {
	const columnCount = version.schema.length;
	return { ...version, columnCount, status: 'ready', error: null, updatedAt: version.lastImportAt } as const;
}

/** The version's own item. */
function recorded(datasetId: string, version: NewVersion, sourceConfig: DatasetItem['sourceConfig']): Write {
	const { versionId, rowCount, partitionColumn, fileCount, bytes } = version;
	const { lastImportAt: createdAt, lastImportBy: createdBy } = version;
	const counts = { rowCount, columnCount: version.schema.length, partitionColumn, fileCount, bytes };
	const item = { datasetId, versionId, createdAt, createdBy, ...counts, sourceConfig };
	return { put: { table: 'dataset_versions', item, condition: absent('versionId') } };
}

/** What a transform makes. */
export interface Made {
	datasetId: string;
	transformId: string;
	ownerId: string;
	name: string;
}

/** Steps of the transaction that ends the first run of a transform that went well: its dataset is there, with a version. */
export function make({ datasetId, transformId, ownerId, name }: Made, version: NewVersion): Write[] {
	const item: DatasetItem = {
		datasetId,
		ownerId,
		name,
		description: null,
		sourceType: 'transform',
		sourceConfig: null,
		transformId,
		jobId: null,
		grants: {},
		rowPolicies: [],
		useCount: 1,
		revision: 1,
		createdAt: version.lastImportAt,
		...shown(version),
	};
	return [
		datasets.create(item),
		usages.claimNew({ kind: 'dataset', id: datasetId }, transformId, item.createdAt),
		recorded(datasetId, version, null),
	];
}

/** Steps of the transaction that ends a later run: the dataset shows another version. */
export function remake({ datasetId, transformId }: Made, version: NewVersion): Write[] {
	const condition = when`${at('transformId')} = ${transformId}`;
	return [
		{ update: { ...datasets.keyOf(datasetId), update: change(shown(version)), condition } },
		recorded(datasetId, version, null),
	];
}

export interface VersionKey {
	datasetId: string;
	versionId: string;
}

/** When readers were first shown these versions, in UNIX seconds by version; those that never were, or are gone, are left out. */
export async function findTimes(dynamo: Dynamo, ids: readonly VersionKey[]): Promise<Map<string, number>> {
	const items = await dynamo.batchGet(ids.map(keyOf), { dataset_versions: ['createdAt'] });
	return new Map(items.flatMap((item) => (item ? [[String(item['versionId']), Number(item['createdAt'])]] : [])));
}

/** Removes the item of a version that nobody is shown any more. */
export async function remove(dynamo: Dynamo, version: VersionKey): Promise<void> {
	await dynamo.remove(keyOf(version));
}

function keyOf({ datasetId, versionId }: VersionKey): KeyOf {
	return { table: 'dataset_versions', key: { datasetId, versionId } };
}

/** Removes the items of all versions of a dataset that is gone. */
export async function removeAll(dynamo: Dynamo, datasetId: string): Promise<void> {
	const where = when`${at('datasetId')} = ${datasetId}`;
	const versions = await dynamo.query({
		table: 'dataset_versions',
		where,
		project: ['datasetId', 'versionId'],
		consistent: true,
	});
	for (const { versionId } of versions) {
		await remove(dynamo, { datasetId, versionId: String(versionId) });
	}
}

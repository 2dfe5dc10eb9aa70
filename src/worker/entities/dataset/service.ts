// Datasets: made from uploads, looked at, renamed, deleted. How an import works is in jobs.ts.
import type { z } from 'zod';
import type { PageInput, Person } from '$lib/contracts/common';
import type {
	datasetImportInput,
	DatasetDetail,
	datasetUpdate,
	ColumnValues,
	Preview,
	previewInput,
	Usage,
} from '$lib/contracts/dataset';
import type { Actor } from '../../access/access';
import { rowFiltersOf } from '../../access/row-policy';
import type { Deps } from '../../deps';
import { AppError, invalid, notFound } from '../../errors';
import { ConditionFailed } from '../../infra/dynamo/port';
import { countValues } from '../../infra/parquet/distinct';
import type { ParquetSource } from '../../infra/parquet/file';
import { keptRows } from '../../infra/parquet/kept-rows';
import { countKept, readFirstRows } from '../../infra/parquet/rows';
import { matching, newestFirst, pageOf } from '../../lists';
import { readManifest, sourcesOf } from '../../render/manifest';
import { MAX_VALUES } from '../../render/options';
import { nudge, run } from '../job/jobs';
import * as jobs from '../job/repository';
import { end } from '../job/service';
import { describeUsers } from '../usage/service';
import * as uploads from '../upload/repository';
import * as users from '../user/repository';
import * as repository from './repository';

type DatasetDeps = Pick<
	Deps,
	'access' | 'dynamo' | 'objects' | 'cache' | 'executor' | 'queue' | 'settings' | 'now' | 'newId' | 'background' | 'log'
>;

/** Milliseconds that a caller waits for a small import; after that it is a job like any other. */
const WAIT_MS = 60_000;

/** Own datasets, newest first. */
export async function list(deps: DatasetDeps, actor: Actor, input: PageInput) {
	const now = deps.now();
	const own = (await repository.listByOwner(deps.dynamo, actor.user.userId)).filter(
		(item) => !repository.isOver(item, now),
	);
	const found = newestFirst(
		matching(own, input.q, ({ name }) => [name]),
		({ datasetId }) => datasetId,
	);
	return pageOf(found, input, (item) => repository.toContract(item, actor.user));
}

export async function get(
	deps: DatasetDeps,
	actor: Actor,
	{ datasetId }: { datasetId: string },
): Promise<DatasetDetail> {
	const item = await existing(deps, actor, 'dataset.view', datasetId);
	return describe(deps, actor, item);
}

/**
 * Makes a dataset from a complete upload. A small one is imported before the answer; otherwise the answer is a placeholder
 * `importing` that only its owner sees, and its job goes on.
 * @throws AppError VALIDATION_ERROR, naming `uploadId` for one that is not complete or was imported already; with
 * `details.importCode` when the file will not do, and then there is no dataset · NOT_FOUND when it was deleted meanwhile
 */
export async function importFile(
	deps: DatasetDeps,
	actor: Actor,
	input: z.infer<typeof datasetImportInput>,
): Promise<DatasetDetail> {
	const { item: upload } = await deps.access.require(actor, 'upload.write', input.uploadId);
	if (upload.expiresAt <= deps.now()) throw notFound(`upload ${upload.uploadId} has expired`);
	if (upload.status === 'open') throw invalid({ uploadId: 'is not complete' });
	const dataset = placeholder(deps, actor, input, upload);
	await begin(deps, dataset, { upload, options: input.options });
	if (upload.size > deps.settings.SMALL_IMPORT_BYTES) {
		await nudge(deps, dataset.jobId!);
		return describe(deps, actor, dataset);
	}
	await importNow(deps, dataset);
	await deps.access.wrote('dataset', dataset.datasetId);
	const made = await repository.get(deps.dynamo, dataset.datasetId);
	if (!made) throw notFound(`${dataset.datasetId} was deleted while it was imported`);
	return describe(deps, actor, made);
}

/** Changes what is named. @throws AppError REVISION_CONFLICT with the current dataset */
export async function update(
	deps: DatasetDeps,
	actor: Actor,
	input: z.infer<typeof datasetUpdate>,
): Promise<DatasetDetail> {
	const { datasetId, revision, ...fields } = input;
	await existing(deps, actor, 'dataset.edit', datasetId);
	try {
		const changed = await repository.update(
			deps.dynamo,
			datasetId,
			{ ...given(fields), updatedAt: deps.now() },
			revision,
		);
		// No dashboard need be told: cards know a dataset by the alias that froze when it was attached.
		await deps.access.wrote('dataset', datasetId);
		return await describe(deps, actor, changed);
	} catch (error) {
		if (!(error instanceof ConditionFailed)) throw error;
		if (!error.current) throw notFound(`${datasetId} went meanwhile`);
		throw new AppError('REVISION_CONFLICT', {
			details: { current: await describe(deps, actor, repository.parse(error.current)) },
		});
	}
}

/** Deletes a dataset, ending its import if one goes on. @throws AppError IN_USE naming who uses it */
export async function remove(deps: DatasetDeps, actor: Actor, { datasetId }: { datasetId: string }): Promise<void> {
	const item = await existing(deps, actor, 'dataset.delete', datasetId);
	const job = item.status === 'importing' && item.jobId ? await jobs.get(deps.dynamo, item.jobId) : null;
	if (job) await end(deps, job);
	try {
		if (!job || (await repository.get(deps.dynamo, datasetId))) await repository.remove(deps.dynamo, datasetId);
	} catch (error) {
		if (!(error instanceof ConditionFailed)) throw error;
		if (!error.current) throw notFound(`${datasetId} went meanwhile`);
		throw new AppError('IN_USE', { details: { usedBy: await describeUsers(deps, datasetId) } });
	}
	await deps.access.wrote('dataset', datasetId);
	deps.background(dropVersions(deps, datasetId));
}

/** Its first rows that the actor may see, in file order; none while it has no version. */
export async function preview(
	deps: DatasetDeps,
	actor: Actor,
	{ datasetId, limit }: z.infer<typeof previewInput>,
): Promise<Preview> {
	const item = await existing(deps, actor, 'dataset.view', datasetId);
	const { files, keep } = await readable(deps, actor, item);
	const rows = await readFirstRows(files, item.schema, { limit, keep });
	const totalRows = keep ? await countKept(files, keep) : files.length > 0 ? item.rowCount : 0;
	return { columns: item.schema.map(({ name }) => name), rows, totalRows, previewRows: rows.length };
}

/** The distinct values of a column in the rows that the actor may see. @throws AppError NOT_FOUND for a column that it does not have */
export async function values(
	deps: DatasetDeps,
	actor: Actor,
	{ datasetId, column: name }: { datasetId: string; column: string },
): Promise<ColumnValues> {
	const item = await existing(deps, actor, 'dataset.view', datasetId);
	const column = item.schema.find((one) => one.name === name);
	if (!column) throw notFound(`${datasetId} has no such column`);
	const { files, keep } = await readable(deps, actor, item);
	return { column: name, ...(await countValues(files, column, { limit: MAX_VALUES, keep })) };
}

/** The cards and transforms that use it. */
export async function usedBy(deps: DatasetDeps, actor: Actor, { datasetId }: { datasetId: string }): Promise<Usage[]> {
	await existing(deps, actor, 'dataset.view', datasetId);
	return describeUsers(deps, datasetId);
}

async function existing(
	deps: DatasetDeps,
	actor: Actor,
	action: 'dataset.view' | 'dataset.edit' | 'dataset.delete',
	datasetId: string,
) {
	const { item } = await deps.access.require(actor, action, datasetId);
	if (repository.isOver(item, deps.now())) throw notFound(`${datasetId} failed a day ago`);
	return item;
}

function placeholder(
	deps: DatasetDeps,
	actor: Actor,
	{ name, description, options }: z.infer<typeof datasetImportInput>,
	{ fileName, size }: uploads.UploadItem,
): repository.DatasetItem {
	const now = deps.now();
	return {
		datasetId: deps.newId('ds'),
		ownerId: actor.user.userId,
		name,
		description: description ?? null,
		sourceType: 'local_csv',
		sourceConfig: { fileName, size, options },
		status: 'importing',
		error: null,
		jobId: deps.newId('job'),
		versionId: null,
		s3Path: null,
		schema: [],
		rowCount: 0,
		columnCount: 0,
		partitionColumn: null,
		importSummary: null,
		lastImportAt: null,
		lastImportBy: null,
		rowPolicies: [],
		useCount: 0,
		revision: 1,
		createdAt: now,
		updatedAt: now,
	};
}

/** Stores the placeholder and its job and takes the upload, all or nothing. */
async function begin(
	deps: DatasetDeps,
	dataset: repository.DatasetItem,
	{ upload, options }: { upload: uploads.UploadItem; options: jobs.JobItem['options'] },
): Promise<void> {
	const { datasetId, ownerId, createdAt: now } = dataset;
	const { uploadId } = upload;
	try {
		await deps.dynamo.transact([
			uploads.claim(uploadId, now + uploads.UPLOAD_SECONDS),
			repository.create(dataset),
			jobs.create({ jobId: dataset.jobId!, ownerId, datasetId, uploadId, options, now }),
		]);
	} catch (error) {
		throw error instanceof ConditionFailed ? invalid({ uploadId: 'is imported already' }) : error;
	}
}

/** Imports before the answer. A file that will not do leaves no dataset; a service that is silent leaves a job. */
async function importNow(deps: DatasetDeps, dataset: repository.DatasetItem): Promise<void> {
	const running = run(deps, dataset.jobId!);
	// It goes on when whoever waits for it goes away.
	deps.background(running);
	const outcome = await Promise.race([running, new Promise<null>((resolve) => setTimeout(resolve, WAIT_MS, null))]);
	if (outcome?.status !== 'failed') return;
	await repository.dropFailed(deps.dynamo, dataset);
	await jobs.remove(deps.dynamo, dataset.jobId!);
	throw outcome.error;
}

async function describe(deps: DatasetDeps, actor: Actor, item: repository.DatasetItem): Promise<DatasetDetail> {
	const others = [item.ownerId, item.lastImportBy].filter(
		(id): id is string => id !== null && id !== actor.user.userId,
	);
	const people = await users.findMany(deps.dynamo, others);
	const person = (userId: string): Person => {
		if (userId === actor.user.userId) return actor.user;
		return people.get(userId) ?? { userId, name: '' };
	};
	return repository.toDetail(item, {
		owner: person(item.ownerId),
		importer: item.lastImportBy ? person(item.lastImportBy) : null,
	});
}

/** Its files and which of their rows the actor may see; no file when they may see none. */
async function readable(deps: DatasetDeps, actor: Actor, item: repository.DatasetItem) {
	const rows = rowFiltersOf(item, actor.user);
	if (!rows) return { files: [], keep: undefined };
	return { files: await filesOf(deps, item), keep: rows.length > 0 ? keptRows(rows, item.schema) : undefined };
}

/** Its files, in order; none while it has no version. */
async function filesOf(deps: DatasetDeps, { datasetId, versionId }: repository.DatasetItem): Promise<ParquetSource[]> {
	if (!versionId) return [];
	return sourcesOf(deps.objects, await readManifest(deps, datasetId, versionId), { datasetId, versionId });
}

async function dropVersions(deps: DatasetDeps, datasetId: string): Promise<void> {
	await repository.removeVersions(deps.dynamo, datasetId);
	await deps.objects.removeAll(`datasets/${datasetId}/`);
}

/** Without what was left out. */
function given<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
	return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}

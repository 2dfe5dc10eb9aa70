// Datasets: made from uploads, renamed, deleted. How an import works is in jobs.ts, what is in them in rows.ts.
import type { z } from 'zod';
import type { PageInput } from '$lib/contracts/common';
import type { datasetImportInput, DatasetDetail, datasetUpdate, Usage } from '$lib/contracts/dataset';
import type { Permission } from '$lib/contracts/share';
import type { Actor } from '../../access/access';
import { roleOn } from '../../access/policy';
import type { Deps } from '../../deps';
import { AppError, invalid, notFound } from '../../errors';
import { ConditionFailed } from '../../infra/dynamo/port';
import { matching, newestFirst, pageOf } from '../../lists';
import { run } from '../job/jobs';
import { nudge } from '../job/nudge';
import * as jobs from '../job/repository';
import { endImport } from '../job/service';
import * as versions from '../dataset-version/repository';
import * as shares from '../share/repository';
import { describeUsers } from '../usage/service';
import { isLimited } from '../row-policy/rules';
import * as uploads from '../upload/repository';
import { peopleOf } from '../user/people';
import * as repository from './repository';

export type DatasetDeps = Pick<
	Deps,
	| 'access'
	| 'audit'
	| 'dynamo'
	| 'objects'
	| 'cache'
	| 'executor'
	| 'image'
	| 'queue'
	| 'settings'
	| 'now'
	| 'newId'
	| 'background'
	| 'log'
>;

/** Milliseconds that a caller waits for a small import; after that it is a job like any other. */
const WAIT_MS = 60_000;

/** Own datasets and those shared to the actor or their groups, newest first. */
export async function list(deps: DatasetDeps, actor: Actor, input: PageInput) {
	const { userId, groupIds } = actor.user;
	const [own, shared] = await Promise.all([
		repository.listByOwner(deps.dynamo, userId),
		shares.sharedIds(deps.dynamo, 'dataset', [userId, ...groupIds]),
	]);
	const known = new Set(own.map(({ datasetId }) => datasetId));
	const others = await repository.findListed(
		deps.dynamo,
		shared.filter((id) => !known.has(id)),
	);
	const now = deps.now();
	const visible = [...own.map((item) => ({ ...item, rowPolicies: [] })), ...others].flatMap((item) => {
		// The dataset's own grants decide: a share may have ended, and the index that listed it may be behind.
		const role = repository.isOver(item, now) ? undefined : roleOn(actor.user, 'dataset', item, now)?.role;
		return role ? [{ item, role, createdAt: item.createdAt }] : [];
	});
	const found = newestFirst(
		matching(visible, input.q, ({ item }) => [item.name]),
		({ item }) => item.datasetId,
	);
	const page = pageOf(found, input, (one) => one);
	const person = await peopleOf(
		deps,
		actor,
		page.items.map(({ item }) => item.ownerId),
	);
	return {
		...page,
		items: page.items.map(({ item, role: myPermission }) => {
			const limited = isLimited(item, actor.user);
			return repository.toContract(item, { owner: person(item.ownerId), myPermission, limited });
		}),
	};
}

export async function get(
	deps: DatasetDeps,
	actor: Actor,
	{ datasetId }: { datasetId: string },
): Promise<DatasetDetail> {
	const { item, role } = await existing(deps, actor, 'dataset.view', datasetId);
	return describe(deps, actor, item, role);
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
		await record(deps, actor, 'DATASET_CREATED', dataset);
		return describe(deps, actor, dataset, 'owner');
	}
	await importNow(deps, dataset);
	await deps.access.wrote('dataset', dataset.datasetId);
	const made = await repository.get(deps.dynamo, dataset.datasetId);
	if (!made) throw notFound(`${dataset.datasetId} was deleted while it was imported`);
	await record(deps, actor, 'DATASET_CREATED', made);
	return describe(deps, actor, made, 'owner');
}

function record(
	{ audit }: Pick<DatasetDeps, 'audit'>,
	by: Actor,
	action: 'DATASET_CREATED' | 'DATASET_DELETED',
	{ datasetId, name }: repository.DatasetItem,
): Promise<void> {
	return audit.record({ action, by, on: { type: 'dataset', id: datasetId }, details: { name } });
}

/** Changes what is named. @throws AppError REVISION_CONFLICT with the current dataset */
export async function update(
	deps: DatasetDeps,
	actor: Actor,
	input: z.infer<typeof datasetUpdate>,
): Promise<DatasetDetail> {
	const { datasetId, revision, ...fields } = input;
	const { role } = await existing(deps, actor, 'dataset.edit', datasetId);
	try {
		const changed = await repository.update(
			deps.dynamo,
			datasetId,
			{ ...given(fields), updatedAt: deps.now() },
			revision,
		);
		// No dashboard need be told: cards know a dataset by the alias that froze when it was attached.
		await deps.access.wrote('dataset', datasetId);
		return await describe(deps, actor, changed, role);
	} catch (error) {
		if (!(error instanceof ConditionFailed)) throw error;
		if (!error.current) throw notFound(`${datasetId} went meanwhile`);
		throw new AppError('REVISION_CONFLICT', {
			details: { current: await describe(deps, actor, repository.parse(error.current), role) },
		});
	}
}

/** Deletes a dataset, ending its import if one goes on. @throws AppError IN_USE naming who uses it */
export async function remove(deps: DatasetDeps, actor: Actor, { datasetId }: { datasetId: string }): Promise<void> {
	const { item } = await existing(deps, actor, 'dataset.delete', datasetId);
	const job = item.status === 'importing' && item.jobId ? await jobs.get(deps.dynamo, item.jobId) : null;
	if (job?.kind === 'import') await endImport(deps, job);
	try {
		if (!job || (await repository.get(deps.dynamo, datasetId))) await repository.remove(deps.dynamo, datasetId);
	} catch (error) {
		if (!(error instanceof ConditionFailed)) throw error;
		if (!error.current) throw notFound(`${datasetId} went meanwhile`);
		throw new AppError('IN_USE', { details: { usedBy: await describeUsers(deps, datasetId) } });
	}
	await deps.access.wrote('dataset', datasetId);
	await record(deps, actor, 'DATASET_DELETED', item);
	deps.background(dropRest(deps, datasetId));
}

/** The cards and transforms that use it: all of them for its owners, others see their own. */
export async function usedBy(deps: DatasetDeps, actor: Actor, { datasetId }: { datasetId: string }): Promise<Usage[]> {
	const { role } = await existing(deps, actor, 'dataset.view', datasetId);
	return describeUsers(deps, datasetId, role === 'owner' ? undefined : actor.user.userId);
}

/** A dataset that is still there. @throws AppError NOT_FOUND · FORBIDDEN */
export async function existing(
	deps: DatasetDeps,
	actor: Actor,
	action: 'dataset.view' | 'dataset.edit' | 'dataset.delete',
	datasetId: string,
) {
	const found = await deps.access.require(actor, action, datasetId);
	if (repository.isOver(found.item, deps.now())) throw notFound(`${datasetId} failed a day ago`);
	return found;
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
		transformId: null,
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
		grants: {},
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
	{ upload, options }: { upload: uploads.UploadItem; options: jobs.ImportJob['options'] },
): Promise<void> {
	const { datasetId, ownerId, createdAt: now } = dataset;
	const { uploadId } = upload;
	try {
		await deps.dynamo.transact([
			uploads.claim(uploadId, now + uploads.UPLOAD_SECONDS),
			repository.create(dataset),
			jobs.create({ kind: 'import', jobId: dataset.jobId!, ownerId, datasetId, uploadId, options }, now),
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

async function describe(
	deps: DatasetDeps,
	actor: Actor,
	item: repository.DatasetItem,
	myPermission: Permission,
): Promise<DatasetDetail> {
	const person = await peopleOf(deps, actor, [item.ownerId, item.lastImportBy ?? item.ownerId]);
	return repository.toDetail(item, {
		owner: person(item.ownerId),
		importer: item.lastImportBy ? person(item.lastImportBy) : null,
		myPermission,
		limited: isLimited(item, actor.user),
	});
}

/** What is left of a dataset that is gone. */
async function dropRest(deps: DatasetDeps, datasetId: string): Promise<void> {
	await shares.sweep(deps.dynamo, { kind: 'dataset', id: datasetId });
	await versions.removeAll(deps.dynamo, datasetId);
	await deps.objects.removeAll(`datasets/${datasetId}/`);
}

/** Without what was left out. */
function given<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
	return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}

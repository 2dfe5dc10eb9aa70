// An import at work: the executor reads the upload and sends files, they are stored and checked, and one conditional write
// makes them the dataset's version. Whatever happens before that write, readers see what they saw.
import type { ImportError } from '$lib/contracts/dataset';
import type { Deps } from '../../deps';
import { AppError } from '../../errors';
import { ConditionFailed } from '../../infra/dynamo/port';
import { asAppError } from '../../infra/executor/port';
import type { Manifest } from '../../infra/executor/protocol';
import { versionPrefix } from '../../render/manifest';
import * as versions from '../dataset-version/repository';
import { makeAndTell } from '../job/announced';
import type { Lease } from '../job/lease';
import * as jobs from '../job/repository';
import type { JobDeps, Work } from '../job/work';
import { inputChanged } from '../transform/due';
import * as uploads from '../upload/repository';
import { forgetDataset } from '../usage/service';
import * as repository from './repository';
import { checkStored, schemaOf, storeFile, toStored, type StoredFile } from './version-files';

/** Seconds an import may take; one invocation of a Worker lasts no longer. */
const IMPORT_SECONDS = 840;
const MEMORY_MB = 2048;
/** An upload may hold this many times its size once it is unpacked. */
const UNPACKED_TIMES = 20;
/** Tries before a job that always meets a silent service, or whose Worker always dies of it, is given up. */
const MAX_TRIES = 3;
/** Seconds until the next try, times the tries so far. */
const PAUSE_SECONDS = 5;
/** Seconds for which a failed first import stays readable. */
const FAILED_SECONDS = 24 * 60 * 60;

export const importWork: Work<jobs.ImportJob> = {
	run: runImport,
	pause: (_deps, { tries }, { code }) =>
		['UPSTREAM_UNAVAILABLE', 'BUSY'].includes(code) && tries < MAX_TRIES ? PAUSE_SECONDS * tries : null,
	fail,
	tidy: (deps, { uploadId }) => dropUpload(deps, uploadId),
};

/**
 * Runs the import that a lease is for, to its end.
 * @throws AppError VALIDATION_ERROR with `details.importCode` when the file will not do · UPSTREAM_UNAVAILABLE or BUSY when
 * another try may succeed · LeaseLost · ConditionFailed. What it stored goes with it, unless the last write may have been
 * carried out and only its answer was lost.
 */
async function runImport(deps: JobDeps, lease: Lease, job: jobs.ImportJob): Promise<void> {
	const dataset = await repository.get(deps.dynamo, job.datasetId);
	// A placeholder goes with its job: this dataset was made, and then deleted. Nobody is left to be told.
	if (!dataset) return deps.dynamo.transact([jobs.succeed(job.jobId, lease.holder, deps.now())]);
	await makeAndTell(deps, lease, {
		made: importedOf(dataset),
		make: () => make(deps, lease, { job, dataset }),
		tell: (imported) => announce(deps, job, imported),
	});
}

/** What an import made, as the audit log tells it. */
interface Imported {
	versionId: string;
	rows: number;
	rejected: number;
}

/** Null while it goes on. */
function importedOf({ versionId, rowCount, importSummary }: repository.DatasetItem): Imported | null {
	return versionId === null ? null : { versionId, rows: rowCount, rejected: importSummary?.rejectedRows ?? 0 };
}

async function make(
	deps: JobDeps,
	lease: Lease,
	{ job, dataset }: { job: jobs.ImportJob; dataset: repository.DatasetItem },
): Promise<Imported> {
	if (job.tries > MAX_TRIES)
		throw new AppError('INTERNAL', { message: `${job.jobId} was never finished in ${MAX_TRIES} tries` });
	const upload = await deps.dynamo.get(uploads.keyOf(job.uploadId));
	if (!upload) throw new AppError('INTERNAL', { message: `${job.jobId} lacks its upload` });
	const versionId = deps.newId('ver');
	const prefix = versionPrefix(job.datasetId, versionId);
	let flipping = false;
	try {
		await lease.enter('copy', versionId);
		const { manifest, files } = await receive(deps, lease, { job, upload: uploads.parse(upload), prefix });
		await checkStored(deps, prefix, manifest, files);
		const version = describe(manifest, { versionId, prefix, job, now: deps.now() });
		await deps.objects.put(`${prefix}manifest.json`, JSON.stringify(toStored(manifest, files)), 'application/json');
		await lease.enter('flip');
		flipping = true;
		await deps.dynamo.transact([jobs.made(job.jobId, lease.holder), ...versions.flip(dataset, version)]);
		return { versionId, rows: manifest.rows, rejected: manifest.rejected };
	} catch (error) {
		// A flip without an answer may have happened: then these are the dataset's files. If it did not, the next try or the sweep drops them.
		if (!flipping || error instanceof ConditionFailed) await deps.objects.removeAll(prefix);
		throw error;
	}
}

/** Tells everybody of the new version, the log last of all: what is said twice, after a crash, does no harm but there. */
async function announce(deps: JobDeps, { datasetId, ownerId }: jobs.ImportJob, details: Imported): Promise<void> {
	await forgetDataset(deps, datasetId);
	await inputChanged(deps, datasetId);
	await deps.audit.record({
		action: 'DATASET_IMPORTED',
		by: { user: { userId: ownerId } },
		on: { type: 'dataset', id: datasetId },
		details: { ...details },
	});
}

async function fail(deps: JobDeps, { holder }: Lease, job: jobs.ImportJob, appError: AppError): Promise<void> {
	const now = deps.now();
	const error = inWords(appError);
	await deps.dynamo.transact([
		jobs.fail(job.jobId, holder, error, now),
		repository.fail(job.datasetId, job.jobId, { error, now, ttl: Math.ceil(now + FAILED_SECONDS) }),
	]);
}

/** Why, in the words of the import rules where they have some. */
function inWords({ code, userMessage, details }: AppError): ImportError {
	const { importCode, ...rest } = details ?? {};
	return {
		importCode: typeof importCode === 'string' ? importCode : code.toLowerCase(),
		message: userMessage,
		...(Object.keys(rest).length > 0 && { details: rest }),
	};
}

/** Drops an upload that is of no more use. What a crash leaves here, the bucket's lifecycle and the sweep remove. */
export async function dropUpload(deps: Pick<Deps, 'dynamo' | 'objects'>, uploadId: string): Promise<void> {
	const raw = await deps.dynamo.get(uploads.keyOf(uploadId));
	if (!raw) return;
	await deps.objects.remove(uploads.parse(raw).key);
	await uploads.remove(deps.dynamo, uploadId);
}

/** Has the executor import the upload and stores what comes back. */
async function receive(
	deps: JobDeps,
	lease: Lease,
	{ job, upload, prefix }: { job: jobs.ImportJob; upload: uploads.UploadItem; prefix: string },
) {
	const head = await deps.objects.head(upload.key);
	if (!head) throw new AppError('INTERNAL', { message: `the upload ${upload.key} is gone` });
	const files: StoredFile[] = [];
	const call = {
		source: { url: await deps.objects.presignGet(upload.key, IMPORT_SECONDS + 60), size: head.bytes, etag: head.etag },
		options: job.options,
		limits: {
			wallMs: IMPORT_SECONDS * 1000,
			memoryMb: MEMORY_MB,
			textBytes: deps.settings.MAX_UPLOAD_BYTES * UNPACKED_TIMES,
		},
	};
	for await (const { frame, body } of deps.executor.import(call, lease.signal)) {
		if (frame.type === 'progress') {
			await lease.enter(frame.step);
			await lease.progress(frame.done, frame.total);
		} else if (frame.type === 'file') {
			await lease.enter('store');
			files.push(await storeFile(deps, prefix, frame, body!));
		} else if (frame.type === 'rejects') {
			await lease.enter('store');
			await deps.objects.putStream(`${prefix}${frame.path}`, {
				stream: body!,
				bytes: frame.bytes,
				sha256: frame.sha256,
			});
		} else if (frame.status === 'error') {
			throw asAppError(frame);
		} else {
			return { manifest: frame.manifest, files };
		}
	}
	throw new AppError('UPSTREAM_UNAVAILABLE', { message: 'executor stream: no result' });
}

function describe(
	manifest: Manifest,
	{ versionId, prefix, job, now }: { versionId: string; prefix: string; job: jobs.ImportJob; now: number },
): versions.NewVersion {
	return {
		versionId,
		s3Path: prefix,
		schema: schemaOf(manifest, { importCode: 'too_many_columns' }),
		rowCount: manifest.rows,
		partitionColumn: manifest.partitionColumn,
		importSummary: {
			importedRows: manifest.rows,
			rejectedRows: manifest.rejected,
			rejects: manifest.rejects.map(({ line, reason }) => ({ line, reason })),
		},
		lastImportAt: now,
		lastImportBy: job.ownerId,
		fileCount: manifest.files.length,
		bytes: manifest.files.reduce((sum, { bytes }) => sum + bytes, 0),
	};
}

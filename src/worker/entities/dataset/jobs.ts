// An import at work: the executor reads the upload and sends files, they are stored and checked, and one conditional write
// makes them the dataset's version. Whatever happens before that write, readers see what they saw.
import type { Column } from '$lib/contracts/dataset';
import type { Deps } from '../../deps';
import { AppError } from '../../errors';
import { ConditionFailed } from '../../infra/dynamo/port';
import { asAppError } from '../../infra/executor/port';
import type { ImportFrame, Manifest } from '../../infra/executor/protocol';
import { readFooter, tailLength } from '../../infra/parquet/footer';
import type { CompactFooter } from '../../infra/parquet/port';
import { versionPrefix } from '../../render/manifest';
import type { Lease } from '../job/lease';
import * as jobs from '../job/repository';
import * as uploads from '../upload/repository';
import * as repository from './repository';
import { keepTail } from './tail';

type ImportDeps = Pick<Deps, 'audit' | 'dynamo' | 'objects' | 'executor' | 'settings' | 'now' | 'newId'>;
type FileFrame = Extract<ImportFrame, { type: 'file' }>;

/** Seconds an import may take; one invocation of a Worker lasts no longer. */
const IMPORT_SECONDS = 840;
const MEMORY_MB = 2048;
/** An upload may hold this many times its size once it is unpacked. */
const UNPACKED_TIMES = 20;
/** The end of each file that is kept while it passes: most footers fit. */
const TAIL_BYTES = 64 * 1024;
/** Bytes of a schema in JSON that an item carries beside everything else. */
const MAX_SCHEMA_BYTES = 250_000;

/** A file that is stored, and where in it everything lies. */
interface StoredFile {
	path: string;
	bytes: number;
	sha256: string;
	etag: string;
	metadata: CompactFooter;
}

/**
 * Runs the import that a lease is for, to its end.
 * @throws AppError VALIDATION_ERROR with `details.importCode` when the file will not do · UPSTREAM_UNAVAILABLE or BUSY when
 * another try may succeed · LeaseLost · ConditionFailed. What it stored goes with it, unless the last write may have been
 * carried out and only its answer was lost.
 */
export async function runImport(deps: ImportDeps, lease: Lease): Promise<void> {
	const { job } = lease;
	const dataset = await repository.get(deps.dynamo, job.datasetId);
	const upload = await deps.dynamo.get(uploads.keyOf(job.uploadId));
	if (!dataset || !upload) throw new AppError('INTERNAL', { message: `${job.jobId} lacks its dataset or upload` });
	// What an earlier try left behind.
	if (job.versionId) await deps.objects.removeAll(versionPrefix(job.datasetId, job.versionId));

	const versionId = deps.newId('ver');
	const prefix = versionPrefix(job.datasetId, versionId);
	let flipping = false;
	try {
		await lease.enter('copy', versionId);
		const { manifest, files } = await receive(deps, lease, { upload: uploads.parse(upload), prefix });
		await checkStored(deps, prefix, manifest, files);
		const version = describe(manifest, { versionId, prefix, job, now: deps.now() });
		await deps.objects.put(`${prefix}manifest.json`, JSON.stringify(toStored(manifest, files)), 'application/json');
		await lease.enter('flip');
		flipping = true;
		await deps.dynamo.transact([
			...repository.flip(dataset, version),
			jobs.succeed(job.jobId, lease.holder, deps.now()),
		]);
		await deps.audit.record({
			action: 'DATASET_IMPORTED',
			by: { user: { userId: job.ownerId } },
			on: { type: 'dataset', id: job.datasetId },
			details: { versionId, rows: manifest.rows, rejected: manifest.rejected },
		});
	} catch (error) {
		// A flip without an answer may have happened: then these are the dataset's files. If it did not, the next try or the sweep drops them.
		if (!flipping || error instanceof ConditionFailed) await deps.objects.removeAll(prefix);
		throw error;
	}
}

/** Has the executor import the upload and stores what comes back. */
async function receive(
	deps: ImportDeps,
	lease: Lease,
	{ upload, prefix }: { upload: uploads.UploadItem; prefix: string },
) {
	const head = await deps.objects.head(upload.key);
	if (!head) throw new AppError('INTERNAL', { message: `the upload ${upload.key} is gone` });
	const files: StoredFile[] = [];
	const call = {
		source: { url: await deps.objects.presignGet(upload.key, IMPORT_SECONDS + 60), size: head.bytes, etag: head.etag },
		options: lease.job.options,
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

async function storeFile(
	deps: ImportDeps,
	prefix: string,
	frame: FileFrame,
	body: ReadableStream<Uint8Array>,
): Promise<StoredFile> {
	const key = `${prefix}${frame.path}`;
	const { path, bytes, sha256 } = frame;
	const { stream, tail } = keepTail(body, TAIL_BYTES);
	const { etag } = await deps.objects.putStream(key, { stream, bytes, sha256 });
	const needed = tailLength(tail());
	const end = needed <= tail().length ? tail() : new Uint8Array(await deps.objects.range(key, bytes - needed, bytes));
	return { path, bytes, sha256, etag, metadata: readFooter(end) };
}

/** What the store has is what the executor says it made: the same files, each with its length and digest. */
async function checkStored(deps: ImportDeps, prefix: string, manifest: Manifest, files: StoredFile[]): Promise<void> {
	const received = new Map(files.map((file) => [file.path, file]));
	const listed = new Map<string, number>();
	for await (const { key, bytes } of deps.objects.list(prefix)) listed.set(key.slice(prefix.length), bytes);
	const wrong = manifest.files.find(
		({ path, bytes, sha256 }) => received.get(path)?.sha256 !== sha256 || listed.get(path) !== bytes,
	);
	if (wrong || received.size !== manifest.files.length) {
		throw new AppError('UPSTREAM_UNAVAILABLE', {
			message: `what is stored under ${prefix} is not what the manifest says (${wrong?.path})`,
		});
	}
}

/** What is kept beside the files: all that the executor found out, and where in the files everything lies. */
function toStored(manifest: Manifest, files: StoredFile[]) {
	const footers = files.map(({ path, bytes, sha256, etag, metadata }) => ({ path, bytes, sha256, etag, metadata }));
	return { ...manifest, footers };
}

function describe(
	manifest: Manifest,
	{ versionId, prefix, job, now }: { versionId: string; prefix: string; job: jobs.JobItem; now: number },
): repository.ImportedVersion {
	const schema = manifest.columns.map(({ name, type, nullable, zoned }): Column => ({ name, type, nullable, zoned }));
	if (JSON.stringify(schema).length > MAX_SCHEMA_BYTES) {
		const userMessage = 'The names of the columns are too long to be kept together.';
		throw new AppError('VALIDATION_ERROR', { userMessage, details: { importCode: 'too_many_columns' } });
	}
	return {
		versionId,
		s3Path: prefix,
		schema,
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

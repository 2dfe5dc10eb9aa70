// How a job ends when what is around it fails: nothing that a dataset may be made of is dropped, and nothing is tried for ever.
import { describe, expect, test } from 'vitest';
import { run } from '../../../../../src/worker/entities/job/jobs';
import { AppError } from '../../../../../src/worker/errors';
import { ConditionFailed, type Dynamo, type Item, type KeyOf } from '../../../../../src/worker/infra/dynamo/port';

type JobDeps = Parameters<typeof run>[0];

const job = {
	jobId: 'job_0000000000000001',
	kind: 'import',
	ownerId: 'user_0000000000000002',
	datasetId: 'ds_0000000000000003',
	uploadId: 'up_0000000000000004',
	options: {},
	status: 'running',
	step: 'queued',
	progress: { done: 0, total: 0 },
	versionId: null,
	tries: 1,
	holder: 'exec_0000000000000005',
	leaseUntil: 2_000,
	shard: '0',
	error: null,
	createdAt: 1,
	updatedAt: 1,
};
const upload = {
	uploadId: job.uploadId,
	ownerId: job.ownerId,
	fileName: 'a.csv',
	size: 4,
	key: 'uploads/a',
	multipartId: 'm',
	parts: { 1: 'e' },
	status: 'claimed',
	createdAt: 1,
	expiresAt: 2_000,
	ttl: 2_000,
};
const dataset = {
	datasetId: job.datasetId,
	ownerId: job.ownerId,
	name: 'A',
	description: null,
	sourceType: 'local_csv',
	sourceConfig: null,
	status: 'importing',
	error: null,
	jobId: job.jobId,
	versionId: null,
	s3Path: null,
	schema: [],
	rowCount: 0,
	columnCount: 0,
	partitionColumn: null,
	importSummary: null,
	lastImportAt: null,
	lastImportBy: null,
	revision: 1,
	createdAt: 1,
	updatedAt: 1,
};
const manifest = { rows: 0, rejected: 0, rejects: [], columns: [], partitionColumn: null, files: [] };

/** A job's surroundings. `transact` is the flip of a try that works, or the note that it failed. */
function surroundings({
	tries = 1,
	found = dataset,
	transact = async () => {},
	removeUpload = async () => {},
}: {
	tries?: number;
	found?: Item | null;
	transact?: () => Promise<void>;
	removeUpload?: () => Promise<void>;
}) {
	const dropped: string[] = [];
	const logged: unknown[] = [];
	const audited: unknown[] = [];
	let imports = 0;
	const items: Record<string, Item | null> = { datasets: found, uploads: upload };
	const dynamo = {
		get: async ({ table }: KeyOf) => items[table] ?? null,
		update: async () => ({ ...job, tries }),
		remove: async () => null,
		query: async () => [],
		transact,
	} as unknown as Dynamo;
	const objects = {
		head: async () => ({ bytes: 4, etag: 'e' }),
		presignGet: async () => 'http://store/upload',
		put: async () => ({ bytes: 1, etag: 'e' }),
		async *list() {},
		remove: removeUpload,
		removeAll: async (prefix: string) => dropped.push(prefix),
	};
	const executor = {
		async *import() {
			imports += 1;
			yield { frame: { type: 'result', status: 'ok', manifest }, body: null };
		},
	};
	const deps = {
		access: { wrote: async () => undefined },
		audit: { record: async (event: unknown) => audited.push(event) },
		dynamo,
		objects,
		executor,
		queue: { send: async () => undefined },
		settings: { JOB_LEASE_SECONDS: 60, MAX_UPLOAD_BYTES: 100 },
		now: () => 1_000,
		newId: (prefix: string) => `${prefix}_0000000000000007`,
		log: { info: () => undefined, error: (fields: unknown) => logged.push(fields) },
	} as unknown as JobDeps;
	return { deps, dropped, logged, audited, imports: () => imports };
}

const VERSION = `datasets/${job.datasetId}/versions/ver_0000000000000007/`;

describe('an import', () => {
	test('whose last write got no answer keeps what it stored: it may be the dataset by now', async () => {
		const transact = () => Promise.reject(new AppError('UPSTREAM_UNAVAILABLE'));
		const { deps, dropped } = surroundings({ transact });
		await expect(run(deps, job.jobId)).resolves.toEqual({ status: 'later' });
		expect(dropped).toEqual([]);
	});

	test('whose last write was refused leaves nothing behind', async () => {
		const { deps, dropped } = surroundings({ transact: () => Promise.reject(new ConditionFailed([0])) });
		await expect(run(deps, job.jobId)).resolves.toEqual({ status: 'elsewhere' });
		expect(dropped).toEqual([VERSION]);
	});

	test('has succeeded even when its upload cannot be dropped', async () => {
		const removeUpload = () => Promise.reject(new AppError('UPSTREAM_UNAVAILABLE'));
		const { deps, logged } = surroundings({ removeUpload });
		await expect(run(deps, job.jobId)).resolves.toEqual({ status: 'succeeded' });
		expect(logged).toHaveLength(1);
	});

	test('that took its Worker down three times is given up without a fourth run', async () => {
		const { deps, imports } = surroundings({ tries: 4 });
		await expect(run(deps, job.jobId)).resolves.toMatchObject({ status: 'failed', error: { code: 'INTERNAL' } });
		expect(imports()).toBe(0);
	});

	test('that somebody died of after its last write is not done again, however often it was tried: others are told', async () => {
		const found = { ...dataset, status: 'ready', versionId: 'ver_0000000000000009', rowCount: 3 };
		const { deps, audited, dropped, imports } = surroundings({ found, tries: 4 });
		await expect(run(deps, job.jobId)).resolves.toEqual({ status: 'succeeded' });
		const details = { versionId: found.versionId, rows: 3, rejected: 0 };
		expect(audited).toEqual([expect.objectContaining({ action: 'DATASET_IMPORTED', details })]);
		expect([imports(), dropped]).toEqual([0, []]);
	});

	test('whose dataset was made and deleted is over', async () => {
		const { deps, imports } = surroundings({ found: null });
		await expect(run(deps, job.jobId)).resolves.toEqual({ status: 'succeeded' });
		expect(imports()).toBe(0);
	});
});

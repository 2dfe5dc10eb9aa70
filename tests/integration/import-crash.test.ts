// An import whose Worker is killed at each of its steps: what readers see stays whole, and the import is finished by the next.
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { startApiWorker, type ApiWorker } from './api-worker';
import { startDynamoProxy, type DynamoCall, type DynamoProxy } from './dynamo-proxy';
import { eventually, importFile, storedKeys } from './files';
import { admin, newPerson, type Person } from './people';

const services = inject('services');
let proxy: DynamoProxy;
let worker: ApiWorker;
let ada: Person;

/** Every import is a job, and a job without a sign of life for a second is taken over. */
const start = (variables: Record<string, string> = {}) =>
	startApiWorker({
		services: { ...services, dynamo: { ...services.dynamo, endpoint: proxy.endpoint } },
		variables: { SMALL_IMPORT_BYTES: '0', JOB_LEASE_SECONDS: '1', ...variables },
	});

beforeAll(async () => {
	proxy = await startDynamoProxy(services.dynamo.endpoint);
	worker = await start();
	ada = await newPerson(worker, await admin(worker, services), 'Ada');
});
afterAll(async () => {
	await worker.stop();
	proxy.close();
});

const entering = (step: string) => (call: DynamoCall) =>
	call.action === 'UpdateItem' && call.body.includes(`{"S":"${step}"}`) && call.body.includes('bi_jobs');
const taking = (call: DynamoCall) =>
	call.action === 'UpdateItem' && call.body.includes('{"S":"running"}') && call.body.includes('ADD');
const flipping = (call: DynamoCall) =>
	call.action === 'TransactWriteItems' && call.body.includes('bi_dataset_versions');

/** The version folders that a dataset has in the bucket. */
async function storedVersions(datasetId: string): Promise<string[]> {
	const keys = await storedKeys(services, `datasets/${datasetId}/`);
	return [...new Set(keys.map((key) => key.split('/')[3]!))];
}

test.each([
	['before it is taken', 'before', taking],
	['entering copy', 'after', entering('copy')],
	['entering scan', 'after', entering('scan')],
	['entering profile', 'after', entering('profile')],
	['entering write', 'after', entering('write')],
	['entering verify', 'after', entering('verify')],
	['entering send', 'after', entering('send')],
	['entering store', 'after', entering('store')],
	['entering flip, with everything stored', 'after', entering('flip')],
	['before the write that flips', 'before', flipping],
] as const)('killed %s, it is done again and leaves one version', async (_when, side, matches) => {
	const reached = proxy.trap(side, matches);
	const { datasetId, jobId } = await importFile(worker, ada, 'a,b\n1,x\n2,y\n');
	await reached;
	await worker.stop();

	worker = await start();
	const client = worker.client(ada.token);
	expect(await client.datasets.get.query({ datasetId })).toMatchObject({ status: 'importing', versionId: null });
	expect(await client.datasets.preview.query({ datasetId })).toMatchObject({ rows: [], totalRows: 0 });
	const done = await eventually(async () => {
		await worker.tick();
		const now = await client.datasets.get.query({ datasetId });
		return now.status === 'ready' && now;
	}, 'the import was finished');
	expect(done).toMatchObject({ rowCount: 2 });
	expect((await client.datasets.preview.query({ datasetId })).rows).toEqual([
		[1, 'x'],
		[2, 'y'],
	]);
	expect(await client.jobs.get.query({ jobId: jobId! })).toMatchObject({ status: 'succeeded', step: 'done' });
	expect(await storedVersions(datasetId)).toEqual([done.versionId]);
});

test('killed after the write that flips, it is done', async () => {
	const reached = proxy.trap('after', flipping);
	const { datasetId, jobId } = await importFile(worker, ada, 'a,b\n1,x\n');
	await reached;
	await worker.stop();

	worker = await start();
	const client = worker.client(ada.token);
	const ready = await client.datasets.get.query({ datasetId });
	expect(ready).toMatchObject({ status: 'ready', rowCount: 1 });
	expect(await client.jobs.get.query({ jobId: jobId! })).toMatchObject({ status: 'succeeded' });
	await worker.tick();
	expect(await storedVersions(datasetId)).toEqual([ready.versionId]);
});

test('cancelled in the middle, it leaves neither dataset nor objects, and its worker stops', async () => {
	const reached = proxy.trap('after', entering('store'));
	const { datasetId, jobId } = await importFile(worker, ada, 'a,b\n1,x\n');
	await reached;
	const client = worker.client(ada.token);
	expect(await client.jobs.cancel.mutate({ jobId: jobId! })).toMatchObject({ status: 'cancelled' });
	await expect(client.datasets.get.query({ datasetId })).rejects.toMatchObject({ code: 'NOT_FOUND' });
	await eventually(async () => (await storedVersions(datasetId)).length === 0, 'its objects are gone');
	expect(await storedKeys(services, `uploads/${ada.userId}/`)).toHaveLength(1); // of the import that flipped and died
});

test(
	'met by an executor that does not answer, it is tried three times, then failed with the reason',
	{ timeout: 90_000 },
	async () => {
		const silent = await startApiWorker({
			services: { ...services, executor: { ...services.executor, url: 'http://127.0.0.1:9' } },
			variables: { JOB_LEASE_SECONDS: '1' },
		});
		try {
			const placeholder = await importFile(silent, ada, 'a,b\n1,x\n');
			expect(placeholder.status).toBe('importing');
			const { datasetId, jobId } = placeholder;
			const client = silent.client(ada.token);
			const failed = await eventually(
				async () => {
					await silent.tick();
					const now = await client.datasets.get.query({ datasetId });
					return now.status === 'failed' && now;
				},
				'the dataset failed',
				60,
			);
			expect(failed.error).toMatchObject({ importCode: 'upstream_unavailable' });
			expect(await client.jobs.get.query({ jobId: jobId! })).toMatchObject({ status: 'failed', error: failed.error });
		} finally {
			await silent.stop();
		}
	},
);

test('deleted in the middle, while somebody waits for it, it is cancelled and they are told that it is gone', async () => {
	const waiting = await start({ SMALL_IMPORT_BYTES: '1000' });
	try {
		const reached = proxy.trap('after', entering('copy'));
		const refusal = importFile(waiting, ada, 'a,b\n1,x\n', { name: 'Short-lived' }).catch((error: unknown) => error);
		await reached;
		const client = waiting.client(ada.token);
		const [dataset] = (await client.datasets.list.query({ q: 'Short-lived' })).items;
		await client.datasets.remove.mutate({ datasetId: dataset!.datasetId });
		expect(await refusal).toMatchObject({ code: 'NOT_FOUND' });
	} finally {
		await waiting.stop();
	}
});

test('deleted in the middle, it is cancelled', async () => {
	const reached = proxy.trap('after', entering('copy'));
	const { datasetId, jobId } = await importFile(worker, ada, 'a,b\n1,x\n');
	await reached;
	const client = worker.client(ada.token);
	await client.datasets.remove.mutate({ datasetId });
	await expect(client.datasets.get.query({ datasetId })).rejects.toMatchObject({ code: 'NOT_FOUND' });
	expect(await client.jobs.get.query({ jobId: jobId! })).toMatchObject({ status: 'cancelled' });
});

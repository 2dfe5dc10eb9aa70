// An import whose Worker is killed at each of its steps: what readers see stays whole, and the import is finished by the next.
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { startApiWorker } from './api-worker';
import { closing, entering, flipping, KillableWorker, storedVersions, taking } from './crashes';
import { eventually, importFile, storedKeys } from './files';
import { admin, newPerson, type Person } from './people';
import { copyOf, runsOf } from './transforms';

const services = inject('services');
let host: KillableWorker;
let boss: Person;
let ada: Person;

/** Every import is a job: whoever asks for it does not wait. */
const NONE_IS_SMALL = { SMALL_IMPORT_BYTES: '0' };
const client = () => host.worker.client(ada.token);

beforeAll(async () => {
	host = await KillableWorker.start(NONE_IS_SMALL);
	boss = await admin(host.worker, services);
	ada = await newPerson(host.worker, boss, 'Ada');
});
afterAll(() => host.stop());

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
	const reached = host.proxy.trap(side, matches);
	const { datasetId, jobId } = await importFile(host.worker, ada, 'a,b\n1,x\n2,y\n');
	await host.killAt(reached);

	expect(await client().datasets.get.query({ datasetId })).toMatchObject({ status: 'importing', versionId: null });
	expect(await client().datasets.preview.query({ datasetId })).toMatchObject({ rows: [], totalRows: 0 });
	const done = await eventually(async () => {
		await host.worker.tick();
		const now = await client().datasets.get.query({ datasetId });
		return now.status === 'ready' && now;
	}, 'the import was finished');
	expect(done).toMatchObject({ rowCount: 2 });
	expect((await client().datasets.preview.query({ datasetId })).rows).toEqual([
		[1, 'x'],
		[2, 'y'],
	]);
	expect(await client().jobs.get.query({ jobId: jobId! })).toMatchObject({ status: 'succeeded', step: 'done' });
	expect(await storedVersions(datasetId)).toEqual([done.versionId]);
});

test.each([
	['after the write that flips', 'after', flipping],
	['before the write that closes its job', 'before', closing],
	['after the write that closes its job', 'after', closing],
] as const)('killed %s, it is done, and everybody is told of it', async (_when, side, matches) => {
	const begun = host.proxy.trap('before', taking);
	const { datasetId, jobId } = await importFile(host.worker, ada, 'a,b\n1,x\n', { name: 'told' });
	await host.killAt(begun);
	const follower = { name: 'Copy', inputDatasetIds: [datasetId], code: copyOf('told'), runOnInput: true };
	const { transformId } = await client().transforms.create.mutate(follower);
	const reached = host.proxy.trap(side, matches);
	await host.worker.tick();
	await host.killAt(reached);

	const ready = await client().datasets.get.query({ datasetId });
	expect(ready).toMatchObject({ status: 'ready', rowCount: 1 });
	const followed = await eventually(async () => {
		await host.worker.tick();
		const { status } = await client().jobs.get.query({ jobId: jobId! });
		const runs = await runsOf(host.worker, ada, transformId);
		return status === 'succeeded' && runs.find((run) => run.status === 'succeeded');
	}, 'the import is over, and what follows has run');
	expect(followed).toMatchObject({ trigger: 'input', rowCount: 1 });
	const told = { action: 'DATASET_IMPORTED', resourceType: 'dataset', resourceId: datasetId } as const;
	const { items } = await host.worker.client(boss.token).audit.list.query(told);
	expect(items.at(-1)).toMatchObject({ details: { versionId: ready.versionId, rows: 1, rejected: 0 } });
	expect(await storedVersions(datasetId)).toEqual([ready.versionId]);
});

test('killed after the write that flips, and deleted, it is over', async () => {
	const reached = host.proxy.trap('after', flipping);
	const { datasetId, jobId } = await importFile(host.worker, ada, 'a,b\n1,x\n');
	await host.killAt(reached);
	await client().datasets.remove.mutate({ datasetId });
	await eventually(async () => {
		await host.worker.tick();
		return (await client().jobs.get.query({ jobId: jobId! })).status === 'succeeded';
	}, 'its job is over');
});

test('cancelled in the middle, it leaves neither dataset nor objects, and its worker stops', async () => {
	const reached = host.proxy.trap('after', entering('store'));
	const { datasetId, jobId } = await importFile(host.worker, ada, 'a,b\n1,x\n');
	await reached;
	expect(await client().jobs.cancel.mutate({ jobId: jobId! })).toMatchObject({ status: 'cancelled' });
	await expect(client().datasets.get.query({ datasetId })).rejects.toMatchObject({ code: 'NOT_FOUND' });
	await eventually(async () => (await storedVersions(datasetId)).length === 0, 'its objects are gone');
	expect(await storedKeys(services, `uploads/${ada.userId}/`)).toHaveLength(1); // of the import whose Worker died once it was over
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
			const of = silent.client(ada.token);
			const failed = await eventually(
				async () => {
					await silent.tick();
					const now = await of.datasets.get.query({ datasetId });
					return now.status === 'failed' && now;
				},
				'the dataset failed',
				60,
			);
			expect(failed.error).toMatchObject({ importCode: 'upstream_unavailable' });
			expect(await of.jobs.get.query({ jobId: jobId! })).toMatchObject({ status: 'failed', error: failed.error });
		} finally {
			await silent.stop();
		}
	},
);

test('deleted in the middle, while somebody waits for it, it is cancelled and they are told that it is gone', async () => {
	const waiting = await host.startAnother({ SMALL_IMPORT_BYTES: '1000' });
	try {
		const reached = host.proxy.trap('after', entering('copy'));
		const refusal = importFile(waiting, ada, 'a,b\n1,x\n', { name: 'Short-lived' }).catch((error: unknown) => error);
		await reached;
		const [dataset] = (await client().datasets.list.query({ q: 'Short-lived' })).items;
		await client().datasets.remove.mutate({ datasetId: dataset!.datasetId });
		expect(await refusal).toMatchObject({ code: 'NOT_FOUND' });
	} finally {
		await waiting.stop();
	}
});

test('deleted in the middle, it is cancelled', async () => {
	const reached = host.proxy.trap('after', entering('copy'));
	const { datasetId, jobId } = await importFile(host.worker, ada, 'a,b\n1,x\n');
	await reached;
	await client().datasets.remove.mutate({ datasetId });
	await expect(client().datasets.get.query({ datasetId })).rejects.toMatchObject({ code: 'NOT_FOUND' });
	expect(await client().jobs.get.query({ jobId: jobId! })).toMatchObject({ status: 'cancelled' });
});

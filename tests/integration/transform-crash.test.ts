// A run whose Worker is killed at each of its steps: what readers see stays whole, the run is over, and the next one goes well.
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { closing, entering, flipping, KillableWorker, storedVersions, taking } from './crashes';
import { importCsv } from './data';
import { eventually } from './files';
import { admin, newPerson, type Person } from './people';
import { copyOf, output, runsOf, runTransform } from './transforms';

let host: KillableWorker;
let ada: Person;
let sales: string;

const client = () => host.worker.client(ada.token);

beforeAll(async () => {
	host = await KillableWorker.start();
	ada = await newPerson(host.worker, await admin(host.worker, inject('services')), 'Ada');
	sales = await importCsv(host.worker, ada, { name: 'sales', csv: 'a,b\n1,x\n2,y\n' });
});
afterAll(() => host.stop());

const create = (name: string, datasetId: string, alias: string, runOnInput = false) =>
	client().transforms.create.mutate({ name, inputDatasetIds: [datasetId], code: copyOf(alias), runOnInput });

/** Ticks until all runs are over. */
async function untilOver(transformId: string) {
	return eventually(async () => {
		await host.worker.tick();
		const runs = await runsOf(host.worker, ada, transformId);
		return runs.every(({ status }) => status !== 'running') && runs;
	}, 'the runs are over');
}

test.each([
	['fetch', 'after', entering('fetch')],
	['run', 'after', entering('run')],
	['write', 'after', entering('write')],
	['send', 'after', entering('send')],
	['store', 'after', entering('store')],
	['flip, with everything stored', 'after', entering('flip')],
	['the write that flips, before it', 'before', flipping],
] as const)(
	'killed in %s, it has failed, its output is as it was, and the next one goes well',
	async (_at, side, at) => {
		const transform = await create('Copy', sales, 'sales');
		const { transformId } = transform;
		const datasetId = await output(host.worker, ada, transform);
		const before = await client().datasets.get.query({ datasetId });
		const reached = host.proxy.trap(side, at);
		await client().transforms.execute.mutate({ transformId });
		await host.killAt(reached);

		expect(await client().datasets.get.query({ datasetId })).toEqual(before);
		expect((await client().datasets.preview.query({ datasetId })).totalRows).toBe(2);
		const [, run] = await untilOver(transformId);
		expect(run).toMatchObject({ status: 'failed', error: { code: 'interrupted' }, versionId: null });
		expect((await client().auth.self.query()).failedTransforms).toEqual([transformId]);
		expect(await client().datasets.get.query({ datasetId })).toEqual(before);
		expect(await storedVersions(datasetId)).toEqual([before.versionId]);

		const next = await runTransform(host.worker, ada, transform);
		expect(next.status).toBe('succeeded');
		expect((await client().auth.self.query()).failedTransforms).toEqual([]);
		expect(await storedVersions(datasetId)).toEqual([before.versionId!, next.versionId!].sort());
	},
);

test('killed before anybody took it, it runs when the next one looks', async () => {
	const transform = await create('Copy', sales, 'sales');
	const reached = host.proxy.trap('before', taking);
	await client().transforms.execute.mutate(transform);
	await host.killAt(reached);
	const [run] = await untilOver(transform.transformId);
	expect(run).toMatchObject({ status: 'succeeded', rowCount: 2 });
});

test('killed in its first run, there is no dataset, not even half of one', async () => {
	const transform = await create('Unborn', sales, 'sales');
	const reached = host.proxy.trap('after', entering('flip'));
	await client().transforms.execute.mutate(transform);
	await host.killAt(reached);
	await untilOver(transform.transformId);
	expect(await client().transforms.get.query(transform)).toMatchObject({ outputDatasetId: null });
	expect((await client().datasets.list.query({ q: 'Unborn' })).items).toEqual([]);
	expect(await runTransform(host.worker, ada, transform)).toMatchObject({ status: 'succeeded' });
});

test.each([
	['the write that flips', flipping],
	['the write that closes its job', closing],
] as const)('killed after %s, it went well, and what runs on its output does', async (_at, at) => {
	const first = await create('First', sales, 'sales');
	const datasetId = await output(host.worker, ada, first);
	const second = await create('Second', datasetId, 'First', true);
	await output(host.worker, ada, second);
	const reached = host.proxy.trap('after', at);
	await client().transforms.execute.mutate(first);
	await host.killAt(reached);
	const runs = await untilOver(first.transformId);
	expect(runs.map(({ status }) => status)).toEqual(['succeeded', 'succeeded']);
	expect(await client().datasets.get.query({ datasetId })).toMatchObject({ versionId: runs[1]!.versionId });
	// The job is taken up once the lease of who died has ended.
	await eventually(async () => (await untilOver(second.transformId)).length === 2, 'what follows has run');
	const followed = await runsOf(host.worker, ada, second.transformId);
	expect(followed[1]).toMatchObject({ trigger: 'input', status: 'succeeded' });
	expect(await storedVersions(datasetId)).toEqual(runs.map(({ versionId }) => versionId!).sort());
});

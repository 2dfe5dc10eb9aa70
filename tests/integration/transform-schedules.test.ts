// Transforms that run by themselves: when their time has come, and when an input changes; each once, however often it is said.
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { change } from '../../src/worker/infra/dynamo/expression';
import { startApiWorker, type ApiWorker } from './api-worker';
import { importCsv } from './data';
import { startDynamoProxy, type DynamoProxy } from './dynamo-proxy';
import { eventually } from './files';
import { admin, newPerson, type Person } from './people';
import { copyOf, makeDue, output, runsOf, storeOf, whenOver, whenQuiet } from './transforms';

const services = inject('services');
let proxy: DynamoProxy;
let worker: ApiWorker;
let boss: Person;
let ada: Person;
let sales: string;

const client = () => worker.client(ada.token);

beforeAll(async () => {
	proxy = await startDynamoProxy(services.dynamo.endpoint);
	const dynamo = { ...services.dynamo, endpoint: proxy.endpoint };
	worker = await startApiWorker({ services: { ...services, dynamo } });
	boss = await admin(worker, services);
	ada = await newPerson(worker, boss, 'Ada');
	sales = await importCsv(worker, ada, { name: 'sales', csv: 'region,amount\nAPAC,1\nEMEA,2\n' });
});
afterAll(async () => {
	await worker.stop();
	proxy.close();
});

const create = (fields: Record<string, unknown> = {}) =>
	client().transforms.create.mutate({
		name: 'Copy',
		code: copyOf('sales'),
		inputDatasetIds: [sales],
		timeZone: 'Asia/Tokyo',
		...fields,
	});
/** Takes a while, so that something else can happen meanwhile. */
const SLOW = `import time\n${copyOf('sales').replace('    return', '    time.sleep(3)\n    return')}`;

describe('a schedule', () => {
	test('starts one run, however many ticks find it at once and however often the queue says so', async () => {
		const { transformId } = await create({ schedule: '0 4 * * *' });
		await makeDue(services, transformId, 30);
		await Promise.all(Array.from({ length: 10 }, () => worker.tick()));
		const [run] = await whenQuiet(worker, ada, transformId, 1);
		expect(run).toMatchObject({ status: 'succeeded', trigger: 'schedule' });
		const item = await storeOf(services).get({
			table: 'transform_executions',
			key: { transformId, startedAt: Date.parse(run!.startedAt) / 1000 },
		});
		for (let times = 0; times < 3; times += 1) await worker.nudge(String(item!['jobId']));
		await worker.tick();
		expect(await runsOf(worker, ada, transformId)).toEqual([run]);
		const { nextRuns } = await client().transforms.get.query({ transformId });
		expect(Date.parse(nextRuns[0]!)).toBeGreaterThan(Date.now());
	});

	test('whose message comes three times while it runs, runs once', async () => {
		const { transformId } = await create({ code: SLOW });
		const { executionId } = await client().transforms.execute.mutate({ transformId });
		const jobs = proxy.calls.filter(
			({ action, body }) => action === 'TransactWriteItems' && body.includes(executionId),
		);
		const jobId = /job_[0-9a-z]{16}/.exec(jobs[0]!.body)![0];
		await Promise.all([1, 2, 3].map(() => worker.nudge(jobId)));
		expect(await whenOver(worker, ada, { transformId, executionId })).toMatchObject({ status: 'succeeded' });
		const flips = proxy.calls.filter(({ body }) => body.includes('bi_dataset_versions') && body.includes(executionId));
		expect(flips).toHaveLength(1);
		expect(await runsOf(worker, ada, transformId)).toHaveLength(1);
	});

	test('that came several times while nothing ran here runs once', async () => {
		const { transformId } = await create({ schedule: '* * * * *' });
		await makeDue(services, transformId, 3 * 60 * 60);
		await worker.tick();
		expect(await whenQuiet(worker, ada, transformId, 1)).toHaveLength(1);
		await client().transforms.update.mutate({ transformId, schedule: null });
		await worker.tick();
		expect(await runsOf(worker, ada, transformId)).toHaveLength(1);
	});

	test('that comes while it runs is left out', async () => {
		const { transformId } = await create({ code: SLOW, schedule: '0 4 * * *' });
		const begun = await client().transforms.execute.mutate({ transformId });
		await makeDue(services, transformId, 5);
		await worker.tick();
		expect(await whenOver(worker, ada, begun)).toMatchObject({ status: 'succeeded' });
		await worker.tick();
		expect(await runsOf(worker, ada, transformId)).toHaveLength(1);
		const { nextRunAt } = (await storeOf(services).get({ table: 'transforms', key: { transformId } }))!;
		expect(Number(nextRunAt) * 1000).toBeGreaterThan(Date.now());
	});

	describe('whose runs have failed ten times in a row', () => {
		const BROKEN = 'def transform(inputs, params):\n    return inputs["sales"] / nothing\n';

		/** One that is at its tenth failure. */
		async function pausedOne() {
			const { transformId } = await create({ code: BROKEN, schedule: '* * * * *' });
			const update = change({ scheduledFailures: 9 });
			await storeOf(services).update({ table: 'transforms', key: { transformId }, update });
			await makeDue(services, transformId, 30);
			await worker.tick();
			const [run] = await whenQuiet(worker, ada, transformId, 1);
			return { transformId, run: run! };
		}
		const isDue = async (transformId: string) =>
			'nextRunAt' in (await storeOf(services).get({ table: 'transforms', key: { transformId } }))!;

		test('pauses, says so, and goes on when a run goes well', async () => {
			const { transformId, run } = await pausedOne();
			const reason = { pausedReason: 'failures' };
			expect(run.error).toMatchObject({ message: expect.stringMatching(/'nothing' is not defined$/), ...reason });
			const paused = { schedule: '* * * * *', nextRuns: [], pausedAt: run.finishedAt, ...reason };
			expect(await client().transforms.get.query({ transformId })).toMatchObject(paused);
			const { items } = await client().transforms.list.query({});
			expect(items.find((one) => one.transformId === transformId)).toMatchObject(paused);
			await makeDue(services, transformId, 30);
			await worker.tick();
			expect([await runsOf(worker, ada, transformId), await isDue(transformId)]).toEqual([[run], false]);

			// What failed is gone without that anybody saved it.
			const update = change({ code: copyOf('sales') });
			await storeOf(services).update({ table: 'transforms', key: { transformId }, update });
			await output(worker, ada, { transformId });
			await eventually(() => isDue(transformId), 'its schedule goes on');
			const goesOn = await client().transforms.get.query({ transformId });
			expect([goesOn.pausedAt, goesOn.pausedReason, goesOn.nextRuns.length]).toEqual([null, null, 3]);
			await client().transforms.remove.mutate({ transformId });
		});

		test('pauses until somebody saves it', async () => {
			const { transformId } = await pausedOne();
			const saved = await client().transforms.update.mutate({ transformId, code: copyOf('sales') });
			expect([saved.pausedAt, saved.pausedReason, saved.nextRuns.length]).toEqual([null, null, 3]);
			expect(await isDue(transformId)).toBe(true);
			await client().transforms.remove.mutate({ transformId });
		});
	});

	test('pauses at once when the account of its owner is disabled, and says that it is for that', async () => {
		const eve = await newPerson(worker, boss, 'Eve');
		const { transformId } = await worker.client(eve.token).transforms.create.mutate({
			name: 'Orphan',
			code: 'import pandas as pd\ndef transform(inputs, params):\n    return pd.DataFrame({"a": [1]})\n',
			inputDatasetIds: [],
			schedule: '* * * * *',
		});
		await worker.client(boss.token).users.update.mutate({ userId: eve.userId, disabled: true });
		await makeDue(services, transformId, 30);
		await worker.tick();
		const [run] = await whenQuiet(worker, boss, transformId, 1);
		const pausedReason = 'owner_disabled';
		expect(run).toMatchObject({ status: 'failed', error: { code: 'owner_disabled', pausedReason } });
		const paused = await worker.client(boss.token).transforms.get.query({ transformId });
		expect(paused).toMatchObject({ nextRuns: [], pausedAt: run!.finishedAt, pausedReason });
		await worker.client(boss.token).users.update.mutate({ userId: eve.userId, disabled: false });
		await output(worker, boss, { transformId });
		await eventually(async () => {
			const goesOn = await worker.client(boss.token).transforms.get.query({ transformId });
			return goesOn.pausedReason === null && goesOn.nextRuns.length === 3;
		}, 'its schedule goes on');
		await worker.client(boss.token).transforms.remove.mutate({ transformId });
	});

	test('costs the tick one query when none is due', async () => {
		proxy.calls.length = 0;
		await worker.tick();
		const about = proxy.calls.filter(({ body }) => body.includes('bi_transforms"'));
		expect(about.map(({ action }) => action)).toEqual(['Query']);
	});
});

describe('a change of an input', () => {
	const follow = (name: string, inputs: { datasetId: string; alias: string }) =>
		create({
			name,
			code: copyOf(inputs.alias),
			inputDatasetIds: [inputs.datasetId],
			runOnInput: true,
		});

	test('runs a chain to its end, each once and in order, and not what did not ask for it', async () => {
		const a = await create({ name: 'A' });
		const b = await follow('B', { datasetId: await output(worker, ada, a), alias: 'A' });
		const c = await follow('C', { datasetId: await output(worker, ada, b), alias: 'B' });
		const other = await create({ name: 'D', code: copyOf('A'), inputDatasetIds: b.inputDatasetIds });
		await output(worker, ada, c);
		await output(worker, ada, a);
		const [, ofB] = await whenQuiet(worker, ada, b.transformId, 2);
		const [, ofC] = await whenQuiet(worker, ada, c.transformId, 2);
		await new Promise((resolve) => setTimeout(resolve, 1000));
		await worker.tick();
		expect(ofB).toMatchObject({ trigger: 'input', status: 'succeeded' });
		expect(ofC).toMatchObject({ trigger: 'input', status: 'succeeded' });
		expect(Date.parse(ofC!.startedAt)).toBeGreaterThanOrEqual(Date.parse(ofB!.finishedAt!));
		const counts = [a, b, c, other].map(async ({ transformId }) => (await runsOf(worker, ada, transformId)).length);
		expect(await Promise.all(counts)).toEqual([2, 2, 2, 0]);
	});

	test('while it runs makes it run once more, however often it changes', async () => {
		const a = await create({ name: 'A' });
		const b = await follow('B', { datasetId: await output(worker, ada, a), alias: 'A' });
		await client().transforms.update.mutate({ transformId: b.transformId, code: SLOW.replace('sales', 'A') });
		// The heavy place of the executor is one: until this run is over the others wait for it, and change its input all the same.
		const begun = await client().transforms.execute.mutate({ transformId: b.transformId });
		const store = storeOf(services);
		const { noteInput } = await import('../../src/worker/entities/transform/run-state');
		for (let times = 0; times < 3; times += 1)
			await noteInput(store, { transformId: b.transformId, datasetId: b.inputDatasetIds[0]!, now: Date.now() / 1000 });
		await worker.tick();
		expect(await whenOver(worker, ada, begun)).toMatchObject({ trigger: 'manual', status: 'succeeded' });
		const runs = await whenQuiet(worker, ada, b.transformId, 2);
		expect(runs.map(({ trigger, status }) => [trigger, status])).toEqual([
			['manual', 'succeeded'],
			['input', 'succeeded'],
		]);
		await worker.tick();
		expect(await runsOf(worker, ada, b.transformId)).toHaveLength(2);
	});

	test('that would come from its own output is refused, naming the way', async () => {
		const a = await create({ name: 'A' });
		const b = await follow('B', { datasetId: await output(worker, ada, a), alias: 'A' });
		const c = await follow('C', { datasetId: await output(worker, ada, b), alias: 'B' });
		const ofC = await output(worker, ada, c);
		const { transformId } = a;
		await expect(
			client().transforms.update.mutate({ transformId, inputDatasetIds: [sales, ofC] }),
		).rejects.toMatchObject({ code: 'CYCLE', details: { path: ['A', 'B', 'C', 'A'] } });
		await expect(
			client().transforms.update.mutate({ transformId, inputDatasetIds: [b.inputDatasetIds[0]!] }),
		).rejects.toMatchObject({ code: 'CYCLE', details: { path: ['A', 'A'] } });
		expect((await client().transforms.get.query({ transformId })).inputDatasetIds).toEqual([sales]);
	});

	test('two changes at once do not make a cycle either', async () => {
		const [a, b] = [await create({ name: 'A' }), await create({ name: 'B' })];
		const [ofA, ofB] = [await output(worker, ada, a), await output(worker, ada, b)];
		const change = ({ transformId }: { transformId: string }, datasetId: string) =>
			client().transforms.update.mutate({ transformId, inputDatasetIds: [datasetId] });
		const outcomes = await Promise.allSettled([change(a, ofB), change(b, ofA)]);
		const refused = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
		expect(refused).toEqual([expect.objectContaining({ code: 'CYCLE' })]);
	});
});

test('a run for which there is no place waits and gets its turn', async () => {
	const [first, second] = [await create({ code: SLOW, name: 'First' }), await create({ name: 'Second' })];
	const [one, other] = [
		await client().transforms.execute.mutate(first),
		await client().transforms.execute.mutate(second),
	];
	expect(await whenOver(worker, ada, one)).toMatchObject({ status: 'succeeded' });
	await eventually(async () => {
		await worker.tick();
		const run = await client().transforms.execution.query(other);
		return run.status === 'succeeded';
	}, 'the other had its turn');
});

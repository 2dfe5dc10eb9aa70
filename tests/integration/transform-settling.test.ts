// Transforms whose inputs come from the same change: each runs once for it, the last one when all of its inputs are there, and none is
// kept from its run by another that fails.
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { startApiWorker, type ApiWorker } from './api-worker';
import { importCsv } from './data';
import { eventually } from './files';
import { admin, newPerson, type Person } from './people';
import { copyOf, output, runsOf } from './transforms';

const services = inject('services');
let worker: ApiWorker;
let ada: Person;
let sales: string;

beforeAll(async () => {
	worker = await startApiWorker({ services });
	ada = await newPerson(worker, await admin(worker, services), 'Ada');
	sales = await importCsv(worker, ada, { name: 'sales', csv: 'region,amount\nAPAC,1\nEMEA,2\n' });
});
afterAll(() => worker.stop());

interface Made {
	transformId: string;
	datasetId: string;
	name: string;
}

/** A transform that follows its inputs, run once: it returns the first of them. */
async function follow(name: string, ...inputs: Made[]): Promise<Made> {
	const { transformId } = await worker.client(ada.token).transforms.create.mutate({
		name,
		code: copyOf(inputs[0]?.name ?? 'sales'),
		inputDatasetIds: inputs.length > 0 ? inputs.map(({ datasetId }) => datasetId) : [sales],
		runOnInput: true,
	});
	return { name, transformId, datasetId: await output(worker, ada, { transformId }) };
}

const runsAfterFirst = async ({ transformId }: Made) => (await runsOf(worker, ada, transformId)).slice(1);

/** Ticks until each of these has run again, and nothing goes on any more. */
async function whenAllRanAgain(...transforms: Made[]) {
	const all = await eventually(async () => {
		await worker.tick();
		const runs = await Promise.all(transforms.map(runsAfterFirst));
		return runs.every((some) => some.length > 0 && some.every(({ status }) => status !== 'running')) && runs;
	}, 'all have run again');
	await worker.tick();
	return all;
}

test('a diamond: what hangs on two that follow the same one runs once, after both', async () => {
	const a = await follow('A');
	const [b, c] = [await follow('B', a), await follow('C', a)];
	const d = await follow('D', b, c);
	await output(worker, ada, a);
	const [ofB, ofC, ofD] = await whenAllRanAgain(b, c, d);
	expect([ofB!.length, ofC!.length, ofD!.length]).toEqual([1, 1, 1]);
	const [begun, ...made] = [ofD![0]!.startedAt, ofB![0]!.finishedAt!, ofC![0]!.finishedAt!].map(Date.parse);
	expect(begun).toBeGreaterThanOrEqual(Math.max(...made));
	expect(await runsAfterFirst(d)).toHaveLength(1);
});

test('what hangs on one and on what follows it runs once, after the latter', async () => {
	const a = await follow('A');
	const b = await follow('B', a);
	const c = await follow('C', a, b);
	await output(worker, ada, a);
	const [ofB, ofC] = await whenAllRanAgain(b, c);
	expect([ofB!.length, ofC!.length]).toEqual([1, 1]);
	expect(Date.parse(ofC![0]!.startedAt)).toBeGreaterThanOrEqual(Date.parse(ofB![0]!.finishedAt!));
	expect(await runsAfterFirst(c)).toHaveLength(1);
});

test('a branch that fails keeps nobody waiting: what hangs on the other one runs', async () => {
	const a = await follow('A');
	const [b, c] = [await follow('B', a), await follow('C', a)];
	const d = await follow('D', b, c);
	const code = 'import time\ndef transform(inputs, params):\n    time.sleep(1)\n    return 1 / 0\n';
	await worker.client(ada.token).transforms.update.mutate({ transformId: c.transformId, code });
	await output(worker, ada, a);
	const [ofB, ofC, ofD] = await whenAllRanAgain(b, c, d);
	expect([ofB, ofC, ofD].map((runs) => runs!.map(({ status }) => status))).toEqual([
		['succeeded'],
		['failed'],
		['succeeded'],
	]);
});

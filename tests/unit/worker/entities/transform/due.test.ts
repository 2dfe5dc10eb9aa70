// What is due is started, whatever is wrong with another one; what runs for changed inputs runs once for those that change together.
import { describe, expect, test } from 'vitest';
import { inputChanged, startDue } from '../../../../../src/worker/entities/transform/due';
import type { Dynamo, Item, KeyOf, Update, Write } from '../../../../../src/worker/infra/dynamo/port';

type StartDeps = Parameters<typeof startDue>[0];

const NOW = 10_000;
const transform = (transformId: string, fields: Item = {}): Item => ({
	transformId,
	ownerId: 'user_0000000000000001',
	name: 'T',
	code: '',
	params: '{}',
	inputs: [],
	outputDatasetId: null,
	schedule: '0 4 * * *',
	timeZone: 'UTC',
	runOnInput: true,
	lastRun: null,
	runs: 0,
	nextRunAt: NOW - 60,
	dueShard: '0',
	revision: 1,
	createdAt: 1,
	updatedAt: 1,
	...fields,
});

/** A store with these transforms, all of them due and all of them users of any dataset. */
function surroundings(...items: Item[]) {
	const byId = new Map(items.map((item) => [String(item['transformId']), item]));
	const started: unknown[] = [];
	const asked: string[] = [];
	/** `ds_b` is what `tf_b` makes. */
	const made = (datasetId: string) => {
		const transformId = datasetId.replace('ds', 'tf');
		return { datasetId, ownerId: 'user_0000000000000001', name: 'D', ...(byId.has(transformId) && { transformId }) };
	};
	const logged: unknown[] = [];
	const find = ({ key }: Pick<KeyOf, 'key'>) => byId.get(String(key['transformId']))!;
	const dynamo = {
		query: async () => [...byId.keys()].map((transformId) => ({ transformId, byId: transformId })),
		get: async (of: KeyOf) => find(of),
		batchGet: async (keys: KeyOf[]) => {
			asked.push(...keys.map(({ table }) => table));
			return keys.map((of) => (of.table === 'datasets' ? made(String(of.key['datasetId'])) : find(of)));
		},
		update: async (write: Update) => ({ ...find(write), inputChanged: true }),
		transact: async ([begin]: Write[]) => void started.push((begin as { update: Update }).update.key['transformId']),
	} as unknown as Dynamo;
	const deps = {
		dynamo,
		now: () => NOW,
		newId: (prefix: string) => `${prefix}_0000000000000009`,
		queue: { send: async () => undefined },
		log: { info: () => undefined, error: (fields: unknown) => logged.push(fields) },
	} as unknown as StartDeps;
	return { deps, started, asked, logged };
}

const sound = Array.from({ length: 12 }, (_, at) => transform(`tf_${String(at).padStart(16, '0')}`));
const ids = sound.map(({ transformId }) => transformId);

test.each([
	['a schedule that nobody can read', { schedule: 'whenever' }],
	['a zone that is none any more', { timeZone: 'Mars/Olympus' }],
	['fields that are none of a transform', { inputs: 'x' }],
])('a transform with %s keeps no other from its time', async (_what, wrong) => {
	const { deps, started, logged } = surroundings(transform('tf_broken', wrong), ...sound);
	await startDue(deps);
	expect(started.toSorted()).toEqual(ids);
	expect(logged).toEqual([expect.objectContaining({ event: 'transform.start', transform: 'tf_broken' })]);
});

test.each([
	['does not start', { schedule: 'whenever' }],
	['cannot even be read', { inputs: 'x' }],
])('nor one that %s on a changed input: the others are told of it', async (_what, wrong) => {
	const { deps, started, logged } = surroundings(transform('tf_broken', wrong), ...sound);
	await inputChanged(deps, 'ds_0000000000000001');
	expect(started.toSorted()).toEqual(ids);
	expect(logged).toHaveLength(1);
});

describe('a run for a changed input', () => {
	const CHANGED = NOW - 60;
	const inputs = ['ds_b', 'ds_c'].map((datasetId) => ({ datasetId, alias: datasetId }));
	const follower = (fields: Item = {}) =>
		transform('tf_d', { inputs, inputChanged: true, nextRunAt: CHANGED, ...fields });
	/** What makes the other input. */
	const maker = (fields: Item) => transform('tf_c', { outputDatasetId: 'ds_c', nextRunAt: undefined, ...fields });
	const running = (startedAt: number, fields: Item = {}) => ({
		running: { executionId: 'exec_c', jobId: 'job_c', startedAt, ...fields },
	});
	const startedBeside = async (other: Item, fields: Item = {}) => {
		const { deps, started } = surroundings(follower(fields), other);
		await startDue(deps);
		return started.includes('tf_d');
	};

	test.each([
		['is being made', running(CHANGED - 1)],
		['is being made for the same change', running(CHANGED + 5, { since: CHANGED })],
		['is about to be made, as an input of its own has changed', { inputChanged: true, nextRunAt: CHANGED }],
	])('waits while another input %s', async (_what, fields) => {
		expect(await startedBeside(maker(fields))).toBe(false);
	});

	test.each([
		['is not being made', {}],
		['is made by a schedule that pauses', { pausedAt: 1, nextRunAt: CHANGED - 1 }],
		['is made by what began later: that is not waited for, or it could go on for ever', running(CHANGED + 1)],
		['is what a transform made once, which makes another now', { ...running(CHANGED - 1), outputDatasetId: 'ds_x' }],
	])('does not wait when another input %s', async (_what, fields) => {
		expect(await startedBeside(maker(fields))).toBe(true);
	});

	test('waits for an hour at most', async () => {
		expect(await startedBeside(maker(running(1)), { nextRunAt: NOW - 3_600 })).toBe(true);
	});

	test('is no matter of a schedule, which keeps its time', async () => {
		expect(await startedBeside(maker(running(1)), { inputChanged: undefined })).toBe(true);
	});

	test('costs no question more when there is no other input', async () => {
		const { deps, started, asked } = surroundings(follower({ inputs: inputs.slice(0, 1) }));
		await startDue(deps);
		expect([started, asked]).toEqual([['tf_d'], []]);
	});
});

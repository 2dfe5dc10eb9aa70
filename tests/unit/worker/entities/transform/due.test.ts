// What is due is started, whatever is wrong with another one.
import { expect, test } from 'vitest';
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
	const logged: unknown[] = [];
	const find = ({ key }: Pick<KeyOf, 'key'>) => byId.get(String(key['transformId']))!;
	const dynamo = {
		query: async () => [...byId.keys()].map((transformId) => ({ transformId, byId: transformId })),
		get: async (of: KeyOf) => find(of),
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
	return { deps, started, logged };
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

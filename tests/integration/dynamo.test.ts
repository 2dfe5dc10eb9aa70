// What every DynamoDB must do for the port: run against dynoxide by default, against AWS's own with CARDINAL_TEST_DYNAMO.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { Cost } from '../../src/worker/cost';
import { newId } from '../../src/worker/ids';
import { createDynamo } from '../../src/worker/infra/dynamo/adapter';
import { absent, and, at, change, present, when } from '../../src/worker/infra/dynamo/expression';
import { ConditionFailed, type Dynamo } from '../../src/worker/infra/dynamo/port';

const { dynamo: access } = inject('services');
let cost: Cost;
let dynamo: Dynamo;

beforeEach(() => {
	cost = new Cost();
	dynamo = createDynamo(access)(cost);
});

const session = (sessionId = newId('sess')) => ({ table: 'sessions' as const, key: { sessionId } });

describe('an item', () => {
	test('comes back as it was stored, without what is undefined', async () => {
		const of = session();
		const item = {
			...of.key,
			userId: 'u',
			n: 1.5,
			no: null,
			yes: true,
			list: [1, 'a', { b: [] }],
			map: { 'a#b': '' },
			東京: '値',
			gone: undefined,
		};
		await dynamo.put({ table: 'sessions', item });
		const { gone: _, ...kept } = item;
		expect(await dynamo.get(of)).toEqual(kept);
		expect(cost.calls.dynamo).toBe(2);
		expect(cost.capacity).toBeGreaterThan(0);
	});

	test('that is not there is null', async () => {
		expect(await dynamo.get(session())).toBeNull();
		expect(await dynamo.remove(session())).toBeNull();
	});

	test('is changed, counted and shortened by an update, which says what it is then', async () => {
		const of = session();
		await dynamo.put({ table: 'sessions', item: { ...of.key, a: 1, b: 2, parts: {} } });
		expect(await dynamo.update({ ...of, update: change({ a: 5, b: undefined }, { n: 2 }) })).toEqual({
			...of.key,
			a: 5,
			n: 2,
			parts: {},
		});
		const nested = when`SET ${at('parts')}.${at('7')} = ${'etag'}`;
		expect(await dynamo.update({ ...of, update: nested })).toMatchObject({ parts: { 7: 'etag' } });
		expect(await dynamo.remove(of)).toMatchObject({ a: 5 });
	});
});

describe('a condition', () => {
	test('that does not hold refuses the write and tells what is there instead', async () => {
		const of = session();
		const item = { ...of.key, revision: 1 };
		await dynamo.put({ table: 'sessions', item, condition: absent('sessionId') });
		const again = dynamo.put({ table: 'sessions', item: { ...item, revision: 9 }, condition: absent('sessionId') });
		await expect(again).rejects.toMatchObject({ name: 'ConditionFailed', current: item });
		const stale = dynamo.update({ ...of, update: change({ revision: 3 }), condition: when`${at('revision')} = ${2}` });
		await expect(stale).rejects.toMatchObject({ current: item });
		const missing = dynamo.update({ ...session(), update: change({ a: 1 }), condition: present('sessionId') });
		await expect(missing).rejects.toMatchObject({ current: null });
	});

	test('lets exactly one of fifty writers through, revision by revision', async () => {
		const of = session();
		await dynamo.put({ table: 'sessions', item: { ...of.key, revision: 1 } });
		const writers = Array.from({ length: 50 }, (_, n) =>
			dynamo.update({ ...of, update: change({ by: n }, { revision: 1 }), condition: when`${at('revision')} = ${1}` }),
		);
		const results = await Promise.allSettled(writers);
		expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
		expect(await dynamo.get(of)).toMatchObject({ revision: 2 });
	});
});

describe('a transaction', () => {
	test('does all or nothing and names the writes whose condition failed', async () => {
		const [one, two, three] = [session(), session(), session()];
		await dynamo.put({ table: 'sessions', item: two.key });
		const writes = [
			{ put: { table: 'sessions' as const, item: one.key, condition: absent('sessionId') } },
			{ put: { table: 'sessions' as const, item: two.key, condition: absent('sessionId') } },
			{ check: { ...three, condition: present('sessionId') } },
		];
		await expect(dynamo.transact(writes)).rejects.toMatchObject({ name: 'ConditionFailed', failed: [1, 2] });
		expect(await dynamo.get(one)).toBeNull();
	});

	test('lets exactly one of twenty claim a key, and the others know', async () => {
		const key = `email#${newId('user')}`;
		const claims = Array.from({ length: 20 }, () => {
			const userId = newId('user');
			return dynamo.transact([
				{ put: { table: 'unique', item: { key, userId }, condition: absent('key') } },
				{
					put: {
						table: 'users',
						item: { userId, email: 'e', kind: 'test', createdAt: 1 },
						condition: absent('userId'),
					},
				},
			]);
		});
		const results = await Promise.allSettled(claims);
		const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
		expect(refused).toHaveLength(19);
		expect(refused.every((reason) => reason instanceof ConditionFailed)).toBe(true);
	});
});

describe('a batch', () => {
	test('of 250 keys over two tables comes back in their order in three calls, absent ones null, equal ones alike', async () => {
		const ids = Array.from({ length: 120 }, () => newId('sess'));
		for (const sessionId of ids.slice(0, 3))
			await dynamo.put({ table: 'sessions', item: { sessionId, secret: 'x', name: 'n' } });
		const userId = newId('user');
		await dynamo.put({ table: 'users', item: { userId, email: 'e', kind: 'test', createdAt: 1, name: 'n' } });
		cost = new Cost();
		dynamo = createDynamo(access)(cost);
		const keys = [
			...ids.map((id) => session(id)),
			...Array.from({ length: 129 }, () => session()),
			{ table: 'users' as const, key: { userId } },
			session(ids[0]),
		];
		const items = await dynamo.batchGet(keys, { sessions: ['name'] });
		expect(cost.calls.dynamo).toBe(3);
		expect(items).toHaveLength(251);
		expect(items[0]).toEqual({ sessionId: ids[0], name: 'n' });
		expect(items.at(-1)).toEqual(items[0]);
		expect(items[249]).toMatchObject({ userId, email: 'e' });
		expect(items.slice(3, 249).every((item) => item === null)).toBe(true);
	});

	test('of nothing costs nothing', async () => {
		expect(await dynamo.batchGet([])).toEqual([]);
		expect(cost.calls.dynamo).toBe(0);
	});
});

describe('a query', () => {
	test('returns every page, in order, filtered and cut', async () => {
		const datasetId = newId('ds');
		const padding = 'x'.repeat(300_000);
		for (let n = 0; n < 8; n += 1)
			await dynamo.put({ table: 'dataset_versions', item: { datasetId, versionId: `ver_${n}`, n, padding } });
		const where = when`${at('datasetId')} = ${datasetId}`;
		const table = 'dataset_versions' as const;
		const names = (items: Record<string, unknown>[]) => items.map((item) => item['n']);
		expect(names(await dynamo.query({ table, where, consistent: true }))).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
		expect(names(await dynamo.query({ table, where, newestFirst: true, limit: 2 }))).toEqual([7, 6]);
		expect(names(await dynamo.query({ table, where, filter: when`${at('n')} > ${5}`, limit: 1 }))).toEqual([6]);
		expect(await dynamo.query({ table, where, project: ['n'], limit: 1 })).toEqual([{ n: 0 }]);
	});

	test('of an index sees what its items have, and not those that lack its keys', async () => {
		const [due, later, over] = [newId('job'), newId('job'), newId('job')];
		const shard = newId('exec');
		for (const [jobId, leaseUntil] of [
			[due, 10],
			[later, 30],
		] as const)
			await dynamo.put({ table: 'jobs', item: { jobId, ownerId: 'o', createdAt: 1, shard, leaseUntil } });
		await dynamo.put({ table: 'jobs', item: { jobId: over, ownerId: 'o', createdAt: 1 } });
		const found = await dynamo.query({
			table: 'jobs',
			index: 'JobsDue',
			where: and(when`${at('shard')} = ${shard}`, when`${at('leaseUntil')} <= ${20}`),
		});
		expect(found.map((item) => item['jobId'])).toEqual([due]);
	});
});

describe('a DynamoDB in trouble', () => {
	let server: Server;
	const answers: ((end: (status: number, body: object) => void) => void)[] = [];
	let asked = 0;

	beforeEach(async () => {
		asked = 0;
		answers.length = 0;
		server = createServer((request, response) => {
			request.resume();
			const next = answers[Math.min(asked, answers.length - 1)]!;
			asked += 1;
			next((status, body) =>
				response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(body)),
			);
		});
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
		dynamo = createDynamo({ ...access, endpoint })(cost);
	});
	afterEach(() => {
		server.closeAllConnections();
		server.close();
	});

	const throttled = (end: (status: number, body: object) => void) =>
		end(400, { __type: 'com.amazonaws#ThrottlingException', message: 'slow down' });
	const broken = (end: (status: number, body: object) => void) => end(500, {});
	const fine = (end: (status: number, body: object) => void) =>
		end(200, { Item: { sessionId: { S: 's' } }, Attributes: { sessionId: { S: 's' } } });

	test('is asked again when it throttles, three times at most', async () => {
		answers.push(throttled, throttled, fine);
		expect(await dynamo.get(session())).toEqual({ sessionId: 's' });
		answers.splice(0, 3, throttled);
		asked = 0;
		await expect(dynamo.get(session())).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
		expect(asked).toBe(3);
		expect(cost.calls.dynamo).toBe(6);
	});

	test('is not asked again for a conditional write that it may have done', async () => {
		answers.push(broken, fine);
		const write = { ...session(), update: change({}, { revision: 1 }), condition: when`${at('revision')} = ${1}` };
		await expect(dynamo.update(write)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
		expect(asked).toBe(1);
		asked = 0;
		expect(await dynamo.update({ ...write, repeatable: true })).toEqual({ sessionId: 's' });
	});

	test('that never gets to some keys of a batch is no empty answer', async () => {
		const of = session();
		const table = `${access.prefix}sessions`;
		answers.push((end) =>
			end(200, { Responses: {}, UnprocessedKeys: { [table]: { Keys: [{ sessionId: { S: of.key.sessionId } }] } } }),
		);
		await expect(dynamo.batchGet([of])).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
	});

	test('tells nobody its own words', async () => {
		answers.push((end) =>
			end(400, { __type: 'x#ResourceNotFoundException', message: `no table ${access.prefix}sessions` }),
		);
		await expect(dynamo.get(session())).rejects.not.toHaveProperty('userMessage', expect.stringContaining('table'));
	});
});

// What the repositories rely on DynamoDB for, asked of every engine that `npm start` may find: AWS's own is the referee.
import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Cost } from '../../src/worker/cost';
import { createDynamo } from '../../src/worker/infra/dynamo/adapter';
import { absent, at, change, when } from '../../src/worker/infra/dynamo/expression';
import { ConditionFailed, type Dynamo, type Item } from '../../src/worker/infra/dynamo/port';
import { createTableInput } from '../../src/worker/infra/dynamo/tables';
import { dynamoClient } from '../../scripts/lib/provision/dynamo-client.js';
import { provisionTables } from '../../scripts/lib/provision/tables.js';
import type { DynamoEngine } from '../../scripts/lib/services/dynamo.js';
import { startTestStack, type TestStack } from '../harness/stack';

const engines: DynamoEngine[] = hasJava() ? ['dynoxide', 'dynamodb-local'] : ['dynoxide'];

describe.each(engines)('on %s', (engine) => {
	let stack: TestStack;
	let dynamo: Dynamo;
	let cost: Cost;

	beforeAll(async () => {
		stack = await startTestStack({ parts: ['dynamo'], engine });
		cost = new Cost();
		dynamo = createDynamo(stack.dynamo)(cost);
	});
	afterAll(() => stack?.stop());

	const dashboard = (dashboardId: string, more: Item = {}) => ({
		dashboardId,
		ownerId: 'user_a',
		createdAt: 1,
		revision: 1,
		...more,
	});
	const put = (item: Item) => dynamo.put({ table: 'dashboards', item });

	test('reads its own write, numbers, lists, maps and nulls as they were', async () => {
		const item = dashboard('dash_values', {
			counts: [1, 2.5],
			grants: { user_b: { permission: 'viewer', expiresAt: null } },
			isOpen: false,
		});
		await put(item);
		expect(await dynamo.get({ table: 'dashboards', key: { dashboardId: 'dash_values' } })).toEqual(item);
	});

	test('a condition decides who is first, and the others learn what is there', async () => {
		const attempts = Array.from({ length: 50 }, (_, writer) =>
			dynamo.put({ table: 'unique', item: { key: 'email#one', writer }, condition: absent('key') }).then(
				() => null,
				(error: unknown) => error,
			),
		);
		const losers = (await Promise.all(attempts)).filter((outcome) => outcome !== null);
		const winner = await dynamo.get({ table: 'unique', key: { key: 'email#one' } });
		expect(losers).toHaveLength(49);
		for (const loser of losers) {
			expect(loser).toBeInstanceOf(ConditionFailed);
			expect((loser as ConditionFailed).current).toEqual(winner);
		}
	});

	test('of fifty who update one revision one wins, and nothing is lost', async () => {
		await put(dashboard('dash_race', { changes: 0 }));
		const update = (revision: number) =>
			dynamo.update({
				table: 'dashboards',
				key: { dashboardId: 'dash_race' },
				update: change({ revision: revision + 1 }, { changes: 1 }),
				condition: when`${at('revision')} = ${revision}`,
			});
		const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => update(1)));
		expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
		expect(await dynamo.get({ table: 'dashboards', key: { dashboardId: 'dash_race' } })).toMatchObject({
			revision: 2,
			changes: 1,
		});
	});

	test('a transaction writes all or nothing and names the write that failed', async () => {
		await dynamo.put({ table: 'unique', item: { key: 'group-name#taken' } });
		const writes = [
			{ put: { table: 'groups' as const, item: { groupId: 'grp_a', name: 'A', kind: 'group', createdAt: 1 } } },
			{ put: { table: 'unique' as const, item: { key: 'group-name#taken' }, condition: absent('key') } },
		];
		const failure = await dynamo.transact(writes).catch((error: unknown) => error);
		expect(failure).toBeInstanceOf(ConditionFailed);
		expect((failure as ConditionFailed).failed).toEqual([1]);
		expect(await dynamo.get({ table: 'groups', key: { groupId: 'grp_a' } })).toBeNull();
	});

	test('a batch of three tables is one call and keeps the order of its keys', async () => {
		await put(dashboard('dash_batch'));
		await dynamo.put({ table: 'sessions', item: { sessionId: 'sess_a', userId: 'user_a' } });
		const before = cost.calls.dynamo;
		const found = await dynamo.batchGet([
			{ table: 'users', key: { userId: 'user_nobody' } },
			{ table: 'sessions', key: { sessionId: 'sess_a' } },
			{ table: 'dashboards', key: { dashboardId: 'dash_batch' } },
		]);
		expect(found.map((item) => item && (item['sessionId'] ?? item['dashboardId']))).toEqual([
			null,
			'sess_a',
			'dash_batch',
		]);
		expect(cost.calls.dynamo - before).toBe(1);
	});

	test('a batch beyond a hundred keys is answered in full', async () => {
		const keys = Array.from({ length: 130 }, (_, number) => ({
			table: 'usages' as const,
			key: { usedId: 'ds_many', byId: `card_${number}` },
		}));
		await Promise.all(keys.map(({ table, key }) => dynamo.put({ table, item: key })));
		const found = await dynamo.batchGet(keys);
		expect(found.map((item) => item?.['byId'])).toEqual(keys.map(({ key }) => key.byId));
	});

	test('an index lists newest first, over as many pages as it takes', async () => {
		const text = 'x'.repeat(30_000);
		const ids = Array.from({ length: 60 }, (_, number) => `dash_list_${number}`);
		await Promise.all(
			ids.map((dashboardId, number) => put(dashboard(dashboardId, { ownerId: 'user_many', createdAt: number, text }))),
		);
		const listed = await dynamo.query({
			table: 'dashboards',
			index: 'DashboardsByOwner',
			where: when`${at('ownerId')} = ${'user_many'}`,
			newestFirst: true,
		});
		expect(listed.map((item) => item['dashboardId'])).toEqual(ids.toReversed());
	});

	test('provisioning adds what a table lacks, and what is in it stays', async () => {
		const call = dynamoClient(stack.dynamo);
		const { GlobalSecondaryIndexes: _left, ...table } = createTableInput('sessions', stack.dynamo.prefix);
		const { TableName } = table;
		const AttributeDefinitions = table.AttributeDefinitions.filter(
			({ AttributeName }) => AttributeName === 'sessionId',
		);
		await call('DeleteTable', { TableName });
		await call('CreateTable', { ...table, AttributeDefinitions });
		await dynamo.put({ table: 'sessions', item: { sessionId: 'sess_kept', userId: 'user_kept' } });

		expect(await provisionTables(stack.dynamo)).toEqual([
			`added index SessionsByUser to ${TableName}`,
			`set the TTL of ${TableName}`,
		]);
		const where = when`${at('userId')} = ${'user_kept'}`;
		const listed = await dynamo.query({ table: 'sessions', index: 'SessionsByUser', where });
		expect(listed).toEqual([{ sessionId: 'sess_kept', userId: 'user_kept' }]);
	});

	test('what was written is there after a kill', async () => {
		await put(dashboard('dash_kept'));
		await stack.kill();
		stack = await stack.restart();
		dynamo = createDynamo(stack.dynamo)(cost);
		expect(await dynamo.get({ table: 'dashboards', key: { dashboardId: 'dash_kept' } })).toMatchObject({
			ownerId: 'user_a',
		});
	});
});

function hasJava(): boolean {
	try {
		execFileSync('java', ['-version'], { stdio: 'ignore' });
		return true;
	} catch {
		return false; // then npm start has only the one engine here, too
	}
}

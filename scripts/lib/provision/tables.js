// @ts-check
// Creates the tables of `src/worker/infra/dynamo/tables.ts` where they are missing and adds what they lack.
import { setTimeout as sleep } from 'node:timers/promises';
import { createTableInput, tables } from '../../../src/worker/infra/dynamo/tables.ts';
import { Problem } from '../problem.js';
import { dynamoClient } from './dynamo-client.js';

/** Building an index over a full table takes longer; running again goes on from there. */
const ACTIVE_WITHIN_MS = 600_000;
const ASK_EVERY_MS = 250;

/** @typedef {keyof typeof tables} TableName */
const names = /** @type {TableName[]} */ (Object.keys(tables));

/**
 * Idempotent: creates missing tables, missing indexes (one at a time, as DynamoDB demands) and TTL settings.
 * It never deletes: an index that the definition no longer has is left to be removed by hand.
 * @param {import('./dynamo-client.js').DynamoAccess} access
 * @returns {Promise<string[]>} what was done, a line each
 */
export async function provisionTables(access) {
	const call = dynamoClient(access);
	const existing = new Set(await listTables(call));
	const done = await Promise.all(names.map((name) => provisionTable(call, name, access.prefix, existing)));
	return done.flat();
}

/** @param {import('./dynamo-client.js').Call} call @param {TableName} name @param {string} prefix @param {Set<string>} existing */
async function provisionTable(call, name, prefix, existing) {
	const wanted = createTableInput(name, prefix);
	const { TableName } = wanted;
	const done = [];
	if (!existing.has(TableName)) {
		await call('CreateTable', wanted);
		done.push(`created ${TableName}`);
	}
	let table = await whenActive(call, TableName);
	for (const index of wanted.GlobalSecondaryIndexes ?? []) {
		if (table.GlobalSecondaryIndexes?.some((/** @type {any} */ has) => has.IndexName === index.IndexName)) continue;
		await call('UpdateTable', {
			TableName,
			AttributeDefinitions: wanted.AttributeDefinitions,
			GlobalSecondaryIndexUpdates: [{ Create: index }],
		});
		done.push(`added index ${index.IndexName} to ${TableName}`);
		table = await whenActive(call, TableName);
	}
	if (await enableTtl(call, name, TableName)) done.push(`set the TTL of ${TableName}`);
	return done;
}

/** @param {import('./dynamo-client.js').Call} call @param {TableName} name @param {string} TableName */
async function enableTtl(call, name, TableName) {
	const { ttl } = /** @type {import('../../../src/worker/infra/dynamo/tables.ts').Table} */ (tables[name]);
	if (!ttl) return false;
	const { TimeToLiveDescription: now } = await call('DescribeTimeToLive', { TableName });
	if (now?.TimeToLiveStatus?.startsWith('ENABL')) return false;
	await call('UpdateTimeToLive', { TableName, TimeToLiveSpecification: { AttributeName: ttl, Enabled: true } });
	return true;
}

/** @param {import('./dynamo-client.js').Call} call @param {string} TableName */
async function whenActive(call, TableName) {
	for (const deadline = Date.now() + ACTIVE_WITHIN_MS; ; await sleep(ASK_EVERY_MS)) {
		const { Table } = await call('DescribeTable', { TableName });
		const indexes = (Table.GlobalSecondaryIndexes ?? []).map((/** @type {any} */ index) => index.IndexStatus);
		// Emulators leave the status of indexes away.
		const busy = [Table.TableStatus, ...indexes].find((status) => status !== undefined && status !== 'ACTIVE');
		if (!busy) return Table;
		if (Date.now() > deadline) throw new Problem(`${TableName} is still ${busy}: run this again when it is active.`);
	}
}

/** @param {import('./dynamo-client.js').Call} call */
async function listTables(call) {
	const found = [];
	let from;
	do {
		const page = await call('ListTables', from ? { ExclusiveStartTableName: from } : {});
		found.push(...page.TableNames);
		from = page.LastEvaluatedTableName;
	} while (from);
	return found;
}

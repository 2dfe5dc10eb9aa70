// What `npm run provision` does to DynamoDB, and that doing it again does nothing.
import { expect, inject, test } from 'vitest';
import { dynamoClient } from '../../scripts/lib/provision/dynamo-client.js';
import { provisionAdmin } from '../../scripts/lib/provision/first-admin.js';
import { provisionTables } from '../../scripts/lib/provision/tables.js';
import { cloudFormation, tables } from '../../src/worker/infra/dynamo/tables';

const access = { ...inject('services').dynamo, prefix: 'provisioned_' };
const call = dynamoClient(access);

test('the first time every table is made, the second time nothing is', async () => {
	const done = await provisionTables(access);
	expect(done.filter((line) => line.startsWith('created'))).toHaveLength(Object.keys(tables).length);
	expect(await provisionTables(access)).toEqual([]);
});

test('the first admin is made once, whatever the case of the address', async () => {
	const password = 'Correct-horse-9';
	expect(await provisionAdmin(access, { email: 'first@example.com', password })).toBe(true);
	expect(await provisionAdmin(access, { email: 'First@Example.com', password })).toBe(false);
	const { Count } = await call('Scan', { TableName: 'provisioned_users' });
	expect(Count).toBe(1);
});

test('the template for CloudFormation has the same tables', () => {
	const resources: Record<string, { Properties: { TableName: string } }> = cloudFormation('provisioned_').Resources;
	const names = Object.values(resources).map(({ Properties }) => Properties.TableName);
	expect(names).toEqual(Object.keys(tables).map((name) => `provisioned_${name}`));
});

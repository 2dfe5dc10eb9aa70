import { expect, test } from 'vitest';
import { permissionKinds } from '../../../../src/lib/contracts/api-key';
import { permits } from '../../../../src/worker/access/scopes';
import { appRouter } from '../../../../src/worker/router';

const read = { name: 'dashboards.get', writes: false, admin: false };
const write = { name: 'dashboards.update', writes: true, admin: false };
const adminOnly = { name: 'users.create', writes: true, admin: true };

test.each([
	[['read'], { read: true, write: false, adminOnly: false }],
	[['write'], { read: false, write: true, adminOnly: false }],
	[['read', 'write'], { read: true, write: true, adminOnly: false }],
	[['admin'], { read: false, write: false, adminOnly: true }],
	[['dashboards:read'], { read: true, write: false, adminOnly: false }],
	[['dashboards:write', 'users:write'], { read: false, write: true, adminOnly: false }],
	[['cards:read', 'cards:write'], { read: false, write: false, adminOnly: false }],
	[[], { read: false, write: false, adminOnly: false }],
] as const)('a key with %j permits %j', (permissions, expected) => {
	expect({
		read: permits(permissions, read),
		write: permits(permissions, write),
		adminOnly: permits(permissions, adminOnly),
	}).toEqual(expected);
});

test('no key may call what is for sessions alone', () => {
	expect(permits(['read', 'write', 'admin'], { ...write, keys: false })).toBe(false);
});

test('permissions can be narrowed to every group of procedures, and to nothing else', () => {
	const groups = Object.keys(appRouter._def.procedures).map((name) => name.split('.')[0]);
	expect([...new Set(groups)].sort()).toEqual([...permissionKinds].sort());
});

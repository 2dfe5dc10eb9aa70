import { describe, expect, test } from 'vitest';
import { createAccess } from '../../../../src/worker/access/access';
import { createSnapshot } from '../../../../src/worker/access/snapshot';
import type { LocationCache } from '../../../../src/worker/infra/cache/location-cache';
import type { Dynamo, Item, KeyOf } from '../../../../src/worker/infra/dynamo/port';
import { requireAccess } from '../../../../src/worker/trpc';
import type { Context } from '../../../../src/worker/context';

const NOW = 1_000;
const DASHBOARD = 'dash_0000000000000001';
const claims = { userId: 'user_0000000000000002', sessionId: 'sess_0000000000000003' };

const user = {
	...claims,
	email: 'ada@example.com',
	name: 'Ada',
	role: 'user',
	groupIds: [],
	createdAt: 1,
	updatedAt: 1,
};
const session = { ...claims, createdAt: 1, expiresAt: NOW + 100, ttl: NOW + 100 };
const dashboard = {
	dashboardId: DASHBOARD,
	ownerId: 'user_0000000000000009',
	name: 'Sales',
	description: null,
	layout: { cards: [], columns: 12, rowHeight: 100 },
	filters: [],
	defaultFilterViewId: null,
	grants: { [`user:${claims.userId}`]: { permission: 'owner', expiresAt: null } },
	provenance: null,
	revision: 1,
	createdAt: 1,
	updatedAt: 1,
};

/** A location and a store that may be written without this location being told, as another location would. */
function world() {
	const store = new Map<string, Item>([
		[claims.userId, user],
		[claims.sessionId, session],
		[DASHBOARD, dashboard],
	]);
	const cached = new Map<string, unknown>();
	const cache: LocationCache = {
		get: async (name) => structuredClone(cached.get(name) ?? null),
		put: async (name, value) => void cached.set(name, structuredClone(value)),
	};
	let batches = 0;
	const batchGet = async (keys: readonly KeyOf[]) => {
		batches += 1;
		return keys.map(({ key }) => store.get(String(Object.values(key)[0])) ?? null);
	};
	const now = () => NOW;
	/** The access of a new request, and a call of it as a procedure makes it. */
	const request = () => {
		const alongside = async () => ({ keys: [], project: {} });
		const access = createAccess({
			dynamo: { batchGet } as unknown as Dynamo,
			snapshot: createSnapshot({ cache, held: new Map(), ttl: 10, now }),
			alongside,
			keyUsed: async () => undefined,
			now,
		});
		const context = { claims, deps: { access } } as unknown as Context;
		const ask = (action: 'dashboard.view' | 'dashboard.share', dashboardId: unknown = DASHBOARD) =>
			requireAccess(context, { action, id: 'dashboardId' }, { name: 'test', input: { dashboardId }, writes: false });
		return { access, ask };
	};
	return { store, request, batches: () => batches };
}

describe('a session', () => {
	const open = [
		['of somebody who may log in', {}, {}],
		['opened at the very time from which sessions count', { sessionsFrom: 1 }, {}],
		['opened before, in which the password was given since', { sessionsFrom: 5 }, { confirmedAt: 5 }],
	] as const;
	const over = [
		['that has ended', {}, { expiresAt: NOW }],
		['of somebody who was disabled', { disabledAt: 1 }, {}],
		['opened before its user was signed out everywhere', { sessionsFrom: 5 }, {}],
		['of somebody else', {}, { userId: 'user_0000000000000008' }],
	] as const;
	const ask = (ofUser: object, ofSession: object) => {
		const { store, request } = world();
		store.set(claims.userId, { ...user, ...ofUser }).set(claims.sessionId, { ...session, ...ofSession });
		return request().ask('dashboard.view');
	};

	test.each(open)('%s is open', async (_which, ofUser, ofSession) => {
		await expect(ask(ofUser, ofSession)).resolves.toMatchObject({ kind: 'session' });
	});
	test.each(over)('%s is over', async (_which, ofUser, ofSession) => {
		await expect(ask(ofUser, ofSession)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
	});
});

describe('access within one request', () => {
	test('to a view that this location knows costs no call', async () => {
		const { request, batches } = world();
		const first = request();
		await first.ask('dashboard.view');
		await first.access.keepView(DASHBOARD, { dashboard });
		await request().ask('dashboard.view');
		expect(batches()).toBe(1);
	});

	test('to anything but a view is decided by the store, even beside a view from the snapshot', async () => {
		const { store, request } = world();
		const first = request();
		await first.ask('dashboard.view');
		await first.access.keepView(DASHBOARD, { dashboard });
		store.set(DASHBOARD, { ...dashboard, grants: {} });

		const { ask } = request();
		await expect(ask('dashboard.view')).resolves.toMatchObject({ user: { name: 'Ada' } });
		await expect(ask('dashboard.share')).rejects.toMatchObject({ code: 'NOT_FOUND' });
		const together = request();
		await expect(Promise.all([together.ask('dashboard.view'), together.ask('dashboard.share')])).rejects.toMatchObject({
			code: 'NOT_FOUND',
		});
	});

	test('by an identifier that is none is just not there', async () => {
		const strange = [null, 7, [DASHBOARD], {}, Object.create(null) as object, '', 'card_0000000000000001'];
		for (const id of strange) {
			await expect(world().request().ask('dashboard.view', id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
		}
	});
});

// The audit log: that what people do is in it, that it can be searched and taken along, and that nothing changes it. And the
// counts of who opened which dashboard.
import Papa from 'papaparse';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { AuditAction } from '$lib/contracts/audit';
import { Cost } from '../../src/worker/cost';
import { createDynamo } from '../../src/worker/infra/dynamo/adapter';
import { appRouter } from '../../src/worker/router';
import { startApiWorker, type ApiWorker } from './api-worker';
import { importCsv, newDashboard } from './data';
import { admin, newPerson, PASSWORD, type Person } from './people';

const services = inject('services');
let worker: ApiWorker;
let boss: Person;
let ada: Person;
let eve: Person;

beforeAll(async () => {
	worker = await startApiWorker({ services });
	boss = await admin(worker, services);
	[ada, eve] = [await newPerson(worker, boss, 'Ada'), await newPerson(worker, boss, 'Eve')];
});
afterAll(() => worker.stop());

type Filter = Parameters<ReturnType<ApiWorker['client']>['audit']['list']['query']>[0];
const log = (filter: Filter = {}) => worker.client(boss.token).audit.list.query(filter);
const actions = async (filter: Filter) => (await log(filter)).items.map(({ action }) => action).reverse();
const send = (token: string, method: string, path: string, headers: Record<string, string> = {}) =>
	fetch(`${worker.url}/api${path}`, { method, headers: { authorization: `Bearer ${token}`, ...headers } });

describe('an event', () => {
	test('says who did what to which thing, before and after, from where, and in which request', async () => {
		const { dashboardId } = await newDashboard(worker, ada, []);
		const answer = await fetch(`${worker.url}/api/dashboards/${dashboardId}/shares`, {
			method: 'POST',
			headers: {
				authorization: `Bearer ${ada.token}`,
				'content-type': 'application/json',
				'user-agent': 'Tests/1.0',
				'cf-connecting-ip': '192.0.2.9',
			},
			body: JSON.stringify({ shared_to_type: 'user', shared_to_id: eve.userId, permission: 'viewer' }),
		});
		const { data: share } = (await answer.json()) as { data: { id: string } };
		const [event] = (await log({ resourceId: dashboardId })).items;
		const after = { sharedToType: 'user', sharedToId: eve.userId, permission: 'viewer', expiresAt: null };
		expect(event).toEqual({
			id: expect.any(String),
			userId: ada.userId,
			userName: 'Ada',
			action: 'DASHBOARD_SHARE_ADDED',
			resourceType: 'dashboard',
			resourceId: dashboardId,
			ipAddress: '192.0.2.9',
			userAgent: 'Tests/1.0',
			requestId: answer.headers.get('x-request-id'),
			details: { after },
			createdAt: expect.any(String),
		});

		const client = worker.client(ada.token);
		await client.shares.update.mutate({ dashboardId, shareId: share.id, permission: 'editor' });
		await client.shares.remove.mutate({ dashboardId, shareId: share.id });
		const [removed, updated] = (await log({ resourceId: dashboardId })).items;
		expect(updated!.details).toEqual({ before: after, after: { ...after, permission: 'editor' } });
		expect(removed).toMatchObject({
			action: 'DASHBOARD_SHARE_REMOVED',
			details: { before: { ...after, permission: 'editor' } },
		});
	});

	test('is there for all that is done to accounts, groups, passwords and sessions', async () => {
		const chief = worker.client(boss.token);
		const pat = await newPerson(worker, boss, 'Pat');
		await expect(worker.client().auth.login.mutate({ email: pat.email, password: 'x' })).rejects.toThrow();
		const own = worker.client(pat.token);
		const newPassword = 'Other-horse-9';
		await own.auth.password.mutate({ currentPassword: PASSWORD, newPassword });
		await own.users.update.mutate({ userId: pat.userId, name: 'Patricia' });
		await own.auth.logout.mutate();
		await chief.users.signOut.mutate({ userId: pat.userId });
		await chief.users.update.mutate({ userId: pat.userId, disabled: true });
		await chief.users.update.mutate({ userId: pat.userId, disabled: false });
		expect(await actions({ resourceId: pat.userId })).toEqual([
			'USER_CREATED',
			'USER_LOGIN',
			'PASSWORD_CHANGED',
			'USER_UPDATED',
			'USER_LOGOUT',
			'USER_SIGNED_OUT',
			'USER_DISABLED',
			'USER_ENABLED',
		]);
		const failed = (await log({ action: 'LOGIN_FAILED' })).items[0]!;
		expect(failed).toMatchObject({ userId: null, details: { email: pat.email } });

		const { id: groupId } = await chief.groups.create.mutate({ name: `Sales ${Date.now()}` });
		await chief.groups.addMember.mutate({ groupId, userId: eve.userId });
		await chief.groups.removeMember.mutate({ groupId, userId: eve.userId });
		await chief.groups.update.mutate({ groupId, name: `Sold ${Date.now()}` });
		await chief.groups.remove.mutate({ groupId });
		const changes = (await log({ resourceId: groupId })).items.map(({ details }) => details['change']).reverse();
		expect(changes).toEqual(['created', 'member added', 'member removed', 'renamed', 'deleted']);

		const everything = JSON.stringify((await log({ limit: 100 })).items);
		for (const secret of [PASSWORD, newPassword, pat.token]) expect(everything).not.toContain(secret);
	});

	test('is there for data, cards and dashboards that come and go, and for keys', async () => {
		const client = worker.client(ada.token);
		const datasetId = await importCsv(worker, ada, { name: 'small', csv: 'a\n1\n' });
		const code = 'def render(dataset, filters, params):\n    raise ValueError(dataset["a"][0])\n';
		const { cardId } = await client.cards.create.mutate({ name: 'broken', datasetId, code });
		await expect(client.cards.execute.mutate({ cardId })).rejects.toMatchObject({ code: 'CARD_CODE_ERROR' });
		await client.cards.remove.mutate({ cardId });
		await client.datasets.remove.mutate({ datasetId });
		const { dashboardId } = await newDashboard(worker, ada, []);
		await client.dashboards.remove.mutate({ dashboardId });
		const { id: keyId, key } = await client.apiKeys.create.mutate({ name: 'x' });
		await client.apiKeys.remove.mutate({ keyId });
		expect(await actions({ resourceId: datasetId })).toEqual(
			expect.arrayContaining(['DATASET_CREATED', 'DATASET_IMPORTED', 'DATASET_DELETED'] satisfies AuditAction[]),
		);
		await expect.poll(() => actions({ resourceId: cardId })).toContain('CARD_EXECUTION_FAILED');
		expect(await actions({ resourceId: cardId })).toContain('CARD_DELETED');
		expect(await actions({ resourceId: dashboardId })).toEqual(['DASHBOARD_DELETED']);
		expect(await actions({ resourceId: keyId })).toEqual(['API_KEY_CREATED', 'API_KEY_DELETED']);
		expect(JSON.stringify((await log({ userId: ada.userId })).items)).not.toContain(key);
	});

	test('is there when data is shared, rows are withheld, a dashboard changes hands, and a password or session is ended', async () => {
		const [client, chief] = [worker.client(ada.token), worker.client(boss.token)];
		const datasetId = await importCsv(worker, ada, { name: 'shared', csv: 'a,b\n1,x\n' });
		const toEve = { sharedToType: 'user', sharedToId: eve.userId } as const;
		const share = await client.datasetShares.create.mutate({ ...toEve, datasetId, permission: 'viewer' });
		await client.datasetShares.update.mutate({ datasetId, shareId: share.id, permission: 'editor' });
		await client.datasetShares.remove.mutate({ datasetId, shareId: share.id });
		await client.rowPolicies.replace.mutate({ datasetId, policies: [{ column: 'b', rules: [] }] });
		expect((await actions({ resourceId: datasetId })).slice(-4)).toEqual([
			'DATASET_SHARE_ADDED',
			'DATASET_SHARE_UPDATED',
			'DATASET_SHARE_REMOVED',
			'ROW_POLICIES_CHANGED',
		]);
		const { dashboardId } = await newDashboard(worker, ada, []);
		await client.dashboards.transfer.mutate({ dashboardId, userId: eve.userId });
		expect((await log({ resourceId: dashboardId })).items).toMatchObject([
			{ action: 'DASHBOARD_TRANSFERRED', details: { before: ada.userId, after: eve.userId } },
		]);

		const kim = await newPerson(worker, boss, 'Kim');
		const [session] = await worker.client(kim.token).auth.sessions.query();
		await worker.client(kim.token).auth.endSession.mutate({ sessionId: session!.sessionId });
		expect(await actions({ resourceId: session!.sessionId })).toEqual(['SESSION_ENDED']);
		const { link } = await chief.users.resetLink.mutate({ userId: kim.userId });
		const token = new URLSearchParams(new URL(link).hash.slice(1)).get('token')!;
		await worker.client().auth.reset.mutate({ userId: kim.userId, token, newPassword: 'Other-horse-9' });
		expect((await actions({ resourceId: kim.userId })).slice(-2)).toEqual([
			'PASSWORD_RESET_LINK_MADE',
			'PASSWORD_RESET',
		]);
		expect(JSON.stringify((await log({ resourceId: kim.userId })).items)).not.toContain(token);
	});

	test('of a key names the key too', async () => {
		const { id: keyId, key } = await worker.client(ada.token).apiKeys.create.mutate({ name: 'x' });
		const { dashboardId } = await newDashboard(worker, ada, []);
		await worker.client(key).dashboards.remove.mutate({ dashboardId });
		const [event] = (await log({ resourceId: dashboardId })).items;
		expect(event).toMatchObject({ userId: ada.userId, details: { keyId } });
	});

	test('of what was refused is not there', async () => {
		const { dashboardId } = await newDashboard(worker, ada, []);
		expect((await send(eve.token, 'DELETE', `/dashboards/${dashboardId}`)).status).toBe(404);
		expect((await log({ resourceId: dashboardId })).items).toEqual([]);
	});
});

describe('the log', () => {
	test('is searched by action, person, kind, thing and time, newest first, in pages', async () => {
		const from = new Date().toISOString();
		const zoe = await newPerson(worker, boss, 'Zoe');
		const made = [];
		for (let count = 0; count < 3; count += 1) made.push((await newDashboard(worker, zoe, [])).dashboardId);
		for (const dashboardId of made) await worker.client(zoe.token).dashboards.remove.mutate({ dashboardId });
		const deleted = { action: 'DASHBOARD_DELETED', userId: zoe.userId, from } as const;
		const all = await log(deleted);
		expect(all.items.map(({ resourceId }) => resourceId)).toEqual(made.toReversed());
		expect(all.pagination).toEqual({ total: 3, limit: 50, offset: 0, hasNext: false });
		const middle = await log({ ...deleted, limit: 1, offset: 1 });
		expect(middle.items.map(({ resourceId }) => resourceId)).toEqual([made[1]]);
		expect(middle.pagination).toMatchObject({ total: 3, hasNext: true });

		expect(await actions({ userId: zoe.userId, resourceType: 'user', from })).toEqual(['USER_LOGIN']);
		expect(await actions({ from, action: 'DASHBOARD_DELETED', resourceType: 'dashboard' })).toHaveLength(3);
		expect(await actions({ userId: zoe.userId, to: '2020-01-01' })).toEqual([]);
		expect(await actions({ userId: zoe.userId, from: '2030-01-01', to: '2020-01-01' })).toEqual([]);
		const today = from.slice(0, 10);
		expect(await actions({ resourceId: made[0], from: today, to: today })).toEqual(['DASHBOARD_DELETED']);
	});

	test('is read whole however long a day was, in portions that lose and repeat nothing', async () => {
		const [day, count] = ['2001-02-03', 1_050];
		const dynamo = createDynamo(services.dynamo)(new Cost());
		const item = (index: number) => ({
			day,
			// Many at the same instant, as when a program does much at once.
			'at#id': `${day}T04:05:${String(Math.floor(index / 400)).padStart(2, '0')}.000Z#${index.toString(16).padStart(8, '0')}`,
			action: 'USER_LOGIN',
			requestId: String(index),
			details: {},
			ttl: Math.ceil(Date.now() / 1000) + 3600,
		});
		const items = [{ day: 'days', 'at#id': day }, ...Array.from({ length: count }, (_, index) => item(index))];
		for (let start = 0; start < items.length; start += 100)
			await dynamo.transact(items.slice(start, start + 100).map((one) => ({ put: { table: 'audit_log', item: one } })));

		const end = await log({ from: day, to: day, limit: 100, offset: 1_000 });
		expect(end.pagination).toEqual({ total: count, limit: 100, offset: 1_000, hasNext: false });
		expect(end.items.map(({ requestId }) => requestId)).toEqual(
			Array.from({ length: 50 }, (_, index) => String(49 - index)),
		);
		const answer = await send(boss.token, 'GET', `/audit-logs/export?from=${day}&to=${day}`);
		const { data } = Papa.parse<Record<string, string>>(await answer.text(), { header: true, skipEmptyLines: true });
		expect(data.map((row) => Number(row['request_id']))).toEqual(
			Array.from({ length: count }, (_, index) => count - 1 - index),
		);
	});

	test('is for administrators, and no route changes it', async () => {
		for (const path of ['/audit-logs', '/audit-logs/export', '/audit-logs/views'])
			expect((await send(ada.token, 'GET', path)).status).toBe(403);
		for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
			const answer = await send(boss.token, method, '/audit-logs');
			expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET']);
		}
		const procedures = appRouter._def.procedures as unknown as Record<string, { _def: { type: string } }>;
		const ofTheLog = Object.keys(procedures).filter((name) => name.startsWith('audit.'));
		for (const name of ofTheLog) expect(procedures[name]!._def.type).toBe('query');
		expect((await send(boss.token, 'GET', '/audit-logs?action=NONSENSE')).status).toBe(400);
		expect((await send(boss.token, 'GET', '/audit-logs?from=yesterday')).status).toBe(400);
	});

	test('is taken along as CSV whole, in which nothing is a formula, and that is an event', async () => {
		const name = '=HYPERLINK("http://example.com")';
		const mallory = await newPerson(worker, boss, 'Mallory');
		await worker.client(mallory.token).users.update.mutate({ userId: mallory.userId, name });
		const removals = 26;
		for (let count = 0; count < removals; count += 1) {
			const { id } = await worker.client(mallory.token).apiKeys.create.mutate({ name: `key ${count}` });
			await worker.client(mallory.token).apiKeys.remove.mutate({ keyId: id });
		}
		const answer = await send(boss.token, 'GET', `/audit-logs/export?user_id=${mallory.userId}`);
		expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
		const { data, errors } = Papa.parse<Record<string, string>>(await answer.text(), {
			header: true,
			skipEmptyLines: true,
		});
		expect(errors).toEqual([]);
		const { total } = (await log({ userId: mallory.userId })).pagination;
		expect([data.length, total]).toEqual([2 + removals * 2, 2 + removals * 2]);
		expect(new Set(data.map((row) => row['user_name']))).toEqual(new Set([`'${name}`]));
		const [taken] = (await log({ action: 'AUDIT_EXPORTED' })).items;
		expect(taken).toMatchObject({ userId: boss.userId, details: { userId: mallory.userId } });
	});
});

describe('views of a dashboard', () => {
	test('are counted by day and person, for its owners and for administrators', async () => {
		const { dashboardId } = await newDashboard(worker, ada, [], 'Watched');
		const client = worker.client(ada.token);
		await client.shares.create.mutate({
			dashboardId,
			sharedToType: 'user',
			sharedToId: eve.userId,
			permission: 'viewer',
		});
		for (let count = 0; count < 3; count += 1) await worker.client(eve.token).dashboards.view.query({ dashboardId });
		await client.dashboards.view.query({ dashboardId });
		const views = async () => {
			const { items } = await client.views.list.query({ dashboardId });
			return Object.fromEntries(items.map(({ user, views: count }) => [user.name, count]));
		};
		await expect.poll(views).toEqual({ Ada: 1, Eve: 3 });
		const everything = await worker.client(boss.token).views.listAll.query({ limit: 100 });
		const [one] = everything.items.filter((item) => item.dashboardId === dashboardId && item.user.name === 'Eve');
		expect(one).toMatchObject({ day: new Date().toISOString().slice(0, 10), views: 3, dashboardName: 'Watched' });
		expect((await send(eve.token, 'GET', `/dashboards/${dashboardId}/views`)).status).toBe(403);
		const days = await send(ada.token, 'GET', `/dashboards/${dashboardId}/views?from=2026-02-01&to=2026-01-01`);
		expect(days.status).toBe(400);
	});
});

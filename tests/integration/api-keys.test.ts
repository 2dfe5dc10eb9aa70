// API keys: what programs may do with them, over both APIs, the render stream and uploads, and that they end at once.
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { KeyPermission } from '$lib/contracts/api-key';
import { startTwoLocations, type ApiWorker } from './api-worker';
import { callsOf, newDashboard } from './data';
import { admin, newPerson, type Person } from './people';

const services = inject('services');
let worker: ApiWorker;
let elsewhere: ApiWorker;
let boss: Person;
let ada: Person;
let dashboardId: string;

const TTL = 2;

beforeAll(async () => {
	[worker, elsewhere] = await startTwoLocations(services, TTL);
	boss = await admin(worker, services);
	ada = await newPerson(worker, boss, 'Ada');
	dashboardId = (await newDashboard(worker, ada, [])).dashboardId;
});
afterAll(() => Promise.all([worker.stop(), elsewhere.stop()]));

const make = (permissions: KeyPermission[], { of = ada, expiresAt }: { of?: Person; expiresAt?: string } = {}) =>
	worker.client(of.token).apiKeys.create.mutate({ name: 'a program', permissions, ...(expiresAt && { expiresAt }) });

/** The status of a REST call by a key. */
const rest = async (key: string, method: string, path: string, body?: object, at = worker) =>
	(
		await fetch(`${at.url}/api${path}`, {
			method,
			headers: { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }) },
			...(body && { body: JSON.stringify(body) }),
		})
	).status;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('a key', () => {
	test('acts for its person over both APIs, and says so', async () => {
		const { key } = await make(['read', 'write']);
		expect(await worker.client(key).auth.me.query()).toMatchObject({ userId: ada.userId });
		expect(await rest(key, 'GET', `/dashboards/${dashboardId}`)).toBe(200);
		expect(await rest(key, 'PUT', `/dashboards/${dashboardId}`, { name: 'By a program' })).toBe(200);
		const stream = await fetch(`${worker.url}/render/dashboards/${dashboardId}`, {
			method: 'POST',
			headers: { authorization: `Bearer ${key}` },
			body: '{}',
		});
		expect(await stream.text()).toContain('"end":true');
		const { uploadId } = await worker.client(key).uploads.create.mutate({ fileName: 'a.csv', size: 8 });
		const part = { method: 'PUT', headers: { authorization: `Bearer ${key}` }, body: 'a,b\n1,2\n' };
		expect((await fetch(`${worker.url}/upload/${uploadId}/parts/1`, part)).status).toBe(204);
	});

	test('may do what it permits: reading is not writing, and one kind is not another', async () => {
		const [reads, writes, cards] = await Promise.all([make(['read']), make(['write']), make(['cards:read'])]);
		expect(await rest(reads.key, 'GET', '/dashboards')).toBe(200);
		expect(await rest(reads.key, 'POST', '/dashboards', { name: 'x' })).toBe(403);
		expect(await rest(writes.key, 'GET', '/dashboards')).toBe(403);
		expect(await rest(writes.key, 'POST', '/dashboards', { name: 'x' })).toBe(201);
		expect(await rest(cards.key, 'GET', '/cards')).toBe(200);
		expect(await rest(cards.key, 'GET', '/dashboards')).toBe(403);
		const stream = { method: 'POST', headers: { authorization: `Bearer ${cards.key}` }, body: '{}' };
		expect((await fetch(`${worker.url}/render/dashboards/${dashboardId}`, stream)).status).toBe(403);
		// What its person may not see is absent for it too, before anything is said about the key.
		expect(await rest(cards.key, 'GET', '/dashboards/dash_0000000000000000')).toBe(404);
	});

	test('is no administrator unless it permits that, and only while its person is one', async () => {
		const [plain, full] = await Promise.all([
			make(['read', 'write'], { of: boss }),
			make(['read', 'write', 'admin'], { of: boss }),
		]);
		expect(await rest(plain.key, 'GET', '/audit-logs')).toBe(403);
		expect(await rest(plain.key, 'GET', `/dashboards/${dashboardId}`)).toBe(404);
		expect(await rest(full.key, 'GET', '/audit-logs')).toBe(200);
		expect(await rest(full.key, 'GET', `/dashboards/${dashboardId}`)).toBe(200);
		await expect(make(['admin'])).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
	});

	test('makes no keys and changes no password', async () => {
		const { key } = await make(['read', 'write']);
		expect(await rest(key, 'POST', '/api-keys', { name: 'another' })).toBe(403);
		expect(await rest(key, 'POST', '/auth/password', { current_password: 'x', new_password: 'Other-horse-9' })).toBe(
			403,
		);
		expect(await rest(key, 'POST', '/auth/logout')).toBe(403);
	});

	test('is shown once, and what is stored cannot be turned back into it', async () => {
		const { key, id } = await make(['read']);
		const { items } = await worker.client(ada.token).apiKeys.list.query({});
		expect(items.find((one) => one.id === id)).toEqual({
			id,
			name: 'a program',
			permissions: ['read'],
			expiresAt: null,
			lastUsedAt: null,
			createdAt: expect.any(String),
		});
		expect(JSON.stringify(items)).not.toContain(key.split('_').at(-1));
	});

	test('that was deleted is refused at once here, and elsewhere within the access TTL, from a warm cache too', async () => {
		const { key, id } = await make(['read']);
		const view = `/dashboards/${dashboardId}`;
		expect([await rest(key, 'GET', view), await rest(key, 'GET', view, undefined, elsewhere)]).toEqual([200, 200]);
		expect(await rest(ada.token, 'DELETE', `/api-keys/${id}`)).toBe(204);
		expect(await rest(key, 'GET', view)).toBe(401);
		await pause(TTL * 1000);
		expect(await rest(key, 'GET', view, undefined, elsewhere)).toBe(401);
		expect(await rest(ada.token, 'DELETE', `/api-keys/${id}`)).toBe(404);
	});

	test('stops with its person: whoever is disabled has no key that works', async () => {
		const kim = await newPerson(worker, boss, 'Kim');
		const { key } = await make(['read'], { of: kim });
		const disable = (disabled: boolean) =>
			worker.client(boss.token).users.update.mutate({ userId: kim.userId, disabled });
		expect(await rest(key, 'GET', '/dashboards')).toBe(200);
		await disable(true);
		expect(await rest(key, 'GET', '/dashboards')).toBe(401);
		await disable(false);
		expect(await rest(key, 'GET', '/dashboards')).toBe(200);
	});

	test('that has ended is refused', async () => {
		const { key } = await make(['read'], { expiresAt: new Date(Date.now() + 1500).toISOString() });
		expect(await rest(key, 'GET', '/dashboards')).toBe(200);
		await pause(1600);
		expect(await rest(key, 'GET', '/dashboards')).toBe(401);
	});

	test('is a bearer token and nothing else: as a cookie it is nobody', async () => {
		const { key } = await make(['read']);
		const headers = { cookie: `cardinal_session=${key}` };
		expect((await fetch(`${worker.url}/api/dashboards`, { headers })).status).toBe(401);
	});

	test('with another secret is nobody', async () => {
		const { key } = await make(['read']);
		const forged = key.slice(0, -1) + (key.endsWith('0') ? '1' : '0');
		expect(await rest(forged, 'GET', '/dashboards')).toBe(401);
	});

	test('is its own: nobody else sees or ends it', async () => {
		const eve = await newPerson(worker, boss, 'Eve');
		const { id } = await make(['read']);
		expect((await worker.client(eve.token).apiKeys.list.query({})).items).toEqual([]);
		expect(await rest(eve.token, 'DELETE', `/api-keys/${id}`)).toBe(404);
	});

	test('says when it was used last, after one write an hour', async () => {
		const { key, id } = await make(['read']);
		await rest(key, 'GET', '/dashboards');
		await expect
			.poll(async () => {
				const { items } = await worker.client(ada.token).apiKeys.list.query({});
				return Date.parse(items.find((one) => one.id === id)?.lastUsedAt ?? '0');
			})
			.toBeGreaterThan(Date.now() - 60_000);
	});

	test('costs a warm view no call', async () => {
		const { key } = await make(['read']);
		const view = async () => {
			const url = `${worker.url}/trpc/dashboards.view?input=${encodeURIComponent(JSON.stringify(`[{"dashboardId":1,"filters":2},"${dashboardId}",{}]`))}`;
			const answer = await fetch(url, { headers: { authorization: `Bearer ${key}` } });
			expect(answer.status).toBe(200);
			return callsOf(answer.headers.get('server-timing') ?? '').dynamo;
		};
		await view();
		expect(await view()).toBe(0);
	});
});

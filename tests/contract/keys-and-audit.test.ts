// API keys, the audit log and views of dashboards by REST.
import Papa from 'papaparse';
import { beforeAll, describe, expect, test } from 'vitest';
import { admin, as, newPerson, product, type Person } from './api';

let pat: Person;
beforeAll(async () => {
	pat = await newPerson();
});

const makeKey = async (body: object, person: Person = pat) => {
	const { data, status } = await person.post('/api-keys', { name: 'a program', ...body });
	expect(status).toBe(201);
	return data;
};

describe('/api-keys', () => {
	test('a key is made, shown once, listed, used and ended', async () => {
		const expires_at = new Date(Date.now() + 60_000).toISOString();
		const made = await makeKey({ permissions: ['read'], expires_at });
		const { key, ...shown } = made;
		expect(made).toEqual({
			id: expect.stringMatching(/^key_/),
			name: 'a program',
			permissions: ['read'],
			expires_at,
			last_used_at: null,
			created_at: expect.any(String),
			key: expect.stringMatching(/^ck_key_[0-9a-z]{16}_[0-9a-z]{32}$/),
		});
		expect((await pat.get('/api-keys')).data).toEqual([shown]);
		expect((await as(key).get('/auth/me')).data.user_id).toBe(pat.userId);
		expect((await as(key).post('/dashboards', { name: 'x' })).status).toBe(403);
		expect((await pat.remove(`/api-keys/${made.id}`)).status).toBe(204);
		expect((await as(key).get('/auth/me')).status).toBe(401);
		expect((await pat.remove(`/api-keys/${made.id}`)).status).toBe(404);
	});

	test('without permissions it reads and writes, and is never an administrator', async () => {
		const { key, permissions } = await makeKey({}, await admin());
		expect(permissions).toEqual(['read', 'write']);
		expect((await as(key).get('/audit-logs')).status).toBe(403);
		const { status, data } = await as(key).post('/dashboards', { name: 'By a key' });
		expect(status).toBe(201);
		expect((await as(key).remove(`/dashboards/${data.dashboard_id}`)).status).toBe(204);
	});

	test.each([
		[{ name: '' }, 'name'],
		[{ permissions: [] }, 'permissions'],
		[{ permissions: ['fly'] }, 'permissions.0'],
		[{ permissions: ['admin'] }, 'permissions'],
		[{ expires_at: '2020-01-01T00:00:00Z' }, 'expires_at'],
		[{ expires_at: 'soon' }, 'expires_at'],
	])('refuses %j, naming the field', async (body, field) => {
		const { status, error } = await pat.post('/api-keys', { name: 'x', ...body });
		expect([status, Object.keys(error.details.fields)]).toEqual([400, [field]]);
	});
});

describe('/audit-logs', () => {
	test('has what was done, and finds it by every filter', async () => {
		const { data } = await pat.post('/dashboards', { name: 'Gone' });
		await pat.remove(`/dashboards/${data.dashboard_id}`);
		const query = new URLSearchParams({
			action: 'DASHBOARD_DELETED',
			user_id: pat.userId,
			resource_type: 'dashboard',
			resource_id: data.dashboard_id,
			from: new Date(Date.now() - 60_000).toISOString(),
			to: new Date().toISOString(),
		});
		const found = await (await admin()).get(`/audit-logs?${query}`);
		expect(found.data).toEqual([
			{
				id: expect.any(String),
				user_id: pat.userId,
				user_name: pat.name,
				action: 'DASHBOARD_DELETED',
				resource_type: 'dashboard',
				resource_id: data.dashboard_id,
				ip_address: expect.any(String),
				user_agent: expect.any(String),
				request_id: expect.any(String),
				details: { name: 'Gone' },
				created_at: expect.any(String),
			},
		]);
		expect(found.body.pagination).toEqual({ total: 1, limit: 50, offset: 0, has_next: false });
		expect((await pat.get(`/audit-logs?${query}`)).status).toBe(403);
	});

	test('goes as CSV', async () => {
		const answer = await fetch(`${product.url}/api/audit-logs/export?user_id=${pat.userId}`, {
			headers: { authorization: `Bearer ${(await admin()).token}` },
		});
		expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
		expect(answer.headers.get('content-disposition')).toBe('attachment; filename="audit-log.csv"');
		const { data } = Papa.parse<Record<string, string>>(await answer.text(), { header: true, skipEmptyLines: true });
		expect(data.length).toBeGreaterThan(0);
		expect(new Set(data.map((row) => row['user_id']))).toEqual(new Set([pat.userId]));
		for (const path of ['/audit-logs/export', '/audit-logs/views']) expect((await pat.get(path)).status).toBe(403);
	});
});

test('/dashboards/{id}/views tells owners who looked, and nobody else', async () => {
	const { data } = await pat.post('/dashboards', { name: 'Watched' });
	const path = `/dashboards/${data.dashboard_id}/views`;
	expect((await pat.get(path)).data).toEqual([]);
	const page = await fetch(`${product.url}/dashboards/${data.dashboard_id}`, {
		headers: { cookie: `cardinal_session=${pat.token}` },
	});
	expect(page.status).toBe(200);
	await page.text();
	await expect
		.poll(async () => (await pat.get(path)).data)
		.toEqual([
			{
				day: new Date().toISOString().slice(0, 10),
				dashboard_id: data.dashboard_id,
				user: { user_id: pat.userId, name: pat.name },
				views: 1,
				last_at: expect.any(String),
			},
		]);
	expect((await (await newPerson()).get(path)).status).toBe(404);
});

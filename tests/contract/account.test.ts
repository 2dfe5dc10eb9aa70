// What people change about their accounts, and admins about those of others, by REST.
import { beforeAll, describe, expect, test } from 'vitest';
import { admin, anonymous, logIn, newPerson, PASSWORD, type Person } from './api';

const OTHER_PASSWORD = 'Battery-staple-7';
let boss: Person;
beforeAll(async () => {
	boss = await admin();
});

describe('PUT /users/{user_id}', () => {
	test('renames oneself; role and access are for admins, and somebody else is forbidden', async () => {
		const [pat, quinn] = [await newPerson(), await newPerson('Quinn')];
		const path = `/users/${pat.userId}`;
		expect((await pat.put(path, { name: ' Patricia ', email: 'x' })).data).toMatchObject({
			name: 'Patricia',
			email: pat.email,
		});
		for (const body of [{ role: 'admin' }, { disabled: true }])
			expect((await pat.put(path, body)).error.code).toBe('FORBIDDEN');
		expect((await quinn.put(path, { name: 'x' })).error.code).toBe('FORBIDDEN');
		expect((await quinn.put('/users/user_0000000000000000', { name: 'x' })).status).toBe(404);
		expect((await boss.put(path, { role: 'admin' })).data.role).toBe('admin');
		expect((await boss.put(path, { role: 'user' })).data.role).toBe('user');
		expect((await boss.put(path, { role: 'king' })).status).toBe(400);
	});

	test('disables somebody, whose session is over at once', async () => {
		const pat = await newPerson();
		await pat.get('/auth/me');
		expect((await boss.put(`/users/${pat.userId}`, { disabled: true })).data.disabled).toBe(true);
		expect((await pat.get('/auth/me')).status).toBe(401);
		expect((await anonymous.post('/auth/login', { email: pat.email, password: PASSWORD })).status).toBe(401);
		expect((await boss.put(`/users/${pat.userId}`, { disabled: false })).data).not.toHaveProperty('disabled');
		await logIn(pat.email, PASSWORD);
	});
});

test('POST /users/{user_id}/sign-out ends all sessions of somebody at once, and is for admins', async () => {
	const pat = await newPerson();
	const again = await logIn(pat.email, PASSWORD);
	expect((await pat.post(`/users/${boss.userId}/sign-out`)).status).toBe(403);
	expect((await boss.post(`/users/${pat.userId}/sign-out`)).status).toBe(204);
	for (const session of [pat, again]) expect((await session.get('/auth/me')).status).toBe(401);
	expect((await boss.post('/users/user_0000000000000000/sign-out')).status).toBe(404);
});

describe('POST /auth/password', () => {
	test('changes the password and ends every other session', async () => {
		const pat = await newPerson();
		const other = await logIn(pat.email, PASSWORD);
		const wrong = await pat.post('/auth/password', { current_password: 'Wrong-1-word', new_password: OTHER_PASSWORD });
		expect([wrong.status, wrong.error.code]).toEqual([403, 'WRONG_PASSWORD']);
		const weak = await pat.post('/auth/password', { current_password: PASSWORD, new_password: 'weak' });
		expect([weak.status, Object.keys(weak.error.details.fields)]).toEqual([400, ['new_password']]);
		expect((await other.get('/auth/me')).status).toBe(200);

		const body = { current_password: PASSWORD, new_password: OTHER_PASSWORD };
		expect((await pat.post('/auth/password', body)).status).toBe(204);
		expect((await pat.get('/auth/me')).status).toBe(200);
		expect((await other.get('/auth/me')).status).toBe(401);
		await logIn(pat.email, OTHER_PASSWORD);
	});
});

test('POST /auth/reset takes the link that an admin made, once', async () => {
	const pat = await newPerson();
	const { status, data } = await boss.post(`/users/${pat.userId}/reset-link`);
	expect(status).toBe(201);
	const named = new URLSearchParams(new URL(data.link).hash.slice(1));
	const body = { user_id: named.get('user'), token: named.get('token'), new_password: OTHER_PASSWORD };
	expect((await anonymous.post('/auth/reset', { ...body, token: 'made-up' })).status).toBe(401);
	expect((await anonymous.post('/auth/reset', body)).status).toBe(204);
	expect((await pat.get('/auth/me')).status).toBe(401);
	expect((await anonymous.post('/auth/reset', body)).error.code).toBe('INVALID_CREDENTIALS');
	await logIn(pat.email, OTHER_PASSWORD);
});

test('/auth/sessions lists where one is logged in, ends one of them, and all', async () => {
	const pat = await newPerson();
	const other = await logIn(pat.email, PASSWORD);
	const { data } = await pat.get('/auth/sessions');
	expect(data.map(({ current }: { current: boolean }) => current)).toEqual([false, true]);
	expect(data[0]).toMatchObject({ device: { browser: 'node', system: null }, address: expect.any(String) });
	const quinn = await newPerson('Quinn');
	expect((await quinn.remove(`/auth/sessions/${data[0].session_id}`)).status).toBe(404);
	expect((await pat.remove(`/auth/sessions/${data[0].session_id}`)).status).toBe(204);
	expect((await other.get('/auth/me')).status).toBe(401);
	expect((await pat.post('/auth/logout-everywhere')).status).toBe(204);
	expect((await pat.get('/auth/me')).status).toBe(401);
});

// People by REST.
import { beforeAll, describe, expect, test } from 'vitest';
import { admin, newPerson, PASSWORD, type Person } from './api';

let pat: Person;
beforeAll(async () => {
	pat = await newPerson();
});

describe('GET /users', () => {
	test('finds people by part of their name or e-mail address, in any case', async () => {
		const quinn = await newPerson('Quinn');
		const found = await pat.get(`/users?q=${encodeURIComponent(quinn.email.slice(6, 20).toUpperCase())}`);
		expect(found.data).toEqual([
			{
				user_id: quinn.userId,
				email: quinn.email,
				name: 'Quinn',
				role: 'user',
				created_at: expect.any(String),
				updated_at: expect.any(String),
			},
		]);
		expect(found.body.pagination).toEqual({ total: 1, limit: 50, offset: 0, has_next: false });
	});

	test('pages are stable, newest first, and cover everybody once', async () => {
		const marker = `page-${crypto.randomUUID()}`;
		const made: string[] = [];
		for (let index = 0; index < 3; index += 1) {
			const { data } = await (
				await admin()
			).post('/users', { email: `${index}@${marker}.example`, name: marker, password: PASSWORD });
			made.unshift(data.user_id);
		}
		const pages = await Promise.all([0, 1, 2].map((offset) => pat.get(`/users?q=${marker}&limit=1&offset=${offset}`)));
		expect(pages.map(({ data }) => data[0].user_id)).toEqual(made);
		expect(pages.map(({ body }) => body.pagination.has_next)).toEqual([true, true, false]);
		expect(pages.map(({ body }) => body.pagination.total)).toEqual([3, 3, 3]);
		expect((await pat.get(`/users?q=${marker}&offset=9`)).data).toEqual([]);
	});
});

describe('GET /users/{user_id}', () => {
	test('answers anybody to anybody who is logged in', async () => {
		const { status, data } = await pat.get(`/users/${(await admin()).userId}`);
		expect(status).toBe(200);
		expect(data).toMatchObject({ role: 'admin' });
		expect(data).not.toHaveProperty('password_hash');
	});

	test('who is not there is not there', async () => {
		const { status, error } = await pat.get('/users/user_0000000000000000');
		expect([status, error.code]).toEqual([404, 'NOT_FOUND']);
	});
});

describe('POST /users', () => {
	const account = () => ({ email: `new-${crypto.randomUUID()}@example.org`, name: '  Ann  ', password: PASSWORD });

	test('an admin makes an account with the role `user`, whatever else is sent', async () => {
		const body = account();
		const { status, data } = await (
			await admin()
		).post('/users', { ...body, role: 'admin', user_id: 'user_mine', created_at: 'then' });
		expect(status).toBe(201);
		expect(data).toMatchObject({ email: body.email, name: 'Ann', role: 'user' });
		expect(data.user_id).toMatch(/^user_[0-9a-z]{12,}$/);
		expect(new Date(data.created_at).toISOString()).toBe(data.created_at);
	});

	test('nobody else may, and what they sent does not matter', async () => {
		for (const body of [account(), {}, { email: 1 }]) {
			const { status, error } = await pat.post('/users', body);
			expect([status, error.code]).toEqual([403, 'FORBIDDEN']);
		}
	});

	test('an address is taken in any case, also when ten ask at once', async () => {
		const { email, ...rest } = account();
		const caller = await admin();
		const answers = await Promise.all(
			Array.from({ length: 10 }, (_, index) =>
				caller.post('/users', { ...rest, email: index % 2 ? email : email.toUpperCase() }),
			),
		);
		expect(answers.map(({ status }) => status).toSorted()).toEqual([201, ...Array.from({ length: 9 }, () => 409)]);
		expect(answers.find(({ status }) => status === 409)!.error.code).toBe('ALREADY_EXISTS');
	});

	test.each([
		['password', 'Sh0rt!a'],
		['password', 'no-upper-case-7'],
		['password', 'NO-LOWER-CASE-7'],
		['password', 'No-digit-here'],
		['password', 'NoSymbolHere7'],
		['password', `Aa1!${'x'.repeat(125)}`],
		['email', 'not an address'],
		['email', `${'a'.repeat(250)}@example.org`],
		['name', '   '],
		['name', 'x'.repeat(256)],
		['name', null],
	])('a bad %s is refused and named: %j', async (field, value) => {
		const { status, error } = await (await admin()).post('/users', { ...account(), [field]: value });
		expect(status).toBe(400);
		expect(error.code).toBe('VALIDATION_ERROR');
		expect(Object.keys(error.details.fields)).toEqual([field]);
	});
});

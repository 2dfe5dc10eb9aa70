// Logging in and out, accounts, and the limits around them.
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { startApiWorker, type ApiWorker } from './api-worker';
import { admin, newPerson, PASSWORD, type Person } from './people';

const services = inject('services');
let worker: ApiWorker;
let boss: Person;

beforeAll(async () => {
	worker = await startApiWorker({ services });
	boss = await admin(worker, services);
});
afterAll(() => worker.stop());

/** A log-in as a browser does it, with its address. */
function logIn(email: string, password: string, address = '192.0.2.1') {
	return fetch(`${worker.url}/trpc/auth.login`, {
		method: 'POST',
		headers: { 'content-type': 'application/json', 'cf-connecting-ip': address },
		body: JSON.stringify(JSON.stringify([{ email: 1, password: 2 }, email, password])),
	});
}

describe('logging in', () => {
	test('opens a session that a cookie and a bearer token stand for alike', async () => {
		const person = await newPerson(worker, boss, 'Ada');
		const answer = await logIn(person.email, PASSWORD);
		expect(answer.status).toBe(200);
		const cookie = answer.headers.get('set-cookie')!;
		expect(cookie).toMatch(/^cardinal_session=[^;]+; Path=\/; Max-Age=86400; HttpOnly; SameSite=Lax$/);

		const byCookie = await fetch(`${worker.url}/trpc/auth.me`, { headers: { cookie: cookie.split(';')[0]! } });
		expect(byCookie.status).toBe(200);
		const byToken = await worker.client(person.token).auth.me.query();
		expect(byToken).toMatchObject({
			userId: person.userId,
			email: person.email,
			name: 'Ada',
			role: 'user',
			groups: [],
		});
		expect(byToken).not.toHaveProperty('passwordHash');
	});

	test('takes an e-mail address in any case', async () => {
		const person = await newPerson(worker, boss, 'Zoe');
		expect((await logIn(person.email.toUpperCase(), PASSWORD)).status).toBe(200);
	});

	test('fails alike for an unknown address and a wrong password', async () => {
		const person = await newPerson(worker, boss);
		const wrong = await logIn(person.email, 'Wrong-password-1');
		const unknown = await logIn('nobody@example.com', 'Wrong-password-1');
		expect([wrong.status, unknown.status]).toEqual([401, 401]);
		const told = async (answer: Response) => {
			const { error } = (await answer.json()) as { error: string };
			return error.replace(/"[0-9a-f-]{36}"/, 'id');
		};
		expect(await told(wrong)).toBe(await told(unknown));
		// Two reads and an event each, so that neither is quicker.
		const reads = (answer: Response) => /dynamo;desc="[^"]*"/.exec(answer.headers.get('server-timing')!)?.[0];
		expect(reads(wrong)).toMatch(/3 calls/);
		expect(reads(unknown)?.split(',')[0]).toBe(reads(wrong)?.split(',')[0]);
	});

	test('is refused from the sixth failure of an account and address within a minute, even with the right password', async () => {
		const person = await newPerson(worker, boss);
		const address = '192.0.2.77';
		for (let failure = 1; failure <= 5; failure += 1) {
			expect((await logIn(person.email, 'Wrong-password-1', address)).status).toBe(401);
		}
		const refused = await logIn(person.email.toUpperCase(), PASSWORD, address);
		expect(refused.status).toBe(429);
		expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
		expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(60);

		expect((await logIn(person.email, PASSWORD, '192.0.2.78')).status).toBe(200);
		await worker.client(person.token).auth.me.query();
	});

	test('lets no more than five wrong guesses through however many come at once', async () => {
		const person = await newPerson(worker, boss);
		const answers = await Promise.all(
			Array.from({ length: 12 }, () => logIn(person.email, 'Wrong-password-1', '192.0.2.90')),
		);
		const statuses = answers.map((answer) => answer.status).sort();
		expect(statuses).toEqual([...Array(5).fill(401), ...Array(7).fill(429)]);
	});

	test('works for ten right log-ins of one account at once', async () => {
		const person = await newPerson(worker, boss);
		const answers = await Promise.all(Array.from({ length: 10 }, () => logIn(person.email, PASSWORD, '192.0.2.91')));
		expect(answers.map((answer) => answer.status)).toEqual(Array(10).fill(200));
	});
});

describe('logging out', () => {
	test('ends this session at once, although this location had just seen it open, and no other', async () => {
		const person = await newPerson(worker, boss);
		const other = await worker.client().auth.login.mutate({ email: person.email, password: PASSWORD });
		await worker.client(person.token).auth.me.query();
		await worker.client(person.token).auth.logout.mutate();
		await expect(worker.client(person.token).auth.me.query()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
		await worker.client(other.accessToken).auth.me.query();
	});
});

describe('accounts', () => {
	test('are made by admins alone', async () => {
		const person = await newPerson(worker, boss);
		const wanted = { email: 'new@example.com', password: PASSWORD, name: 'New' };
		await expect(worker.client(person.token).users.create.mutate(wanted)).rejects.toMatchObject({ code: 'FORBIDDEN' });
		await expect(worker.client().users.create.mutate(wanted)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
	});

	test('of ten made at once with one address, in any case, exactly one exists', async () => {
		const client = worker.client(boss.token);
		const local = `twin-${Date.now()}`;
		const results = await Promise.allSettled(
			Array.from({ length: 10 }, (_, n) =>
				client.users.create.mutate({
					email: `${n % 2 ? local : local.toUpperCase()}@example.com`,
					password: PASSWORD,
					name: 'Twin',
				}),
			),
		);
		expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
		const refusals = results.filter((result) => result.status === 'rejected').map((result) => result.reason.code);
		expect(new Set(refusals)).toEqual(new Set(['ALREADY_EXISTS']));
		expect((await client.users.list.query({ q: local })).pagination.total).toBe(1);
	});

	test('need a password that follows the rules, and say which it breaks', async () => {
		const weak = worker
			.client(boss.token)
			.users.create.mutate({ email: 'weak@example.com', password: 'short', name: '' });
		await expect(weak).rejects.toMatchObject({
			code: 'VALIDATION_ERROR',
			details: { fields: { password: expect.any(String), name: 'must not be empty' } },
		});
	});

	test('are found by part of a name or address, newest first, a page at a time', async () => {
		const mark = `Page${Date.now()}`;
		const people = [];
		for (let n = 0; n < 3; n += 1) people.push(await newPerson(worker, boss, mark));
		const found = await worker.client(people[0]!.token).users.list.query({ q: mark.toLowerCase(), limit: 2 });
		expect(found.items.map(({ userId }) => userId)).toEqual([people[2]!.userId, people[1]!.userId]);
		expect(found.pagination).toEqual({ total: 3, limit: 2, offset: 0, hasNext: true });
	});

	test('that are not there, or whose identifier is of another kind, are not found', async () => {
		const client = worker.client(boss.token);
		for (const userId of ['user_0000000000000000', 'ds_0000000000000000', '../x', '']) {
			await expect(client.users.get.query({ userId })).rejects.toMatchObject({ code: 'NOT_FOUND' });
		}
	});
});

describe('an input', () => {
	const create = (input: unknown, token?: string) =>
		fetch(`${worker.url}/trpc/dashboards.create`, {
			method: 'POST',
			headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
			body: JSON.stringify(input),
		});
	const nested = (depth: number) =>
		JSON.stringify([{ name: 1 }, ...Array.from({ length: depth }, (_, level) => [level + 2]), 'x']);

	test('with half a surrogate pair is refused, naming its field', async () => {
		const name = `half ${String.fromCharCode(0xd800)}`;
		await expect(worker.client(boss.token).dashboards.create.mutate({ name })).rejects.toMatchObject({
			code: 'VALIDATION_ERROR',
			details: { fields: { name: 'is not valid Unicode' } },
		});
	});

	test.each([100, 200_000])(
		'that nests %d deep is refused, and tells a stranger nothing but to log in',
		async (depth) => {
			const answer = await create(nested(depth), boss.token);
			expect(answer.status).toBe(400);
			expect(await answer.text()).toContain('BAD_REQUEST');
			expect((await create(nested(100))).status).toBe(401);
		},
	);
});

describe('a request from another site', () => {
	const write = (headers: Record<string, string>) =>
		fetch(`${worker.url}/trpc/auth.logout`, {
			method: 'POST',
			headers: { 'content-type': 'application/json', ...headers },
		});

	test('cannot write with the cookie that the browser adds', async () => {
		const person = await newPerson(worker, boss);
		const answer = await write({ cookie: `cardinal_session=${person.token}`, origin: 'https://evil.example' });
		expect(answer.status).toBe(403);
		expect(((await answer.json()) as { error: { code: string } }).error.code).toBe('CSRF');
		await worker.client(person.token).auth.me.query();
	});

	test('may with a bearer token, which no browser adds by itself', async () => {
		const person = await newPerson(worker, boss);
		const answer = await write({ authorization: `Bearer ${person.token}`, origin: 'https://elsewhere.example' });
		expect(answer.status).toBe(200);
	});
});

// Logging in and out by REST.
import { describe, expect, test } from 'vitest';
import { admin, anonymous, as, logIn, newPerson, PASSWORD, product } from './api';

describe('POST /auth/login', () => {
	test('answers a bearer token, the account, and a session cookie that scripts cannot read', async () => {
		const pat = await newPerson();
		const { status, data, headers } = await anonymous.post('/auth/login', {
			email: pat.email.toUpperCase(),
			password: PASSWORD,
		});
		expect(status).toBe(200);
		expect(data).toMatchObject({
			token_type: 'bearer',
			expires_in: 86_400,
			user: { user_id: pat.userId, email: pat.email, role: 'user' },
		});
		expect(Object.keys(data.user).toSorted()).toEqual(['created_at', 'email', 'name', 'role', 'updated_at', 'user_id']);
		const cookie = headers.get('set-cookie')!;
		expect(cookie).toMatch(/HttpOnly/);
		expect(cookie).toMatch(/SameSite=Lax/);
		const me = await anonymous.send('GET', '/auth/me', undefined, { cookie: cookie.split(';')[0]! });
		expect(me.data.user_id).toBe(pat.userId);
	});

	test('answers the same, as slowly, for an unknown e-mail address and a wrong password', async () => {
		const pat = await newPerson();
		const timed = async (email: string) => {
			const started = performance.now();
			const answer = await anonymous.post('/auth/login', { email, password: 'Wrong-horse-7' });
			return { answer, ms: performance.now() - started };
		};
		const wrong = await timed(pat.email);
		const unknown = await timed(`nobody-${crypto.randomUUID()}@example.org`);
		expect(wrong.answer.status).toBe(401);
		expect(wrong.answer.error.code).toBe('INVALID_CREDENTIALS');
		expect(unknown.answer.body).toEqual(wrong.answer.body);
		expect(unknown.ms).toBeGreaterThan(wrong.ms / 3);
	});

	test('the sixth failure within a minute is refused, even the right password, and open sessions go on', async () => {
		const pat = await newPerson();
		for (let attempt = 1; attempt <= 5; attempt += 1) {
			const email = attempt % 2 ? pat.email : pat.email.toUpperCase();
			expect((await anonymous.post('/auth/login', { email, password: 'Wrong-horse-7' })).status).toBe(401);
		}
		const refused = await anonymous.post('/auth/login', { email: pat.email, password: PASSWORD });
		expect(refused.status).toBe(429);
		expect(refused.error.code).toBe('RATE_LIMITED');
		expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
		expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(60);
		expect((await pat.get('/auth/me')).status).toBe(200);
	});

	test.each([
		[{}, { email: expect.any(String), password: expect.any(String) }],
		[{ email: 'a@b.c' }, { password: expect.any(String) }],
		[
			{ email: 7, password: [] },
			{ email: expect.any(String), password: expect.any(String) },
		],
	])('%j is refused, naming each field', async (body, fields) => {
		const { status, error } = await anonymous.post('/auth/login', body);
		expect(status).toBe(400);
		expect(error).toMatchObject({ code: 'VALIDATION_ERROR', details: { fields } });
	});
});

describe('a session', () => {
	test('GET /auth/me answers who asks, with their groups', async () => {
		const pat = await newPerson();
		const { status, data } = await pat.get('/auth/me');
		expect(status).toBe(200);
		expect(data).toMatchObject({ user_id: pat.userId, email: pat.email, name: 'Pat', role: 'user', groups: [] });
	});

	test('POST /auth/logout ends this session at once, and no other', async () => {
		const pat = await newPerson();
		const elsewhere = await logIn(pat.email, PASSWORD);
		expect((await pat.post('/auth/logout')).status).toBe(204);
		expect((await pat.get('/auth/me')).status).toBe(401);
		expect((await elsewhere.get('/auth/me')).status).toBe(200);
	});

	test.each(['', 'x', 'e30.e30.', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9.', 'a'.repeat(3000)])(
		'token %j opens nothing',
		async (token) => {
			const { status, error } = await as(token).get('/auth/me');
			expect(status).toBe(401);
			expect(error.code).toBe('UNAUTHENTICATED');
		},
	);

	test('a write by cookie from another origin is refused; from our own, or by bearer token, it is not', async () => {
		const pat = await newPerson();
		const cookie = `cardinal_session=${pat.token}`;
		const foreign = await anonymous.send('POST', '/auth/logout', undefined, { cookie, origin: 'https://evil.example' });
		expect(foreign.status).toBe(403);
		expect(foreign.error.code).toBe('CSRF');
		expect((await pat.send('POST', '/users', {}, { origin: 'https://evil.example' })).error.code).toBe('FORBIDDEN');
		expect((await anonymous.send('POST', '/auth/logout', undefined, { cookie, origin: product.url })).status).toBe(204);
	});
});

test('nobody without a session learns anything but that they have none', async () => {
	const { body } = await (await admin()).get('/openapi.json');
	const { paths } = body as { paths: Record<string, Record<string, { security?: unknown[] }>> };
	for (const [path, methods] of Object.entries(paths)) {
		if (!path.startsWith('/api/')) continue;
		for (const [method, { security }] of Object.entries(methods)) {
			if (security) continue;
			const address = path.replace('/api', '').replace(/\{\w+\}/g, 'dash_0000000000000000');
			const { status, error } = await anonymous.send(
				method.toUpperCase(),
				address,
				method === 'get' ? undefined : '{',
				{ 'content-type': 'text/plain' },
			);
			expect({ address, method, status, code: error?.code }).toEqual({
				address,
				method,
				status: 401,
				code: 'UNAUTHENTICATED',
			});
		}
	}
});

describe('the form of the log-in page', () => {
	/** @param body bytes of a length that is told, or a stream of one that is not */
	const send = (body: string | ReadableStream) =>
		fetch(`${product.url}/login`, {
			method: 'POST',
			headers: { 'content-type': 'application/x-www-form-urlencoded', origin: product.url },
			body,
			duplex: 'half',
		} as RequestInit);
	const form = (password: string) => `email=nobody%40example.org&password=${password}`;

	test('is read when it is as long as a log-in can be', async () => {
		expect((await send(form('x'.repeat(1000)))).status).not.toBe(413);
	});

	test.each([
		['too long', form('x'.repeat(9_000_000))],
		['of a length that nobody tells', new Blob([form('x')]).stream()],
	])('is refused when it is %s, before anybody holds it', async (_what, body) => {
		expect((await send(body)).status).toBe(413);
	});
});

// What holds on every route: how requests are read, in which order they are refused, and that nothing strange breaks them.
import { beforeAll, describe, expect, test } from 'vitest';
import { admin, anonymous, newPerson, type Person } from './api';

let pat: Person;
beforeAll(async () => {
	pat = await newPerson();
});

describe('requests that are read', () => {
	test.each([
		['{"email": ', 'application/json', 400, 'BAD_REQUEST'],
		['[]', 'application/json', 400, 'BAD_REQUEST'],
		['"text"', 'application/json', 400, 'BAD_REQUEST'],
		['email=a', 'application/x-www-form-urlencoded', 415, 'UNSUPPORTED_MEDIA_TYPE'],
		['{}', 'text/plain', 415, 'UNSUPPORTED_MEDIA_TYPE'],
		[`{"name": "${'x'.repeat(8 * 1024 * 1024)}"}`, 'application/json', 413, 'TOO_LARGE'],
		[`{"a": ${'['.repeat(100_000)}`, 'application/json', 400, 'BAD_REQUEST'],
		[
			'{"name": "\\ud800", "email": "a@b.example", "password": "Aa1!aaaa"}',
			'application/json',
			400,
			'VALIDATION_ERROR',
		],
	])('%.20s as %s is refused with %i %s', async (body, contentType, status, code) => {
		const answer = await (await admin()).send('POST', '/users', body, { 'content-type': contentType });
		expect([answer.status, answer.error.code]).toEqual([status, code]);
	});

	test.each([
		'limit=0',
		'limit=101',
		'limit=-1',
		'limit=1.5',
		'limit=ten',
		'limit=1e400',
		'offset=-1',
		'offset=x',
		`q=${'x'.repeat(201)}`,
	])('a list refuses %.20s', async (query) => {
		const { status, error } = await pat.get(`/users?${query}`);
		expect([status, error.code]).toEqual([400, 'VALIDATION_ERROR']);
		expect(Object.keys(error.details.fields)).toEqual([query.split('=')[0]]);
	});

	test('unknown parameters change nothing', async () => {
		expect((await pat.get('/users?limit=1&colour=red')).status).toBe(200);
	});
});

describe('the order of refusals', () => {
	test('an address that nobody serves is told to those with a session only', async () => {
		expect((await anonymous.get('/nothing/here')).status).toBe(401);
		const { status, error } = await pat.get('/nothing/here');
		expect([status, error.code]).toEqual([404, 'NOT_FOUND']);
		expect((await pat.post('/test/setup', {})).status).toBe(404);
	});

	test('a known address says which methods it takes', async () => {
		const { status, error, headers } = await pat.put('/users', {});
		expect([status, error.code]).toEqual([405, 'METHOD_NOT_ALLOWED']);
		expect(headers.get('allow')!.split(', ').toSorted()).toEqual(['GET', 'POST']);
		expect((await anonymous.put('/users', {})).status).toBe(401);
		expect((await anonymous.get('/auth/login')).status).toBe(405);
	});

	test('permission comes before the body, and the body before what it holds', async () => {
		expect((await pat.send('POST', '/users', '{', { 'content-type': 'text/plain' })).status).toBe(403);
		expect((await (await admin()).send('POST', '/users', '{', { 'content-type': 'text/plain' })).status).toBe(415);
	});
});

describe('identifiers', () => {
	const strange = [
		'nope',
		'user_',
		'USER_0000000000000000',
		'a'.repeat(3000),
		'%00',
		'user_0000000000000000%00',
		'%FF',
		'%ED%A0%80',
		'..%2F..%2Fetc%2Fpasswd',
		'%2e%2e',
		"'%20OR%201=1--",
		'%F0%9F%92%A9',
		'__proto__',
		'constructor',
		'999999999999999999999999',
	];
	const addresses = [
		'/users/{}',
		'/datasets/{}',
		'/datasets/{}/preview',
		'/datasets/{}/columns/a/values',
		'/cards/{}',
		'/dashboards/{}',
		'/dashboards/{}/shares',
		'/dashboards/{}/referenced-datasets',
	];

	test.each(addresses)('whatever stands in %s, it is just not there', async (address) => {
		const bodies = new Set<string>();
		for (const id of strange) {
			const { status, body } = await pat.get(address.replace('{}', id));
			expect([id.slice(0, 30), status]).toEqual([id.slice(0, 30), 404]);
			bodies.add(JSON.stringify(body));
		}
		expect(bodies.size).toBe(1);
	});
});

test('HEAD answers like GET, without a body', async () => {
	const answer = await pat.send('HEAD', '/openapi.json');
	expect(answer.status).toBe(200);
	expect(answer.body).toBeUndefined();
});

// Which route serves an address: parameters, encoded texts, methods, and addresses that nobody serves.
import { describe, expect, test } from 'vitest';
import { matchRoute, type Method, type Route } from '../../../../../src/worker/http/rest/routes';

const route = (method: Method, path: string, access: Route['access'] = 'signed-in'): Route => ({
	name: `${method} ${path}`,
	method,
	path,
	summary: '',
	access,
	writes: method !== 'GET',
	status: 200,
	errors: [],
	input: undefined,
	output: undefined,
	served: { by: 'procedure', call: async () => undefined },
});

const routes = [
	route('GET', '/api/things'),
	route('GET', '/api/things/{thingId}'),
	route('DELETE', '/api/things/{thingId}'),
	route('GET', '/api/things/latest'),
	route('GET', '/api/things/{thingId}/columns/{column}/values'),
	route('POST', '/api/auth/login', 'public'),
];
const find = (method: string, path: string) => matchRoute(routes, method, path);

describe('matching an address', () => {
	test('a parameter takes one segment', () => {
		expect(find('GET', '/api/things/a')).toMatchObject({
			route: { name: 'GET /api/things/{thingId}' },
			params: { thingId: 'a' },
		});
		expect(find('GET', '/api/things/a/b')).toBeUndefined();
	});

	test('a text in place beats a parameter', () => {
		expect(find('GET', '/api/things/latest')?.route?.path).toBe('/api/things/latest');
	});

	test('a slash at the end changes nothing', () => {
		expect(find('GET', '/api/things/')?.route?.path).toBe('/api/things');
	});

	test.each([
		['a%2Fb', 'a/b'],
		['100%25', '100%'],
		['100%2525', '100%25'],
		['%E6%9C%88', '月'],
		['a+b', 'a+b'],
		['%00', '\0'],
	])('%s names the column %j', (encoded, column) => {
		expect(find('GET', `/api/things/t/columns/${encoded}/values`)?.params).toEqual({ thingId: 't', column });
	});

	test('bytes that are no text name nothing', () => {
		expect(find('GET', '/api/things/%FF')).toBeUndefined();
		expect(find('GET', '/api/things/%E0%A4%A')).toBeUndefined();
	});

	test('a known address with another method says which it takes', () => {
		expect(find('PUT', '/api/things/a')).toMatchObject({
			route: undefined,
			allowed: ['GET', 'DELETE'],
			isPublic: false,
		});
		expect(find('GET', '/api/auth/login')).toMatchObject({ route: undefined, allowed: ['POST'], isPublic: true });
	});
});

import { describe, expect, test } from 'vitest';
import { isReadOf } from '../../../../src/worker/durable/executor-egress';

const storage = { endpoint: 'https://s3.example.com', bucket: 'data' };
const get = (url: string) => isReadOf(storage, { method: 'GET', url });

describe('what leaves the container of the executor', () => {
	test('is a read of an object of the bucket, with whatever signs it', () => {
		expect(get('https://s3.example.com/data/datasets/a/part-0000.parquet?X-Amz-Signature=ab')).toBe(true);
	});

	test.each([
		['another bucket', 'https://s3.example.com/other/key'],
		['a bucket whose name begins alike', 'https://s3.example.com/data2/key'],
		['a path that climbs out', 'https://s3.example.com/data/../other/key'],
		['the same in its encoded form', 'https://s3.example.com/data/%2e%2e/other/key'],
		['the list of the bucket', 'https://s3.example.com/data/'],
		['the same asked for by a query', 'https://s3.example.com/data/?list-type=2&prefix=datasets'],
		['another host', 'https://s3.example.org/data/key'],
		['a host in the name of a user', 'https://s3.example.com@example.org/data/key'],
		['another port', 'https://s3.example.com:8443/data/key'],
		['no TLS', 'http://s3.example.com/data/key'],
	])('is not %s', (_what, url) => {
		expect(get(url)).toBe(false);
	});

	test.each(['PUT', 'POST', 'DELETE', 'HEAD'])('is no %s', (method) => {
		expect(isReadOf(storage, { method, url: 'https://s3.example.com/data/key' })).toBe(false);
	});

	test('may be below a path, and the setting may end with a slash', () => {
		const below = { endpoint: 'https://example.com/s3/', bucket: 'data' };
		expect(isReadOf(below, { method: 'GET', url: 'https://example.com/s3/data/key' })).toBe(true);
		expect(isReadOf(below, { method: 'GET', url: 'https://example.com/data/key' })).toBe(false);
	});
});

// What is taken as a JSON body, and how everything else is refused.
import { describe, expect, test } from 'vitest';
import { MAX_JSON_BYTES, readJsonObject } from '../../../../../src/worker/http/rest/body';

function read(body: BodyInit | null, contentType: string | null = 'application/json') {
	const headers = new Headers(contentType === null ? [] : [['content-type', contentType]]);
	return readJsonObject(new Request('https://app.example/api/things', { method: 'POST', body, headers }));
}

describe('reading a JSON body', () => {
	test.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON;charset="UTF-8"'])(
		'%s is taken',
		async (type) => {
			expect(await read('{"a": 1}', type)).toEqual({ a: 1 });
		},
	);

	test('no body is an empty object, whatever its type', async () => {
		expect(await read(null, null)).toEqual({});
		expect(await read('', 'text/plain')).toEqual({});
	});

	test.each([
		'text/plain',
		'application/x-www-form-urlencoded',
		'application/json; charset=utf-16',
		'application/jsonp',
		'',
	])('content of type %j is refused as another media type', async (type) => {
		await expect(read(new TextEncoder().encode('{}'), type || null)).rejects.toMatchObject({
			code: 'UNSUPPORTED_MEDIA_TYPE',
		});
	});

	test.each(['{', '{"a": 01}', 'nothing', "{'a': 1}", '[]', '"text"', '1', 'null', '{"a": NaN}'])(
		'%s is no JSON object',
		async (text) => {
			await expect(read(text)).rejects.toMatchObject({ code: 'BAD_REQUEST', status: 400 });
		},
	);

	test('bytes that are not UTF-8 are refused', async () => {
		await expect(read(new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))).rejects.toMatchObject({
			code: 'BAD_REQUEST',
		});
	});

	test('half a surrogate pair is refused with the path of its field', async () => {
		await expect(read('{"filters": {"a": ["\\ud800"]}}')).rejects.toMatchObject({
			code: 'VALIDATION_ERROR',
			details: { fields: { 'filters.a.0': 'is not valid Unicode' } },
		});
		await expect(read('{"params": {"\\udc00": 1}}')).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
	});

	test('endless nesting is refused, not followed', async () => {
		await expect(read(`{"a": ${'['.repeat(200_000)}${']'.repeat(200_000)}}`)).rejects.toMatchObject({
			code: 'BAD_REQUEST',
		});
	});

	test('a body above the limit is refused, announced or not', async () => {
		await expect(read(`{"a": "${'x'.repeat(MAX_JSON_BYTES)}"}`)).rejects.toMatchObject({
			code: 'TOO_LARGE',
			status: 413,
		});
		const chunk = new Uint8Array(1024 * 1024).fill(0x20);
		let sent = 0;
		const endless = new ReadableStream<Uint8Array>({
			pull(controller) {
				sent += 1;
				controller.enqueue(chunk);
			},
		});
		const request = new Request('https://app.example', {
			method: 'POST',
			body: endless,
			headers: { 'content-type': 'application/json' },
			duplex: 'half',
		} as RequestInit);
		await expect(readJsonObject(request)).rejects.toMatchObject({ code: 'TOO_LARGE' });
		expect(sent).toBeLessThan(12);
	});
});

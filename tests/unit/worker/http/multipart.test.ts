// Reading a multipart form: what is found, that the file is handed on as it comes, and that broken forms are refused.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AppError } from '../../../../src/worker/errors';
import { readForm } from '../../../../src/worker/http/multipart';

const BOUNDARY = 'a--line-of-its-own';

class Sink {
	readonly chunks: Uint8Array[] = [];
	aborted = false;
	/** The most that had been read of the request and not been written here. */
	ahead = 0;
	#written = 0;
	constructor(
		readonly fileName: string,
		readonly limit: number,
		readonly bytesRead: () => number,
	) {}
	async write(bytes: Uint8Array) {
		await new Promise((done) => setImmediate(done)); // a store is slower than a network
		this.chunks.push(bytes.slice());
		this.#written += bytes.length;
		this.ahead = Math.max(this.ahead, this.bytesRead() - this.#written);
		if (this.#written > this.limit) throw new AppError('TOO_LARGE');
	}
	async abort() {
		this.aborted = true;
	}
	get bytes() {
		return Buffer.concat(this.chunks);
	}
}

const encode = (text: string) => new TextEncoder().encode(text);
const field = (name: string, value: string) =>
	encode(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`);
const file = (content: Uint8Array, disposition = 'name="file"; filename="a.csv"') =>
	Buffer.concat([
		encode(`--${BOUNDARY}\r\nContent-Disposition: form-data; ${disposition}\r\nContent-Type: text/csv\r\n\r\n`),
		content,
		encode('\r\n'),
	]);
const end = encode(`--${BOUNDARY}--\r\n`);

async function read(
	body: Uint8Array,
	{ chunkBytes = 1000, limit = Infinity, type = `multipart/form-data; boundary=${BOUNDARY}` } = {},
) {
	const pieces: Uint8Array[] = [];
	for (let start = 0; start < body.length; start += chunkBytes) pieces.push(body.slice(start, start + chunkBytes));
	let bytesRead = 0;
	const stream = new ReadableStream<Uint8Array>({
		pull(controller) {
			const piece = pieces.shift();
			bytesRead += piece?.length ?? 0;
			if (piece) controller.enqueue(piece);
			else controller.close();
		},
	});
	const request = new Request('https://app.example', {
		method: 'POST',
		body: stream,
		headers: { 'content-type': type },
		duplex: 'half',
	} as RequestInit);
	const sinks: Sink[] = [];
	const form = await readForm(request, {
		fileField: 'file',
		open: async (fileName) => {
			sinks.push(new Sink(fileName, limit, () => bytesRead));
			return sinks[0]!;
		},
	}).catch((error: unknown) => ({ error: error as AppError }));
	return { form, sinks };
}

describe('a multipart form', () => {
	test('gives its fields as text and its file as bytes, in any order', async () => {
		for (const parts of [
			[field('name', '売上'), file(encode('a,b\n1,2\n')), field('delimiter', ',')],
			[file(encode('a,b\n1,2\n')), field('delimiter', ','), field('name', '売上')],
		]) {
			const { form, sinks } = await read(Buffer.concat([...parts, end]));
			expect(form).toMatchObject({ fields: { name: '売上', delimiter: ',' } });
			expect(sinks.map(({ fileName, bytes }) => [fileName, bytes.toString()])).toEqual([['a.csv', 'a,b\n1,2\n']]);
		}
	});

	test('hands a large file on in pieces, and reads no faster than the sink takes it', async () => {
		const content = Buffer.alloc(5_000_000, 'line of text\r\n');
		const { sinks } = await read(Buffer.concat([file(content), end]), { chunkBytes: 65_536 });
		expect(sinks[0]!.bytes.equals(content)).toBe(true);
		expect(sinks[0]!.ahead).toBeLessThan(500_000);
	});

	test('whatever the file holds and wherever it is cut, it arrives as it was', async () => {
		const almost = fc.constantFrom(
			'\r\n',
			'--',
			`\r\n--${BOUNDARY.slice(0, 5)}`,
			`--${BOUNDARY.slice(0, -1)}x`,
			'\r',
			'\n',
			'a',
			'\0',
			'é',
		);
		await fc.assert(
			fc.asyncProperty(
				fc.array(almost, { maxLength: 60 }),
				fc.integer({ min: 1, max: 80 }),
				async (texts, chunkBytes) => {
					const content = encode(texts.join(''));
					const { form, sinks } = await read(Buffer.concat([field('name', 'n'), file(content), end]), { chunkBytes });
					expect(form).toMatchObject({ fields: { name: 'n' } });
					expect(sinks[0]!.bytes.equals(content)).toBe(true);
				},
			),
			{ numRuns: 200 },
		);
	});

	test('a form without the file says so by having none', async () => {
		const { form } = await read(Buffer.concat([field('name', 'n'), end]));
		expect(form).toMatchObject({ fields: { name: 'n' }, file: undefined });
	});

	test('a field named __proto__ is a field', async () => {
		const { form } = await read(Buffer.concat([field('__proto__', 'x'), end]));
		expect(Object.keys((form as { fields: object }).fields)).toEqual(['__proto__']);
	});

	test.each([
		['application/json', 'UNSUPPORTED_MEDIA_TYPE'],
		['multipart/mixed; boundary=x', 'UNSUPPORTED_MEDIA_TYPE'],
		['multipart/form-data', 'BAD_REQUEST'],
		['multipart/form-data; boundary=another', 'BAD_REQUEST'],
	])('%s is refused with %s', async (type, code) => {
		const { form } = await read(Buffer.concat([file(encode('a')), end]), { type });
		expect(form).toMatchObject({ error: { code } });
	});

	test.each([
		['cut off in the file', Buffer.concat([file(encode('a,b')).subarray(0, -1)])],
		[
			'a part without a name',
			Buffer.concat([encode(`--${BOUNDARY}\r\nContent-Disposition: form-data\r\n\r\nx\r\n`), end]),
		],
		['too many parts', Buffer.concat([...Array.from({ length: 60 }, (_, index) => field(`f${index}`, 'x')), end])],
		['bytes that are no form', Buffer.alloc(10_000, 'nothing')],
	])('%s is refused', async (_what, body) => {
		const { form, sinks } = await read(body);
		expect(form).toMatchObject({ error: { code: 'BAD_REQUEST' } });
		expect(sinks.every(({ aborted }) => aborted)).toBe(true);
	});

	test('a field beyond its limit is refused by name', async () => {
		const { form } = await read(Buffer.concat([field('name', 'x'.repeat(70_000)), end]));
		expect(form).toMatchObject({ error: { code: 'VALIDATION_ERROR', details: { fields: { name: 'is too long' } } } });
	});

	test('two files, or one that the sink refuses, leave nothing behind', async () => {
		const twice = await read(Buffer.concat([file(encode('a')), file(encode('b')), end]), { chunkBytes: 10 });
		expect(twice.form).toMatchObject({
			error: { code: 'VALIDATION_ERROR', details: { fields: { file: 'is there twice' } } },
		});
		expect(twice.sinks).toMatchObject([{ aborted: true }]);
		const tooLong = await read(Buffer.concat([file(Buffer.alloc(5000)), end]), { limit: 3000 });
		expect(tooLong.form).toMatchObject({ error: { code: 'TOO_LARGE' } });
		expect(tooLong.sinks).toMatchObject([{ aborted: true }]);
	});
});

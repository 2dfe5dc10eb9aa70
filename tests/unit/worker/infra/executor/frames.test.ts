import { describe, expect, test } from 'vitest';
import { readFrames } from '../../../../../src/worker/infra/executor/frames';
import { importFrame } from '../../../../../src/worker/infra/executor/protocol';

const digest = 'a'.repeat(64);
const manifest = {
	encoding: 'utf-8',
	delimiter: ',',
	quote: '"',
	header: true,
	dataLine: 2,
	rows: 1,
	rejected: 0,
	blankLines: 0,
	rejectCounts: {},
	rejects: [],
	columns: [{ name: '名', type: 'int64', nullable: false, nullCount: 0 }],
	partitionColumn: null,
	files: [{ path: 'data/part-0000.parquet', rows: 1, bytes: 5, sha256: digest, partition: null }],
};
const lines = {
	progress: '{"type":"progress","step":"scan","done":1,"total":2}\n',
	file: `{"type":"file","path":"data/part-0000.parquet","bytes":5,"sha256":"${digest}","rows":1,"partition":null}\n`,
	ok: `${JSON.stringify({ type: 'result', status: 'ok', manifest })}\n`,
	failed:
		'{"type":"result","status":"error","code":"import_failed","importCode":"empty_file","message":"The file has no rows."}\n',
};

/** A stream that comes in pieces of `size` bytes. */
function streamOf(text: string, size: number): ReadableStream<Uint8Array> {
	const bytes = new TextEncoder().encode(text);
	let at = 0;
	return new ReadableStream({
		pull(controller) {
			if (at >= bytes.length) return controller.close();
			controller.enqueue(bytes.slice(at, at + size));
			at += size;
		},
	});
}

/** Reads everything: headers' types, and bodies as text. */
async function readAll(stream: ReadableStream<Uint8Array>): Promise<string[]> {
	const seen: string[] = [];
	for await (const { frame, body } of readFrames(stream, importFrame)) {
		seen.push(frame.type);
		if (body) seen.push(await new Response(body).text());
	}
	return seen;
}

describe('frames of an import', () => {
	test('are read alike however the bytes are cut, newlines inside a body included', async () => {
		const text = `${lines.progress}${lines.file}a\nb\nc${lines.ok}`;
		for (let size = 1; size <= text.length; size += 7) {
			expect(await readAll(streamOf(text, size))).toEqual(['progress', 'file', 'a\nb\nc', 'result']);
		}
	});

	test('end with a result, and nothing after it is read', async () => {
		expect(await readAll(streamOf(`${lines.failed}rubbish`, 10))).toEqual(['result']);
	});

	test.each([
		['without a result', lines.progress],
		['inside a header', lines.progress.slice(0, 20)],
		['inside a body', `${lines.file}abc`],
	])('that end %s have failed', async (_where, text) => {
		await expect(readAll(streamOf(text, 8))).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
	});

	test('that break off with their connection have failed', async () => {
		const stream = new ReadableStream<Uint8Array>({
			start: (controller) => controller.enqueue(new TextEncoder().encode(lines.progress)),
			pull: (controller) => controller.error(new Error('Network connection lost.')),
		});
		await expect(readAll(stream)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
	});

	test.each([
		['no JSON', 'nonsense\n'],
		['of a kind nobody knows', '{"type":"surprise"}\n'],
		['with a path that climbs', lines.file.replace('data/part', '../data/part')],
		['with a partition folder that is none', lines.file.replace('data/part', 'partitions/../part')],
		['without an end', 'x'.repeat(9_000_000)],
	])('with a header %s are refused', async (_what, text) => {
		await expect(readAll(streamOf(text, 1_000_000))).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
	});

	test('whose body was not read to its end are refused: the next header would be inside it', async () => {
		const frames = readFrames(streamOf(`${lines.file}hello${lines.ok}`, 4), importFrame);
		await frames.next();
		await expect(frames.next()).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
	});
});

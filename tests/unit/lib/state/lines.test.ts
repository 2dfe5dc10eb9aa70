import { expect, test } from 'vitest';
import { readLines } from '$lib/state/lines';

/** Node has it; the Worker's types do not know it. */
const streams = ReadableStream as unknown as { from<T>(chunks: Iterable<T>): ReadableStream<T> };

async function read(chunks: Uint8Array[]): Promise<unknown[]> {
	const values: unknown[] = [];
	for await (const value of readLines(streams.from(chunks))) values.push(value);
	return values;
}

test('a line arrives whole, wherever the network cuts it', async () => {
	const bytes = new TextEncoder().encode('{"a":"日本"}\n\n{"b":2}\n{"c":3}');
	const expected = [{ a: '日本' }, { b: 2 }, { c: 3 }];
	for (let cut = 1; cut < bytes.length; cut++) {
		expect(await read([bytes.slice(0, cut), bytes.slice(cut)])).toEqual(expected);
	}
});

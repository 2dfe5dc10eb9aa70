import { describe, expect, test } from 'vitest';
import { IsolateMemory } from '../../../../../src/worker/infra/cache/memory';

const megabyte = 'x'.repeat(1024 * 1024);

describe('what an isolate has at hand', () => {
	test('is the very value that was kept', () => {
		const memory = new IsolateMemory(16 * megabyte.length);
		const value = { a: 1 };
		memory.keep('one', value);
		expect(memory.get('one')).toBe(value);
		expect(memory.get('two')).toBeUndefined();
	});

	test('is bounded: what was not used for longest goes first', () => {
		const memory = new IsolateMemory(16 * megabyte.length);
		for (let n = 0; n < 15; n += 1) memory.keep(`v${n}`, megabyte);
		expect(memory.get('v0')).toBe(megabyte);
		for (let n = 15; n < 20; n += 1) memory.keep(`v${n}`, megabyte);
		expect(memory.get('v0')).toBe(megabyte);
		expect(memory.get('v1')).toBeUndefined();
		expect(memory.get('v19')).toBe(megabyte);
	});

	test('holds no single value that would push out the rest', () => {
		const memory = new IsolateMemory(16 * megabyte.length);
		memory.keep('small', 1);
		memory.keep('huge', megabyte.repeat(3));
		expect(memory.get('huge')).toBeUndefined();
		expect(memory.get('small')).toBe(1);
	});

	test('knows for seconds what no cache has, unless it comes', () => {
		const memory = new IsolateMemory(16 * megabyte.length);
		memory.miss('one', 1000);
		expect(memory.isMissing('one', 10_999)).toBe(true);
		expect(memory.isMissing('one', 11_000)).toBe(false);
		memory.keep('one', 1);
		expect(memory.isMissing('one', 1001)).toBe(false);
	});
});

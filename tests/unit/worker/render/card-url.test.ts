import { describe, expect, test } from 'vitest';
import { readCardPath, signCardPath } from '../../../../src/worker/render/card-url';

const secret = 'a secret of some length, for tests';
const key = 'ab'.repeat(32);
const noon = Date.UTC(2026, 10, 21, 12, 0, 5) / 1000;
const sign = (over: object = {}) => signCardPath(secret, { key, sessionId: 'sess_1', now: noon, ...over });

describe('the address of a script card', () => {
	test('gives access to its content, this hour and the next', async () => {
		const path = await sign();
		expect(await readCardPath(secret, path, noon)).toEqual({ key, secondsLeft: 7195 });
		expect(await readCardPath(secret, path, noon + 7194)).toEqual({ key, secondsLeft: 1 });
		expect(await readCardPath(secret, path, noon + 7195)).toBeNull();
		expect(await readCardPath(secret, path, noon - 3600)).toBeNull();
	});

	test('is the same within an hour, so that browsers cache it, and another for each session', async () => {
		expect(await sign({ now: noon + 1800 })).toBe(await sign());
		expect(await sign({ now: noon + 3600 })).not.toBe(await sign());
		expect(await sign({ sessionId: 'sess_2' })).not.toBe(await sign());
		expect(await sign()).not.toContain('sess_1');
	});

	test('does not hold once any part of it is changed', async () => {
		const path = await sign();
		for (let at = 1; at < path.length; at += 7) {
			const other = path[at] === 'b' ? 'a' : 'b';
			expect(await readCardPath(secret, path.slice(0, at) + other + path.slice(at + 1), noon)).toBeNull();
		}
		expect(await readCardPath('another secret of some length', path, noon)).toBeNull();
		for (const odd of ['/', '', path.slice(1), `${path}x`, `${path}/`])
			expect(await readCardPath(secret, odd, noon)).toBeNull();
	});
});

import { expect, test } from 'vitest';
import { code, params } from '$lib/contracts/code';

const messageOf = (result: { error?: { issues: { message: string }[] } | undefined }) =>
	result.error?.issues[0]?.message;

test('code and params are limited by their bytes, not by their characters', () => {
	expect(code.safeParse('é'.repeat(128 * 1024)).success).toBe(true);
	expect(messageOf(code.safeParse(`${'é'.repeat(128 * 1024)} `))).toBe('at most 256 KB');
	const around = JSON.stringify({ text: '' }).length;
	expect(params.safeParse({ text: 'x'.repeat(64 * 1024 - around) }).success).toBe(true);
	expect(messageOf(params.safeParse({ text: 'é'.repeat(33_000) }))).toBe('at most 64 KB');
});

test('params are JSON', () => {
	expect(params.safeParse({ a: [1, { b: null }], c: 'x' }).success).toBe(true);
	expect(params.safeParse({ a: new Date() }).success).toBe(false);
	expect(params.safeParse([1]).success).toBe(false);
});

import { expect, test } from 'vitest';
import { readMessage } from '$lib/card-frames/messages';

test('only messages of version 1 and a known kind are believed', () => {
	for (const odd of [null, 7, 'ready', {}, { v: 2, t: 'ready' }, { v: 1, t: 'navigate' }, { t: 'ready' }]) {
		expect(readMessage(odd)).toBeNull();
	}
	expect(readMessage({ v: 1, t: 'ready', extra: 1 })).toEqual({ t: 'ready' });
});

test('a height stays between 60 and 4000 pixels and is a number', () => {
	expect(readMessage({ v: 1, t: 'height', px: 1e9 })).toEqual({ t: 'height', px: 4000 });
	expect(readMessage({ v: 1, t: 'height', px: -5 })).toEqual({ t: 'height', px: 60 });
	expect(readMessage({ v: 1, t: 'height', px: Number.NaN })).toBeNull();
	expect(readMessage({ v: 1, t: 'height', px: '100' })).toBeNull();
});

test('a reason is cut to 300 characters', () => {
	expect(readMessage({ v: 1, t: 'failed', message: 'x'.repeat(1000) })).toEqual({
		t: 'failed',
		message: 'x'.repeat(300),
	});
});

test('a selection of more than 100 points, or with anything but scalars, is refused whole', () => {
	const point = { x: 1, y: 'a', label: null, trace: true };
	expect(readMessage({ v: 1, t: 'select', points: [point, { ...point, secret: 1 }] })).toEqual({
		t: 'select',
		points: [point, point],
	});
	expect(readMessage({ v: 1, t: 'select', points: Array.from({ length: 101 }, () => point) })).toBeNull();
	expect(readMessage({ v: 1, t: 'select', points: [{ ...point, x: {} }] })).toBeNull();
	expect(readMessage({ v: 1, t: 'select', points: [{ ...point, label: 'x'.repeat(201) }] })).toBeNull();
	expect(readMessage({ v: 1, t: 'select', points: [null] })).toBeNull();
});

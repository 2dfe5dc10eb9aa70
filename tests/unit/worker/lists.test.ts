import { expect, test } from 'vitest';
import { isId, newId } from '../../../src/worker/ids';
import { matching, newestFirst, pageOf } from '../../../src/worker/lists';

const items = [
	{ id: 'b', name: 'Sales', createdAt: 2 },
	{ id: 'c', name: 'salary', createdAt: 1 },
	{ id: 'a', name: 'Café', createdAt: 2 },
];

test('a list is newest first, and in the order of ids where times are equal', () => {
	expect(newestFirst(items, ({ id }) => id).map(({ id }) => id)).toEqual(['a', 'b', 'c']);
});

test('a list is searched in any case and composition', () => {
	expect(matching(items, ' SAL ', ({ name }) => [name]).map(({ id }) => id)).toEqual(['b', 'c']);
	expect(matching(items, 'cafe\u0301', ({ name }) => [name]).map(({ id }) => id)).toEqual(['a']);
	expect(matching(items, '  ', ({ name }) => [name])).toHaveLength(3);
});

test('a page says how many there are and whether more follow', () => {
	const ids = (limit: number, offset: number) => pageOf(items, { limit, offset }, ({ id }) => id);
	expect(ids(2, 0)).toEqual({ items: ['b', 'c'], pagination: { total: 3, limit: 2, offset: 0, hasNext: true } });
	expect(ids(2, 2)).toEqual({ items: ['a'], pagination: { total: 3, limit: 2, offset: 2, hasNext: false } });
	expect(ids(2, 9)).toEqual({ items: [], pagination: { total: 3, limit: 2, offset: 9, hasNext: false } });
});

test('an identifier is of its kind alone', () => {
	const id = newId('ds');
	expect(id).toMatch(/^ds_[0-9a-hjkmnp-tv-z]{16}$/);
	expect(isId('ds', id)).toBe(true);
	for (const other of [newId('card'), id.slice(0, -1), `${id}0`, id.toUpperCase(), `${id.slice(0, -1)}u`, null, 7, ''])
		expect(isId('ds', other)).toBe(false);
	expect(new Set(Array.from({ length: 1000 }, () => newId('ds'))).size).toBe(1000);
});

import { describe, expect, test } from 'vitest';
import {
	nameOfClone,
	problemsOf,
	provenanceOfClone,
	trimmed,
	withheld,
} from '../../../../../src/worker/entities/dashboard/rules';

const place = (cardId: string) => ({ cardId, x: 0, y: 0, w: 1, h: 1 });

describe('a dashboard', () => {
	test('holds a card once, and filters up to a size', () => {
		expect(problemsOf([place('a'), place('b')], [])).toEqual({});
		expect(Object.keys(problemsOf([place('a'), place('b'), place('a')], []))).toEqual(['layout.cards.2.cardId']);
		const options = Array.from({ length: 100 }, () => 'é'.repeat(500));
		const filter = { id: 'x', type: 'category' as const, column: 'x', label: 'x', options };
		expect(problemsOf([], [filter])).toEqual({ filters: 'at most 64 KB' });
	});
});

describe('the cards of a clone', () => {
	const original = { dashboardId: 'dash_1', provenance: null };
	const first = provenanceOfClone(original, 'eve', ['c1', 'c2'])!;
	const second = provenanceOfClone({ dashboardId: 'dash_2', provenance: first }, 'bob', ['c1', 'e1'])!;

	test('that its owner owns are their own', () => {
		expect(provenanceOfClone(original, 'eve', [])).toBeNull();
	});

	test('need every step between them and their place', () => {
		expect(second.lineage).toEqual([
			{ dashboardId: 'dash_2', viewerId: 'bob' },
			{ dashboardId: 'dash_1', viewerId: 'eve' },
		]);
		expect(second.borrowed).toEqual({ c1: 2, e1: 1 });
		const without = (id: string) => [...withheld(second, ({ dashboardId }) => dashboardId !== id)].sort();
		expect(without('none')).toEqual([]);
		expect(without('dash_1')).toEqual(['c1']);
		expect(without('dash_2')).toEqual(['c1', 'e1']);
	});

	test('are forgotten once they are taken off', () => {
		expect(trimmed(first, new Set(['c2']))!.borrowed).toEqual({ c2: 1 });
		expect(trimmed(first, new Set(['other']))).toBeNull();
		expect(trimmed(null, new Set())).toBeNull();
	});

	test('come under a name that is a name', () => {
		expect(nameOfClone('Sales')).toBe('Sales (copy)');
		const long = nameOfClone('😀'.repeat(127));
		expect(long.length).toBeLessThanOrEqual(255);
		expect(long.isWellFormed()).toBe(true);
	});
});

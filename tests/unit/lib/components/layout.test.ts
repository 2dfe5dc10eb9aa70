import fc from 'fast-check';
import { expect, test } from 'vitest';
import { COLUMNS, inside, withAdded, withMoved } from '$lib/components/dashboard/layout';
import type { LayoutCard } from '$lib/contracts/dashboard';

const card = (cardId: string, x: number, y: number, w = 4, h = 2): LayoutCard => ({ cardId, x, y, w, h });
const overlaps = (a: LayoutCard, b: LayoutCard) =>
	a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
const overlapping = (cards: LayoutCard[]) => cards.some((a, i) => cards.slice(i + 1).some((b) => overlaps(a, b)));

test('a card stays inside the columns, whatever it is asked', () => {
	expect(inside(card('a', 11, -3, 6, 0))).toEqual(card('a', 6, 0, 6, 1));
	expect(inside(card('a', 0, 0, 99, 1)).w).toBe(COLUMNS);
});

test('what a moved card covers goes down, and what that covers in turn', () => {
	const cards = [card('a', 0, 0), card('b', 4, 0), card('c', 4, 2)];
	expect(withMoved(cards, card('a', 4, 0))).toEqual([card('a', 4, 0), card('b', 4, 2), card('c', 4, 4)]);
});

test('a new card takes the first free place from the top', () => {
	const cards = [card('a', 0, 0, 4, 3), card('b', 8, 0, 4, 3)];
	expect(withAdded(cards, 'c').at(-1)).toMatchObject({ cardId: 'c', x: 4, y: 0 });
	expect(withAdded([card('a', 0, 0, 12, 5)], 'c').at(-1)).toMatchObject({ x: 0, y: 5 });
});

test('no two cards lie over each other after any number of moves and additions', () => {
	const move = fc.record({
		at: fc.nat(9),
		x: fc.integer({ min: -3, max: 14 }),
		y: fc.nat(12),
		w: fc.integer({ min: 0, max: 14 }),
		h: fc.integer({ min: 1, max: 6 }),
	});
	fc.assert(
		fc.property(fc.integer({ min: 1, max: 8 }), fc.array(move, { maxLength: 12 }), (count, moves) => {
			let cards: LayoutCard[] = [];
			for (let n = 0; n < count; n++) cards = withAdded(cards, `card_${n}`);
			for (const { at, ...place } of moves) cards = withMoved(cards, { cardId: `card_${at % count}`, ...place });
			return cards.length === count && !overlapping(cards) && cards.every((one) => one.x + one.w <= COLUMNS);
		}),
	);
});

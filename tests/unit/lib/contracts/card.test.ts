import { expect, test } from 'vitest';
import { card, cardUpdate } from '$lib/contracts/card';

test('names of filters are limited where people give them, and not where a card’s code may name what it likes', () => {
	const filterApplicable = ['x'.repeat(300)];
	expect(card.shape.filterApplicable.safeParse(filterApplicable).success).toBe(true);
	expect(cardUpdate.safeParse({ cardId: 'card_1', filterApplicable }).success).toBe(false);
});

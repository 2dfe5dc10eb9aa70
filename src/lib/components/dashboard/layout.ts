// Where cards lie on the grid while somebody arranges them: inside its columns, none over another. Pure.
import type { LayoutCard } from '$lib/contracts/dashboard';

export const COLUMNS = 12;
const MAX_ROW = 9999;
/** A new card's size, in columns and rows. */
const NEW_CARD = { w: 4, h: 3 };

/** A place inside the grid: at least one cell, at most its width. */
export function inside<T extends LayoutCard>(card: T): T {
	const w = clamp(card.w, 1, COLUMNS);
	return { ...card, w, h: clamp(card.h, 1, MAX_ROW), x: clamp(card.x, 0, COLUMNS - w), y: clamp(card.y, 0, MAX_ROW) };
}

/** The cards with `moved` at its new place; whatever it covers moves down, and what that covers in turn. */
export function withMoved(cards: readonly LayoutCard[], moved: LayoutCard): LayoutCard[] {
	const settled = [inside(moved)];
	const others = cards.filter((card) => card.cardId !== moved.cardId).sort((a, b) => a.y - b.y || a.x - b.x);
	for (const card of others) settled.push(below(card, settled));
	const places = new Map(settled.map((card) => [card.cardId, card]));
	return cards.map((card) => places.get(card.cardId) ?? card);
}

/** The cards with one more, at the first free place from the top. */
export function withAdded(cards: readonly LayoutCard[], cardId: string): LayoutCard[] {
	for (let y = 0; ; y++) {
		for (let x = 0; x + NEW_CARD.w <= COLUMNS; x++) {
			const card = { cardId, x, y, ...NEW_CARD };
			if (!cards.some((other) => overlaps(card, other))) return [...cards, card];
		}
	}
}

function below(card: LayoutCard, settled: readonly LayoutCard[]): LayoutCard {
	let placed = card;
	for (;;) {
		const hit = settled.find((other) => overlaps(placed, other));
		if (!hit) return placed;
		placed = { ...placed, y: hit.y + hit.h };
	}
}

function overlaps(a: LayoutCard, b: LayoutCard): boolean {
	return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

function clamp(value: number, low: number, high: number): number {
	return Math.min(high, Math.max(low, Math.round(value)));
}

// What makes a dashboard: pure rules about its layout, its filters and where a clone's cards come from.
import type { LayoutCard } from '$lib/contracts/dashboard';
import type { FilterDefinition } from '$lib/contracts/filter';

/** Bytes of UTF-8 JSON that the filters of a dashboard may take. */
const MAX_FILTER_BYTES = 64 * 1024;
/** Clones of clones: so many steps, and no more. */
export const MAX_LINEAGE = 10;

/** Where a clone's cards of others come from. */
export interface Provenance {
	/** From the nearest: the dashboard that was cloned, and who must still see it. */
	lineage: { dashboardId: string; viewerId: string }[];
	/** By card: how many steps of the lineage must hold for it to show. */
	borrowed: Record<string, number>;
}

/** Why layout and filters cannot be stored, by dotted field; empty when they can. */
export function problemsOf(cards: readonly LayoutCard[], filters: readonly FilterDefinition[]): Record<string, string> {
	const problems: Record<string, string> = {};
	const seen = new Set<string>();
	cards.forEach(({ cardId }, position) => {
		if (seen.has(cardId)) problems[`layout.cards.${position}.cardId`] = 'is on the dashboard already';
		seen.add(cardId);
	});
	if (new TextEncoder().encode(JSON.stringify(filters)).length > MAX_FILTER_BYTES)
		problems['filters'] = 'at most 64 KB';
	return problems;
}

/**
 * The provenance of a clone: what its new owner does not own is borrowed from the source, and what was borrowed there
 * needs one step more.
 */
export function provenanceOfClone(
	source: { dashboardId: string; provenance: Provenance | null },
	viewerId: string,
	foreignCards: readonly string[],
): Provenance | null {
	if (foreignCards.length === 0) return null;
	const before = source.provenance ?? { lineage: [], borrowed: {} };
	return {
		lineage: [{ dashboardId: source.dashboardId, viewerId }, ...before.lineage],
		borrowed: Object.fromEntries(foreignCards.map((cardId) => [cardId, 1 + (before.borrowed[cardId] ?? 0)])),
	};
}

/** The provenance without cards that are no longer on the dashboard; null when nothing is borrowed any more. */
export function trimmed(provenance: Provenance | null, cardIds: ReadonlySet<string>): Provenance | null {
	if (!provenance) return null;
	const kept = Object.entries(provenance.borrowed).filter(([cardId]) => cardIds.has(cardId));
	return kept.length > 0 ? { ...provenance, borrowed: Object.fromEntries(kept) } : null;
}

/**
 * The cards that may not be shown, because a step they need does not hold.
 * @param holds whether a viewer of the lineage still sees the dashboard of that step
 */
export function withheld(
	provenance: Provenance | null,
	holds: (step: Provenance['lineage'][number]) => boolean,
): Set<string> {
	if (!provenance) return new Set();
	const broken = provenance.lineage.findIndex((step) => !holds(step));
	if (broken === -1) return new Set();
	return new Set(Object.entries(provenance.borrowed).flatMap(([cardId, steps]) => (steps > broken ? [cardId] : [])));
}

const CLONE_SUFFIX = ' (copy)';
const MAX_NAME = 255;

/** The name of a clone that was given none, cut so that it is still a name. */
export function nameOfClone(name: string): string {
	return name.slice(0, MAX_NAME - CLONE_SUFFIX.length).toWellFormed() + CLONE_SUFFIX;
}

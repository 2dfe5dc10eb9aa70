// Lists: newest first, ties by id, cut to the page that was asked for.
import type { PageInput } from '$lib/contracts/common';

interface Listed {
	createdAt: number;
}

/** Newest first; what was made at the same time in the order of its ids, so that pages are stable. */
export function newestFirst<T extends Listed>(items: readonly T[], idOf: (item: T) => string): T[] {
	return [...items].sort((left, right) => right.createdAt - left.createdAt || (idOf(left) < idOf(right) ? -1 : 1));
}

/** Those of which one of the texts contains `q`, whatever its case; all without `q`. */
export function matching<T>(items: readonly T[], q: string | undefined, textsOf: (item: T) => string[]): T[] {
	const wanted = q?.trim().normalize('NFC').toLowerCase();
	if (!wanted) return [...items];
	return items.filter((item) => textsOf(item).some((text) => text.normalize('NFC').toLowerCase().includes(wanted)));
}

/** One page and how many there are in all. */
export function pageOf<T, U>(items: readonly T[], { limit, offset }: PageInput, toContract: (item: T) => U) {
	const total = items.length;
	return {
		items: items.slice(offset, offset + limit).map(toContract),
		pagination: { total, limit, offset, hasNext: offset + limit < total },
	};
}

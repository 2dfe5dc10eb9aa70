// Which of the active filters a card is filtered by. Pure.
import type { ResolvedFilter } from '$lib/contracts/filter';
import { combine, type ActiveFilter } from '$lib/domain/filters';

export interface CardScope {
	/** Names of all columns of the card's datasets. */
	columns: ReadonlySet<string>;
	/** Columns or filter ids the card declares; null: every filter whose column its data has. */
	declared: readonly string[] | null;
}

export interface Applicable {
	/** What applies: canonical, by column. */
	filters: ResolvedFilter[];
	/** Labels of the active filters that do not. */
	ignores: string[];
}

/** Parts the active filters by a card's data and its declaration. */
export function applicable(active: readonly ActiveFilter[], scope: CardScope): Applicable {
	const declared = scope.declared && new Set(scope.declared);
	const applies = ({ key, filter }: ActiveFilter) =>
		scope.columns.has(filter.column) && (!declared || declared.has(key) || declared.has(filter.column));
	return {
		filters: combine(active.filter(applies).map((one) => one.filter)),
		ignores: active.filter((one) => !applies(one)).map((one) => one.label),
	};
}

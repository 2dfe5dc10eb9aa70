// From a dashboard and a filter state to cards with the keys of their content: what every way of showing a dashboard begins with.
import type { LayoutCard } from '$lib/contracts/dashboard';
import type { FilterState } from '$lib/contracts/filter';
import { resolveState, type ActiveFilter } from '$lib/domain/filters';
import { dayInZone } from '$lib/domain/relative-dates';
import type { Actor } from '../access/access';
import { rowFiltersOf } from '../entities/row-policy/rules';
import type { Deps } from '../deps';
import type { DashboardItem } from '../entities/dashboard/repository';
import { invalid } from '../errors';
import { shownOf, type Shown } from './shown';
import { keyCard, type KeyContext, type KeyedCard } from './task';

export type PrepareDeps = Pick<
	Deps,
	'access' | 'background' | 'dynamo' | 'hints' | 'image' | 'now' | 'settings' | 'shared'
>;

export interface Prepared {
	shown: Shown;
	/** The state that was asked for. */
	filters: FilterState;
	active: ActiveFilter[];
	/** `YYYY-MM-DD` in the installation's zone. */
	today: string;
	/** In the order of the layout; `keyed` is null for a card that is gone or may not be shown here. */
	cards: { place: LayoutCard; keyed: KeyedCard | null }[];
}

/**
 * For this viewer: whose rows of a dataset they are is part of each key.
 * @param state what to filter by, or how that follows from what is shown
 * @throws AppError VALIDATION_ERROR naming the filter that is wrong
 */
export async function prepare(
	deps: PrepareDeps,
	actor: Actor,
	{ dashboard, state }: { dashboard: DashboardItem; state: FilterState | ((shown: Shown) => FilterState) },
): Promise<Prepared> {
	const zone = deps.settings.ZONE;
	const today = dayInZone(new Date(deps.now() * 1000), zone);
	const shown = await shownOf(deps, dashboard);
	const filters = typeof state === 'function' ? state(shown) : state;
	const active = resolveFilters(dashboard, filters, today);
	const image = Object.values(shown.cards).some((card) => card.cardType === 'code') ? await deps.image() : '';
	const cards = await keyedOnce(shown, { asker: actor.user, datasets: shown.datasets, active, zone, image });
	return { shown, filters, active, today, cards };
}

/** Under few filter states: what is shown lives for seconds, and a hostile visitor has many. */
const MAX_STATES = 50;
const keyed = new WeakMap<Shown, Map<string, Prepared['cards']>>();

/** Keys depend on what is shown, filters and the viewer's rows alone: while an isolate has the one, it hashes once for each of the other. */
async function keyedOnce(shown: Shown, context: KeyContext): Promise<Prepared['cards']> {
	const states = keyed.get(shown) ?? new Map<string, Prepared['cards']>();
	keyed.set(shown, states);
	const rows = Object.values(context.datasets).map((dataset) => rowFiltersOf(dataset, context.asker));
	const state = JSON.stringify([context.active, context.image, rows]);
	const known = states.get(state);
	if (known) return known;
	const cards = await Promise.all(
		shown.dashboard.layout.cards.map(async (place) => {
			const card = shown.cards[place.cardId];
			return { place, keyed: card ? await keyCard(card, context) : null };
		}),
	);
	if (states.size < MAX_STATES) states.set(state, cards);
	return cards;
}

/** The filters that are set, by the definitions of a dashboard. @throws AppError VALIDATION_ERROR */
export function resolveFilters(
	dashboard: Pick<DashboardItem, 'filters'>,
	state: FilterState,
	today: string,
): ActiveFilter[] {
	const { active, invalid: problems } = resolveState({ definitions: dashboard.filters, state, today });
	const fields = Object.entries(problems).map(([key, reason]) => [`filters.${key}`, reason] as const);
	if (fields.length > 0) throw invalid(Object.fromEntries(fields));
	return active;
}

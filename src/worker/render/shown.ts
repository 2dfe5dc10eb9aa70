// What a dashboard shows: its cards and datasets as its page needs them, without those that may not be shown on it.
// Made from one batch, or two when the guess of what to read was wrong, and kept in this location for the access TTL.
import type { Person } from '$lib/contracts/common';
import type { NamedState } from '$lib/contracts/dashboard';
import type { Deps } from '../deps';
import * as cards from '../entities/card/repository';
import * as dashboards from '../entities/dashboard/repository';
import { withheld } from '../entities/dashboard/rules';
import * as filterViews from '../entities/filter-view/repository';
import { parseSummary, keyOf as datasetKey, type DatasetSummary } from '../entities/dataset/summary';
import * as users from '../entities/user/repository';
import { roleOn } from '../access/policy';
import type { Item, KeyOf } from '../infra/dynamo/port';
import { PROJECT, writeHint, type Hint } from './hint';

export interface Shown {
	dashboard: dashboards.DashboardItem;
	owner: Person;
	/** By id; one that is gone, or that may not be shown here, is missing. */
	cards: Record<string, cards.ShownCard>;
	datasets: Record<string, DatasetSummary>;
	/** What the dashboard opens with. */
	defaultView: NamedState | null;
}

type ShownDeps = Pick<Deps, 'access' | 'dynamo' | 'hints' | 'now' | 'background'>;

/** What the dashboard shows. Whoever calls has found that the actor may view it. */
export async function shownOf(deps: ShownDeps, dashboard: dashboards.DashboardItem): Promise<Shown> {
	const view = await deps.access.viewOf(dashboard.dashboardId);
	if (view.kept) return view.kept as unknown as Shown;
	const source = new ItemSource(deps, (of) => view.item(of));
	const shown = await build(deps, source, dashboard);
	await deps.access.keepView(dashboard.dashboardId, shown as unknown as { dashboard: Item });
	if (source.asked > 0) deps.background(writeHint(deps.hints, dashboard.dashboardId, source.needed));
	return shown;
}

async function build(deps: ShownDeps, source: ItemSource, dashboard: dashboards.DashboardItem): Promise<Shown> {
	const { lineage = [] } = dashboard.provenance ?? {};
	const userIds = [dashboard.ownerId, ...lineage.map(({ viewerId }) => viewerId)];
	const cardKeys = dashboards.cardIds(dashboard).map(cards.keyOf);
	const defaultKey = dashboard.defaultFilterViewId && filterViews.keyOf(dashboard.defaultFilterViewId);
	await source.fetch([
		...cardKeys,
		...lineage.map(({ dashboardId }) => dashboards.keyOf(dashboardId)),
		...userIds.map(userKey),
		...(defaultKey ? [defaultKey] : []),
	]);

	const hidden = withheld(dashboard.provenance, ({ dashboardId, viewerId }) =>
		sees(deps, source, viewerId, dashboardId),
	);
	const placed = cardKeys
		.flatMap((of) => {
			const item = source.get(of);
			return item ? [cards.parseShown(item)] : [];
		})
		.filter(({ cardId }) => !hidden.has(cardId));
	const datasets = await datasetsOf(source, placed);
	const shownCards = await backed(deps, source, placed, datasets);
	const used = new Set(shownCards.flatMap((card) => card.datasets.map(({ datasetId }) => datasetId)));

	const owner = source.get(userKey(dashboard.ownerId));
	const defaultItem = defaultKey && source.get(defaultKey);
	return {
		dashboard,
		owner: { userId: dashboard.ownerId, name: owner ? users.parseActor(owner).name : '' },
		cards: Object.fromEntries(shownCards.map((card) => [card.cardId, card])),
		datasets: Object.fromEntries([...datasets].filter(([datasetId]) => used.has(datasetId))),
		defaultView: defaultItem ? filterViews.toNamedState(filterViews.parse(defaultItem)) : null,
	};
}

/** The datasets of cards that are there, by id. */
async function datasetsOf(source: ItemSource, shown: readonly cards.ShownCard[]): Promise<Map<string, DatasetSummary>> {
	const ids = [...new Set(shown.flatMap((card) => card.datasets.map(({ datasetId }) => datasetId)))];
	await source.fetch(ids.map(datasetKey));
	return new Map(
		ids.flatMap((id): [string, DatasetSummary][] => {
			const item = source.get(datasetKey(id));
			return item ? [[id, parseSummary(item)]] : [];
		}),
	);
}

/** Cards whose author may still use all of their data: what was taken away from them is not shown by them either. */
async function backed(
	deps: ShownDeps,
	source: ItemSource,
	shown: readonly cards.ShownCard[],
	datasets: ReadonlyMap<string, DatasetSummary>,
): Promise<cards.ShownCard[]> {
	const foreign = (card: cards.ShownCard) =>
		(card.cardType === 'text' ? [] : card.datasets)
			.flatMap(({ datasetId }) => datasets.get(datasetId) ?? [])
			.filter(({ ownerId }) => ownerId !== card.ownerId);
	const authors = [...new Set(shown.filter((card) => foreign(card).length > 0).map(({ ownerId }) => ownerId))];
	await source.fetch(authors.map(userKey));
	return shown.filter((card) => {
		const author = source.get(userKey(card.ownerId));
		if (!author) return foreign(card).length === 0;
		const person = users.parseActor(author);
		return foreign(card).every((dataset) => roleOn(person, 'dataset', dataset, deps.now()) !== null);
	});
}

/** Whether somebody may see a dashboard. */
function sees(deps: ShownDeps, source: ItemSource, userId: string, dashboardId: string): boolean {
	const user = source.get(userKey(userId));
	const dashboard = source.get(dashboards.keyOf(dashboardId));
	if (!user || !dashboard || dashboard['deletedAt'] !== undefined) return false;
	return roleOn(users.parseActor(user), 'dashboard', dashboards.parse(dashboard), deps.now()) !== null;
}

function userKey(userId: string): KeyOf {
	return { table: 'users', key: { userId } };
}

/** Items that were read already, and one batch for those that were not. */
class ItemSource {
	readonly #deps: ShownDeps;
	readonly #before: (of: KeyOf) => Item | null | undefined;
	readonly #items = new Map<string, Item | null>();
	/** How many items had to be asked for. */
	asked = 0;
	/** Everything that was needed. */
	readonly needed: Hint = { cards: [], datasets: [], users: [], dashboards: [], filter_views: [] };

	constructor(deps: ShownDeps, before: (of: KeyOf) => Item | null | undefined) {
		this.#deps = deps;
		this.#before = before;
	}

	async fetch(keys: readonly KeyOf[]): Promise<void> {
		for (const { table, key } of keys) this.needed[table as keyof Hint].push(String(Object.values(key)[0]));
		const missing: KeyOf[] = [];
		for (const of of keys) {
			const item = this.#before(of);
			if (item === undefined) missing.push(of);
			else this.#items.set(nameOf(of), item);
		}
		if (missing.length === 0) return;
		this.asked += missing.length;
		const items = await this.#deps.dynamo.batchGet(missing, PROJECT);
		missing.forEach((of, position) => this.#items.set(nameOf(of), items[position]!));
	}

	get(of: KeyOf): Item | null {
		return this.#items.get(nameOf(of)) ?? null;
	}
}

const nameOf = ({ table, key }: KeyOf) => `${table} ${String(Object.values(key)[0])}`;

// Everything a dashboard's page is made of but the bodies of its cards, which go into the page's frames on another way.
import type { z } from 'zod';
import type { DashboardView, ViewCard, viewInput } from '$lib/contracts/dashboard';
import { resolvedRanges } from '$lib/domain/filters';
import { stateOf } from '$lib/domain/url-state';
import type { Actor } from '../access/access';
import type { Deps } from '../deps';
import { toDetail } from '../entities/dashboard/repository';
import { cardUrl } from './card-url';
import { findBodies } from './bodies';
import { knownViews } from './known-views';
import { optionsOf } from './options';
import { prepare, type Prepared } from './prepare';
import type { Envelope } from './outcome';
import { mayRead, show, type ShowDeps, type ShownCardContent } from './show';
import { toIso } from '../time';

export type ViewDeps = ShowDeps & Pick<Deps, 'cache' | 'objects' | 'page' | 'log' | 'views'>;

/** A dashboard as somebody sees it now. Bodies that are in the caches are handed to the page that is being made, if one is. */
export async function view(deps: ViewDeps, actor: Actor, input: z.infer<typeof viewInput>): Promise<DashboardView> {
	const { item, role } = await deps.access.require(actor, 'dashboard.view', input.dashboardId);
	const made = madeBefore(deps, actor, input);
	if (made) return made;
	deps.views.seen(item.dashboardId, actor.user.userId);
	const { query } = input;
	const prepared = await prepare(deps, actor, {
		dashboard: item,
		state: ({ defaultView }) =>
			query === undefined ? input.filters : stateOf(new URLSearchParams(query), item.filters, defaultView),
	});
	const { shown } = prepared;
	const visitor = { userId: actor.user.userId, role };
	const [cached, options, known] = await Promise.all([
		handToPage(deps, actor, prepared),
		optionsOf(deps, actor.user, { filters: item.filters, datasets: Object.values(shown.datasets) }),
		knownViews(deps, visitor, { shown, query: query ?? '' }),
	]);
	return {
		...toDetail(item, shown.owner, role),
		cards: prepared.cards.map((one) => viewCard(one, actor, cached)),
		options,
		resolved: resolvedRanges(prepared.active),
		filterState: prepared.filters,
		knownViews: known,
		zone: deps.settings.ZONE,
		today: prepared.today,
	};
}

/** The view that was made before its page, when it is the page that asks. */
function madeBefore({ page: { made } }: ViewDeps, { sessionId }: Actor, input: z.infer<typeof viewInput>) {
	const isSame = made?.sessionId === sessionId && made.dashboardId === input.dashboardId && made.query === input.query;
	return isSame ? made.view : null;
}

function viewCard({ place, keyed }: Prepared['cards'][number], actor: Actor, cached: ReadonlySet<string>): ViewCard {
	return {
		...place,
		name: keyed?.card.name ?? '',
		cardType: keyed?.card.cardType ?? 'code',
		key: keyed?.task?.key ?? '',
		ignores: keyed?.ignores ?? [],
		dataTime: keyed?.dataTime == null ? null : toIso(keyed.dataTime),
		cached: cached.has(place.cardId),
		unavailable: keyed === null,
		mayEdit: keyed !== null && mayRead(actor, keyed),
	};
}

/** Gives the page what belongs in its frames, and says which cards were in the caches. */
async function handToPage(deps: ViewDeps, actor: Actor, prepared: Prepared): Promise<Set<string>> {
	const cached = new Set<string>();
	if (deps.page.wait) {
		const { dashboard } = prepared.shown;
		const all = { dashboard, filters: prepared.filters, prepared, wanted: () => true, fresh: false };
		const contents: ShownCardContent[] = [];
		await show(deps, actor, all, (content) => contents.push(content));
		for (const content of contents) {
			if (content.status === 'error') deps.page.failures.set(content.cardId, content.failure.message);
			else {
				deps.page.bodies.set(content.cardId, await pageBody(deps, actor, content));
				cached.add(content.cardId);
			}
		}
		return cached;
	}
	const tasks = prepared.cards.flatMap(({ keyed }) => keyed?.task ?? []);
	const bodies = await findBodies(
		deps.shared,
		tasks.map(({ key }) => key),
	);
	for (const { cardId, key } of tasks) {
		const envelope = bodies.get(key);
		if (!envelope) continue;
		cached.add(cardId);
		deps.page.bodies.set(cardId, await pageBody(deps, actor, { key, envelope }));
	}
	return cached;
}

async function pageBody(deps: ViewDeps, actor: Actor, { key, envelope }: { key: string; envelope: Envelope }) {
	const url = envelope.kind === 'script' ? await cardUrl(deps, actor, key) : null;
	return { key, envelope, url };
}

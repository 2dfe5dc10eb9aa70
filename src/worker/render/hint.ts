// Which items a dashboard's page needed last time: lets the next first view read them in one batch with the dashboard itself.
// A guess without authority: everything read by it is checked against the dashboard.
import * as z from 'zod';
import type { Alongside } from '../access/access';
import * as cards from '../entities/card/repository';
import * as dashboards from '../entities/dashboard/repository';
import * as datasets from '../entities/dataset/summary';
import * as filterViews from '../entities/filter-view/repository';
import type { KeyOf } from '../infra/dynamo/port';
import type { SharedCache } from '../infra/cache/shared-cache';
import { isId } from '../ids';

const hint = z.object({
	cards: z.array(z.string()),
	datasets: z.array(z.string()),
	users: z.array(z.string()),
	dashboards: z.array(z.string()),
	filter_views: z.array(z.string()).default([]),
});
export type Hint = z.infer<typeof hint>;

const nameOf = (dashboardId: string) => `hint/${dashboardId}`;

/** The keys of what was needed last time, and the attributes a page needs of cards and datasets. */
export async function readHint(hints: SharedCache, dashboardId: string): Promise<Alongside> {
	const found = (await hints.getMany([nameOf(dashboardId)])).get(nameOf(dashboardId));
	const parsed = hint.safeParse(found);
	return { keys: parsed.success ? keysOf(parsed.data) : [], project: PROJECT };
}

/** Remembers what a page needed. */
export function writeHint(hints: SharedCache, dashboardId: string, needed: Hint): Promise<void> {
	return hints.put(nameOf(dashboardId), needed);
}

/** What a page needs of cards and datasets; of dashboards and users their access, so everything. */
export const PROJECT: Alongside['project'] = { cards: cards.SHOWN_ATTRIBUTES, datasets: datasets.SUMMARY_ATTRIBUTES };

function keysOf(needed: Hint): KeyOf[] {
	return [
		...needed.cards.filter((id) => isId('card', id)).map(cards.keyOf),
		...needed.datasets.filter((id) => isId('ds', id)).map(datasets.keyOf),
		...needed.users.filter((id) => isId('user', id)).map((userId) => ({ table: 'users' as const, key: { userId } })),
		...needed.dashboards.filter((id) => isId('dash', id)).map(dashboards.keyOf),
		...needed.filter_views.filter((id) => isId('fv', id)).map(filterViews.keyOf),
	];
}

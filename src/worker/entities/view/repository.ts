// Counts of views as they are stored: one item a day, dashboard and person.
import * as z from 'zod';
import type { DashboardViews } from '$lib/contracts/audit';
import type { Person } from '$lib/contracts/common';
import { at, when } from '../../infra/dynamo/expression';
import { itemParser } from '../../infra/dynamo/parse';
import type { Dynamo } from '../../infra/dynamo/port';
import { toIso } from '../../time';

const viewsItem = z.object({
	dashboardId: z.string(),
	/** UTC, `YYYY-MM-DD`. */
	day: z.string(),
	userId: z.string(),
	views: z.int(),
	lastAt: z.number(),
	ttl: z.int(),
});
export type ViewsItem = z.infer<typeof viewsItem>;
const parse = itemParser('dashboard_views', viewsItem);

/** Days, both inclusive, `YYYY-MM-DD`. */
export interface Days {
	from: string;
	to: string;
}

export function toContract({ day, dashboardId, views, lastAt }: ViewsItem, user: Person): DashboardViews {
	return { day, dashboardId, user, views, lastAt: toIso(lastAt) };
}

/** Of one dashboard, the newest day first; at most `most`. */
export async function listByDashboard(
	dynamo: Dynamo,
	dashboardId: string,
	{ from, to, most }: Days & { most: number },
): Promise<ViewsItem[]> {
	const where = when`${at('dashboardId')} = ${dashboardId} AND ${at('day#user')} BETWEEN ${from} AND ${`${to}#~`}`;
	return (await dynamo.query({ table: 'dashboard_views', where, newestFirst: true, limit: most })).map(parse);
}

/** Of all dashboards on one day; at most `most`. */
export async function listByDay(dynamo: Dynamo, day: string, most: number): Promise<ViewsItem[]> {
	const where = when`${at('day')} = ${day}`;
	return (await dynamo.query({ table: 'dashboard_views', index: 'ViewsByDay', where, limit: most })).map(parse);
}

// Who opened which dashboard, day by day: for its owners, and all of it for administrators.
import type { z } from 'zod';
import type { allViewsInput, dashboardViewsInput } from '$lib/contracts/audit';
import type { PageInput } from '$lib/contracts/common';
import type { Actor } from '../../access/access';
import type { Deps } from '../../deps';
import { invalid } from '../../errors';
import * as dashboards from '../dashboard/repository';
import * as users from '../user/repository';
import * as repository from './repository';

type ViewDeps = Pick<Deps, 'access' | 'dynamo' | 'now' | 'views'>;

/** Days that are shown when none are asked for: of one dashboard, and of all. */
const DAYS_OF_ONE = 30;
const DAYS_OF_ALL = 7;
const MAX_DAYS = 100;
/** Days that are read at the same time. */
const DAYS_AT_ONCE = 7;
const DAY_MS = 24 * 60 * 60 * 1000;
/** How many beyond the page are counted. */
const COUNTED = 2_000;

/** Views of one dashboard, the newest day first. @throws AppError VALIDATION_ERROR for days that end before they begin */
export async function list(deps: ViewDeps, actor: Actor, input: z.infer<typeof dashboardViewsInput>) {
	await deps.access.require(actor, 'dashboard.share', input.dashboardId);
	const days = daysOf(deps, input, DAYS_OF_ONE);
	await deps.views.flush();
	const most = input.offset + input.limit + COUNTED;
	const found = await repository.listByDashboard(deps.dynamo, input.dashboardId, { ...days, most });
	return pageOfViews(deps, found, input);
}

/** Views of all dashboards, the newest day first. That only admins may is in the procedure's declaration. */
export async function listAll(deps: ViewDeps, _actor: Actor, input: z.infer<typeof allViewsInput>) {
	const days = eachDay(daysOf(deps, input, DAYS_OF_ALL));
	await deps.views.flush();
	const most = input.offset + input.limit + COUNTED;
	const found: repository.ViewsItem[] = [];
	for (let start = 0; start < days.length && found.length < most; start += DAYS_AT_ONCE) {
		const some = days.slice(start, start + DAYS_AT_ONCE);
		found.push(...(await Promise.all(some.map((day) => repository.listByDay(deps.dynamo, day, most)))).flat());
	}
	const page = await pageOfViews(deps, found, input);
	const shown = await dashboards.findMany(deps.dynamo, [...new Set(page.items.map(({ dashboardId }) => dashboardId))]);
	const names = new Map(shown.map(({ dashboardId, name }) => [dashboardId, name]));
	// Of a deleted one nothing is left but how it was named inside.
	const items = page.items.map((one) => ({ ...one, dashboardName: names.get(one.dashboardId) ?? one.dashboardId }));
	return { ...page, items };
}

/** As `pageOf`, of things that come in their order. */
async function pageOfViews(deps: ViewDeps, found: repository.ViewsItem[], { limit, offset }: PageInput) {
	const shown = found.slice(offset, offset + limit);
	const people = await users.findMany(
		deps.dynamo,
		shown.map(({ userId }) => userId),
	);
	const items = shown.map((item) =>
		repository.toContract(item, { userId: item.userId, name: people.get(item.userId)?.name ?? '' }),
	);
	const total = found.length;
	return { items, pagination: { total, limit, offset, hasNext: offset + limit < total } };
}

function daysOf(
	{ now }: Pick<Deps, 'now'>,
	{ from, to }: { from?: string; to?: string },
	usual: number,
): repository.Days {
	const last = to ?? dayOf(now() * 1000);
	const first = from ?? dayOf(Date.parse(last) - (usual - 1) * DAY_MS);
	const count = (Date.parse(last) - Date.parse(first)) / DAY_MS + 1;
	if (count < 1) throw invalid({ to: 'is before from' });
	if (count > MAX_DAYS) throw invalid({ from: `is more than ${MAX_DAYS} days before to` });
	return { from: first, to: last };
}

function dayOf(ms: number): string {
	return new Date(ms).toISOString().slice(0, 10);
}

/** The newest first. */
function eachDay({ from, to }: repository.Days): string[] {
	const count = (Date.parse(to) - Date.parse(from)) / DAY_MS + 1;
	return Array.from({ length: count }, (_, before) => dayOf(Date.parse(to) - before * DAY_MS));
}

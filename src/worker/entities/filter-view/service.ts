// Filter views: whoever may view a dashboard keeps filter states under names, editors share them, owners choose what it opens with.
import type { z } from 'zod';
import type {
	FilterView,
	filterViewCreate,
	filterViewListInput,
	filterViewRef,
	filterViewUpdate,
} from '$lib/contracts/filter-view';
import type { Permission } from '$lib/contracts/share';
import { resolveState } from '$lib/domain/filters';
import { dayInZone } from '$lib/domain/relative-dates';
import type { Actor } from '../../access/access';
import type { Deps } from '../../deps';
import { AppError, invalid, notFound } from '../../errors';
import { isId } from '../../ids';
import { ConditionFailed } from '../../infra/dynamo/port';
import { matching, newestFirst, pageOf } from '../../lists';
import type { DashboardItem } from '../dashboard/repository';
import * as users from '../user/repository';
import * as repository from './repository';
import { MAX_VIEWS, mayChange, mayMark, maySee, type Standing } from './rules';

type ViewDeps = Pick<Deps, 'access' | 'dynamo' | 'newId' | 'now' | 'settings'>;
type Ref = z.infer<typeof filterViewRef>;

/** Tries of a write that meets somebody else choosing the default. */
const MAX_TRIES = 5;

/** Shared views and the actor's own, newest first. */
export async function list(deps: ViewDeps, actor: Actor, input: z.infer<typeof filterViewListInput>) {
	const { item: dashboard, role } = await deps.access.require(actor, 'dashboard.view', input.dashboardId);
	const visitor = { userId: actor.user.userId, role };
	const all = await repository.listByDashboard(deps.dynamo, input.dashboardId);
	const visible = all.filter((item) => maySee(standingOf(item, dashboard), visitor));
	const found = newestFirst(
		matching(visible, input.q, ({ name }) => [name]),
		({ filterViewId }) => filterViewId,
	);
	const page = pageOf(found, input, (item) => item);
	return { ...page, items: await describe(deps, actor, page.items, dashboard) };
}

/** @throws AppError NOT_FOUND also for somebody else's private view */
export async function get(deps: ViewDeps, actor: Actor, input: Ref): Promise<FilterView> {
	const { dashboard, view } = await find(deps, actor, input);
	const [described] = await describe(deps, actor, [view], dashboard);
	return described!;
}

/** @throws AppError FORBIDDEN to share without being editor, or to choose the default without being owner */
export async function create(
	deps: ViewDeps,
	actor: Actor,
	input: z.infer<typeof filterViewCreate>,
): Promise<FilterView> {
	const { dashboardId, name, filterState, isShared = false, isDefault = false } = input;
	const { item: dashboard, role } = await deps.access.require(actor, 'dashboard.view', dashboardId);
	refuseMarks({ isShared: false, isDefault: false }, input, role);
	checkState(deps, dashboard, filterState);
	if ((dashboard.filterViews ?? 0) >= MAX_VIEWS)
		throw invalid({ name: `would be filter view ${MAX_VIEWS + 1}; ${MAX_VIEWS} are possible` });
	const now = deps.now();
	const view: repository.FilterViewItem = {
		filterViewId: deps.newId('fv'),
		dashboardId,
		ownerId: actor.user.userId,
		name,
		filterState,
		isShared,
		createdAt: now,
		updatedAt: now,
	};
	await repository.create(deps.dynamo, view, { isDefault }).catch((error: unknown) => {
		// Deleted or filled up a moment ago: the next try says which.
		throw error instanceof ConditionFailed ? new AppError('BUSY', { retryAfter: 1, cause: error }) : error;
	});
	if (isDefault) await deps.access.wrote('dashboard', dashboardId);
	const { userId, name: ownerName } = actor.user;
	return repository.toContract(view, { userId, name: ownerName }, { isDefault });
}

/** Changes what is named. @throws AppError NOT_FOUND also for somebody else's private view · FORBIDDEN */
export async function update(
	deps: ViewDeps,
	actor: Actor,
	input: z.infer<typeof filterViewUpdate>,
): Promise<FilterView> {
	for (let tries = 1; ; tries += 1) {
		const { dashboard, view: before, role } = await findToChange(deps, actor, input);
		const standing = standingOf(before, dashboard);
		refuseMarks(standing, input, role);
		if (input.filterState) checkState(deps, dashboard, input.filterState);
		const isDefault = input.isDefault ?? standing.isDefault;
		const view: repository.FilterViewItem = {
			...before,
			name: input.name ?? before.name,
			filterState: input.filterState ?? before.filterState,
			isShared: input.isShared ?? before.isShared,
			updatedAt: deps.now(),
		};
		const chosen = isDefault === standing.isDefault ? undefined : isDefault;
		const done = await written(deps, tries, () => repository.replace(deps.dynamo, view, { isDefault: chosen }));
		if (isDefault || standing.isDefault || !done) await deps.access.wrote('dashboard', before.dashboardId);
		if (!done) continue;
		const [described] = await describe(deps, actor, [view], {
			...dashboard,
			defaultFilterViewId: isDefault ? view.filterViewId : null,
		});
		return described!;
	}
}

/** Ends a view. @throws AppError NOT_FOUND also for somebody else's private view · FORBIDDEN */
export async function remove(deps: ViewDeps, actor: Actor, input: Ref): Promise<void> {
	for (let tries = 1; ; tries += 1) {
		const { dashboard, view } = await findToChange(deps, actor, input);
		const { isDefault } = standingOf(view, dashboard);
		const done = await written(deps, tries, () => repository.remove(deps.dynamo, view, { isDefault }));
		if (isDefault || !done) await deps.access.wrote('dashboard', view.dashboardId);
		if (done) return;
	}
}

/** True once a write is done; false when the dashboard changed under it, so that it is to be decided again. */
async function written(deps: ViewDeps, tries: number, write: () => Promise<void>): Promise<boolean> {
	try {
		await write();
		return true;
	} catch (error) {
		if (!(error instanceof ConditionFailed)) throw error;
		if (error.failed.includes(0)) throw notFound('the filter view was deleted meanwhile');
		if (tries === MAX_TRIES) throw new AppError('BUSY', { retryAfter: 1, cause: error });
		return false;
	}
}

interface Found {
	dashboard: DashboardItem;
	/** The actor's on the dashboard. */
	role: Permission;
	view: repository.FilterViewItem;
}

async function find(deps: ViewDeps, actor: Actor, { dashboardId, filterViewId }: Ref): Promise<Found> {
	const { item: dashboard, role } = await deps.access.require(actor, 'dashboard.view', dashboardId);
	const view = isId('fv', filterViewId) ? await repository.find(deps.dynamo, filterViewId) : null;
	const isTheirs =
		view?.dashboardId === dashboardId && maySee(standingOf(view, dashboard), { userId: actor.user.userId, role });
	if (!isTheirs) throw notFound(`${filterViewId} is no filter view of ${dashboardId} that they may see`);
	return { dashboard, role, view };
}

async function findToChange(deps: ViewDeps, actor: Actor, ref: Ref): Promise<Found> {
	const found = await find(deps, actor, ref);
	if (!mayChange(standingOf(found.view, found.dashboard), { userId: actor.user.userId, role: found.role }))
		throw new AppError('FORBIDDEN', { userMessage: 'Editors of the dashboard change its shared views.' });
	return found;
}

function refuseMarks(...[before, wanted, role]: Parameters<typeof mayMark>): void {
	if (!mayMark(before, wanted, role))
		throw new AppError('FORBIDDEN', { userMessage: 'Editors share views, and owners choose the default.' });
}

function standingOf(view: repository.FilterViewItem, { defaultFilterViewId }: DashboardItem): Standing {
	return { ...view, isDefault: view.filterViewId === defaultFilterViewId };
}

/** Values have to suit the filters that they are for; names that are no filter of the dashboard are kept. @throws AppError VALIDATION_ERROR */
function checkState({ now, settings }: ViewDeps, { filters }: DashboardItem, state: FilterView['filterState']): void {
	const today = dayInZone(new Date(now() * 1000), settings.ZONE);
	const { invalid: problems } = resolveState({ definitions: filters, state, today });
	const fields = Object.entries(problems).map(([key, reason]) => [`filterState.${key}`, reason] as const);
	if (fields.length > 0) throw invalid(Object.fromEntries(fields));
}

async function describe(
	{ dynamo }: ViewDeps,
	{ user }: Actor,
	items: readonly repository.FilterViewItem[],
	dashboard: DashboardItem,
): Promise<FilterView[]> {
	const others = items.map(({ ownerId }) => ownerId).filter((ownerId) => ownerId !== user.userId);
	const people = (await users.findMany(dynamo, others)).set(user.userId, user);
	return items.map((item) => {
		const { name = '' } = people.get(item.ownerId) ?? {};
		return repository.toContract(item, { userId: item.ownerId, name }, standingOf(item, dashboard));
	});
}

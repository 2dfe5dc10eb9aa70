// Filter views as they are stored. Which one is the default stands on the dashboard alone, so that there is one at most; how many
// there are is counted there, so that no two writers make one too many.
import * as z from 'zod';
import type { Person } from '$lib/contracts/common';
import type { NamedState } from '$lib/contracts/dashboard';
import { filterState } from '$lib/contracts/filter';
import type { FilterView } from '$lib/contracts/filter-view';
import { absent, and, at, change, when, type Expression } from '../../infra/dynamo/expression';
import { itemParser } from '../../infra/dynamo/parse';
import type { Dynamo, KeyOf, Write } from '../../infra/dynamo/port';
import { toIso } from '../../time';
import * as dashboards from '../dashboard/repository';
import { isOpen, MAX_VIEWS } from './rules';

const filterViewItem = z.object({
	filterViewId: z.string(),
	dashboardId: z.string(),
	/** Who made it. */
	ownerId: z.string(),
	name: z.string(),
	/** As JSON text: its numbers are any that JSON has, and the store knows fewer. */
	filterState: z
		.string()
		.transform((text) => JSON.parse(text) as unknown)
		.pipe(filterState),
	isShared: z.boolean(),
	createdAt: z.number(),
	updatedAt: z.number(),
});
export type FilterViewItem = z.infer<typeof filterViewItem>;
export const parse = itemParser('filter_views', filterViewItem);

export function keyOf(filterViewId: string): KeyOf {
	return { table: 'filter_views', key: { filterViewId } };
}

export function toContract(item: FilterViewItem, owner: Person, { isDefault }: { isDefault: boolean }): FilterView {
	return {
		filterViewId: item.filterViewId,
		dashboardId: item.dashboardId,
		name: item.name,
		owner,
		filterState: item.filterState,
		isShared: isOpen({ isShared: item.isShared, isDefault }),
		isDefault,
		createdAt: toIso(item.createdAt),
		updatedAt: toIso(item.updatedAt),
	};
}

/** What an open dashboard has to know of a view. */
export function toNamedState({ filterViewId, name, filterState }: FilterViewItem): NamedState {
	return { filterViewId, name, filterState };
}

/** All views of a dashboard, whosever. */
export async function listByDashboard(dynamo: Dynamo, dashboardId: string): Promise<FilterViewItem[]> {
	const where = when`${at('dashboardId')} = ${dashboardId}`;
	return (await dynamo.query({ table: 'filter_views', index: 'FilterViewsByDashboard', where })).map(parse);
}

export async function find(dynamo: Dynamo, filterViewId: string): Promise<FilterViewItem | null> {
	const raw = await dynamo.get(keyOf(filterViewId));
	return raw ? parse(raw) : null;
}

/** Stores a new view. @throws ConditionFailed for write 1 when its dashboard is gone or has as many as it can */
export async function create(
	dynamo: Dynamo,
	item: FilterViewItem,
	{ isDefault }: { isDefault: boolean },
): Promise<void> {
	const fields = isDefault ? { defaultFilterViewId: item.filterViewId } : {};
	const hasRoom = when`attribute_not_exists(${at('filterViews')}) OR ${at('filterViews')} < ${MAX_VIEWS}`;
	await dynamo.transact([
		{
			put: {
				table: 'filter_views',
				item: { ...item, filterState: JSON.stringify(item.filterState) },
				condition: absent('filterViewId'),
			},
		},
		onDashboard(item, change(fields, { filterViews: 1 }), hasRoom),
	]);
}

/**
 * Changes a view and, when `isDefault` is given, whether it is the default.
 * @throws ConditionFailed for write 0 when it is gone, for write 1 when the dashboard is, or when another view is the default by now
 */
export async function replace(
	dynamo: Dynamo,
	item: FilterViewItem,
	{ isDefault }: { isDefault: boolean | undefined },
): Promise<void> {
	const { name, filterState, isShared, updatedAt } = item;
	const update = change({ name, filterState: JSON.stringify(filterState), isShared, updatedAt });
	const write = { ...keyOf(item.filterViewId), update, condition: ofDashboard(item) };
	if (isDefault === undefined) return void (await dynamo.update(write));
	const chosen = change({ defaultFilterViewId: isDefault ? item.filterViewId : null });
	await dynamo.transact([
		{ update: write },
		isDefault ? onDashboard(item, chosen) : onDashboard(item, chosen, isTheDefault(item)),
	]);
}

/**
 * Ends a view; the default one leaves the dashboard without.
 * @throws ConditionFailed for write 0 when it is gone, for write 1 when the dashboard is, or when it is the default unlike `isDefault`
 */
export async function remove(
	dynamo: Dynamo,
	item: FilterViewItem,
	{ isDefault }: { isDefault: boolean },
): Promise<void> {
	const update = change(isDefault ? { defaultFilterViewId: null } : {}, { filterViews: -1 });
	const isOther = when`${at('defaultFilterViewId')} <> ${item.filterViewId}`;
	await dynamo.transact([
		{ remove: { ...keyOf(item.filterViewId), condition: ofDashboard(item) } },
		onDashboard(item, update, isDefault ? isTheDefault(item) : isOther),
	]);
}

const isThere = when`attribute_exists(${at('dashboardId')}) AND attribute_not_exists(${at('deletedAt')})`;

function onDashboard({ dashboardId }: FilterViewItem, update: Expression, condition: Expression = []): Write {
	const all = condition.length > 0 ? and(isThere, condition) : isThere;
	return { update: { ...dashboards.keyOf(dashboardId), update, condition: all } };
}

function isTheDefault({ filterViewId }: FilterViewItem): Expression {
	return when`${at('defaultFilterViewId')} = ${filterViewId}`;
}

function ofDashboard({ dashboardId }: FilterViewItem): Expression {
	return when`${at('dashboardId')} = ${dashboardId}`;
}

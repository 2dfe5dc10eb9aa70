// Dashboards as they are stored, and their mapping to the contract. One that is being deleted carries `deletedAt` and is gone
// for everybody; its item stays until its shares and usages are swept.
import * as z from 'zod';
import type { Person } from '$lib/contracts/common';
import { layout, type Dashboard, type DashboardDetail } from '$lib/contracts/dashboard';
import { filterDefinition } from '$lib/contracts/filter';
import type { Permission } from '$lib/contracts/share';
import { absent, at, change, when } from '../../infra/dynamo/expression';
import { itemParser } from '../../infra/dynamo/parse';
import { ConditionFailed, type Dynamo, type KeyOf, type Write } from '../../infra/dynamo/port';
import { toIso } from '../../time';
import { storedGrants } from '../share/rules';
import * as usages from '../usage/repository';
import type { Provenance } from './rules';

const provenance: z.ZodType<Provenance> = z.object({
	lineage: z.array(z.object({ dashboardId: z.string(), viewerId: z.string() })),
	borrowed: z.record(z.string(), z.int()),
});

const dashboardItem = z.object({
	dashboardId: z.string(),
	ownerId: z.string(),
	name: z.string(),
	description: z.string().nullable(),
	layout,
	filters: z.array(filterDefinition),
	defaultFilterViewId: z.string().nullable(),
	/** How many filter views there are; absent: none. */
	filterViews: z.int().optional(),
	grants: storedGrants,
	provenance: provenance.nullable(),
	deletedAt: z.number().optional(),
	revision: z.int(),
	createdAt: z.number(),
	updatedAt: z.number(),
});
export type DashboardItem = z.infer<typeof dashboardItem>;
export const parse = itemParser('dashboards', dashboardItem);

export function keyOf(dashboardId: string): KeyOf {
	return { table: 'dashboards', key: { dashboardId } };
}

export function toContract(item: DashboardItem, owner: Person, myPermission: Permission): Dashboard {
	return {
		dashboardId: item.dashboardId,
		name: item.name,
		cardCount: item.layout.cards.length,
		owner,
		myPermission,
		createdAt: toIso(item.createdAt),
		updatedAt: toIso(item.updatedAt),
	};
}

export function toDetail(item: DashboardItem, owner: Person, myPermission: Permission): DashboardDetail {
	const { cardCount: _count, ...shared } = toContract(item, owner, myPermission);
	const { layout, filters, defaultFilterViewId, description, revision } = item;
	return { ...shared, layout, filters, defaultFilterViewId, description, revision };
}

/** Cards whose usage a transaction can carry beside the dashboard itself. */
const CARDS_AT_ONCE = Math.floor((usages.MAX_WRITES - 1) / usages.WRITES_EACH);

/** Stores a new dashboard and claims its cards. @throws ConditionFailed when one of them is gone */
export async function create(dynamo: Dynamo, item: DashboardItem): Promise<void> {
	const main: Write = { put: { table: 'dashboards', item, condition: absent('dashboardId') } };
	await writeWithCards(dynamo, main, { item, added: cardIds(item), removed: [] });
}

/**
 * Stores the next state of a dashboard that was read as `before`, with the change of its cards.
 * @throws ConditionFailed when it was changed or deleted meanwhile, or when a new card is gone
 */
export async function replace(dynamo: Dynamo, before: DashboardItem, item: DashboardItem): Promise<void> {
	const had = new Set(cardIds(before));
	const has = new Set(cardIds(item));
	const { name, description, layout, filters, provenance, revision, updatedAt } = item;
	const main: Write = {
		update: {
			...keyOf(item.dashboardId),
			// Only these: grants are changed by others at any time.
			update: change({ name, description, layout, filters, provenance, revision, updatedAt }),
			condition: when`${at('revision')} = ${before.revision} AND attribute_not_exists(${at('deletedAt')})`,
		},
	};
	await writeWithCards(dynamo, main, {
		item,
		added: [...has].filter((id) => !had.has(id)),
		removed: [...had].filter((id) => !has.has(id)),
	});
}

/** Ends a dashboard for everybody at once. @throws ConditionFailed when it is gone already */
export async function markDeleted(dynamo: Dynamo, dashboardId: string, now: number): Promise<void> {
	const condition = when`attribute_exists(${at('dashboardId')}) AND attribute_not_exists(${at('deletedAt')})`;
	await dynamo.update({ ...keyOf(dashboardId), update: change({ deletedAt: now, grants: {} }), condition });
}

/** Removes what is left of a dashboard that is marked: usages, shares, filter views, the item. Again and again, if it must. */
export async function sweep(dynamo: Dynamo, item: DashboardItem): Promise<void> {
	await releaseAll(dynamo, cardIds(item), item.dashboardId);
	const where = when`${at('dashboardId')} = ${item.dashboardId}`;
	const shares = await dynamo.query({
		table: 'dashboard_shares',
		index: 'SharesByDashboard',
		where,
		project: ['shareId'],
	});
	for (const share of shares) {
		await dynamo.remove({ table: 'dashboard_shares', key: { shareId: String(share['shareId']) } });
	}
	const views = await dynamo.query({
		table: 'filter_views',
		index: 'FilterViewsByDashboard',
		where,
		project: ['filterViewId'],
	});
	for (const view of views) {
		await dynamo.remove({ table: 'filter_views', key: { filterViewId: String(view['filterViewId']) } });
	}
	await dynamo.remove(keyOf(item.dashboardId));
}

/** Own dashboards of a person. */
export async function listByOwner(dynamo: Dynamo, ownerId: string): Promise<DashboardItem[]> {
	const items = await dynamo.query({
		table: 'dashboards',
		index: 'DashboardsByOwner',
		where: when`${at('ownerId')} = ${ownerId}`,
	});
	return items.map(parse).filter((item) => item.deletedAt === undefined);
}

/** These dashboards, as far as they are there; with `deleted` also those that are still being swept. One round trip for a hundred. */
export async function findMany(
	dynamo: Dynamo,
	dashboardIds: readonly string[],
	{ deleted = false } = {},
): Promise<DashboardItem[]> {
	if (dashboardIds.length === 0) return [];
	const items = await dynamo.batchGet(dashboardIds.map(keyOf));
	return items.flatMap((raw) => (raw ? [parse(raw)] : [])).filter((item) => deleted || item.deletedAt === undefined);
}

interface CardChange {
	item: DashboardItem;
	added: readonly string[];
	removed: readonly string[];
}

/**
 * Carries out `main` together with the claims and releases of cards. More of them than one transaction holds are claimed
 * before it and released after it: a card is never shown without being claimed, whenever this stops.
 */
async function writeWithCards(dynamo: Dynamo, main: Write, change: CardChange): Promise<void> {
	const { dashboardId, updatedAt } = change.item;
	const { added, removed } = await unlikeRows(dynamo, change);
	const claimsOf = (ids: string[]) => ids.flatMap((id) => usages.claim({ kind: 'card', id }, dashboardId, updatedAt));
	const releasesOf = (ids: string[]) => ids.flatMap((id) => usages.release({ kind: 'card', id }, dashboardId));
	const early = added.slice(CARDS_AT_ONCE);
	const beside = added.slice(0, CARDS_AT_ONCE);
	const room = CARDS_AT_ONCE - beside.length;
	try {
		if (early.length > 0) await dynamo.transact(claimsOf(early));
		await dynamo.transact([main, ...claimsOf(beside), ...releasesOf(removed.slice(0, room))]);
	} catch (error) {
		await releaseAll(dynamo, early, dashboardId);
		throw error;
	}
	await releaseAll(dynamo, removed.slice(room), dashboardId);
}

/** The change without what the usage rows say already, after a writer that stopped half-way. */
async function unlikeRows(
	dynamo: Dynamo,
	{ item, added, removed }: CardChange,
): Promise<{ added: string[]; removed: string[] }> {
	const all = [...added, ...removed];
	if (all.length === 0) return { added: [], removed: [] };
	const rows = await dynamo.batchGet(
		all.map((usedId) => ({ table: 'usages', key: { usedId, byId: item.dashboardId } })),
	);
	const claimed = new Set(all.filter((_id, position) => rows[position] !== null));
	return { added: added.filter((id) => !claimed.has(id)), removed: removed.filter((id) => claimed.has(id)) };
}

async function releaseAll(dynamo: Dynamo, cards: readonly string[], dashboardId: string): Promise<void> {
	for (const id of cards) {
		try {
			await dynamo.transact(usages.release({ kind: 'card', id }, dashboardId));
		} catch (error) {
			// Released before, by a sweep that was stopped or by whoever deleted the card.
			if (!(error instanceof ConditionFailed)) throw error;
		}
	}
}

export function cardIds(item: Pick<DashboardItem, 'layout'>): string[] {
	return item.layout.cards.map(({ cardId }) => cardId);
}

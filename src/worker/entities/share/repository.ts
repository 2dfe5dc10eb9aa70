// Shares as they are stored. Each is written together with the grant on its dashboard, so that one read of the dashboard decides.
import * as z from 'zod';
import { permission } from '$lib/contracts/dashboard';
import { sharedToType, type Share } from '$lib/contracts/share';
import { and, at, change, when, type Expression } from '../../infra/dynamo/expression';
import { itemParser } from '../../infra/dynamo/parse';
import type { Dynamo, KeyOf, Write } from '../../infra/dynamo/port';
import { toIso } from '../../time';
import * as dashboards from '../dashboard/repository';
import { principalOf } from './rules';

const shareItem = z.object({
	shareId: z.string(),
	dashboardId: z.string(),
	sharedToType,
	sharedToId: z.string(),
	permission,
	/** UNIX seconds, or null for always. */
	expiresAt: z.number().nullable(),
	sharedBy: z.string(),
	createdAt: z.number(),
});
export type ShareItem = z.infer<typeof shareItem>;
const parse = itemParser('dashboard_shares', shareItem);

export function keyOf(shareId: string): KeyOf {
	return { table: 'dashboard_shares', key: { shareId } };
}

/** @param target who it is shared to, as people know them; absent once the account is gone */
export function toContract(item: ShareItem, target: { name: string; email: string | null } | undefined): Share {
	return {
		id: item.shareId,
		dashboardId: item.dashboardId,
		sharedToType: item.sharedToType,
		sharedToId: item.sharedToId,
		sharedToName: target?.name ?? item.sharedToId,
		sharedToEmail: target?.email ?? null,
		permission: item.permission,
		sharedBy: item.sharedBy,
		createdAt: toIso(item.createdAt),
		expiresAt: item.expiresAt === null ? null : toIso(item.expiresAt),
	};
}

/** Shares of a dashboard, those that have ended among them. */
export async function listByDashboard(dynamo: Dynamo, dashboardId: string): Promise<ShareItem[]> {
	const where = when`${at('dashboardId')} = ${dashboardId}`;
	return (await dynamo.query({ table: 'dashboard_shares', index: 'SharesByDashboard', where })).map(parse);
}

/** Shares to a user or a group. */
export async function listByTarget(dynamo: Dynamo, sharedToId: string): Promise<ShareItem[]> {
	const where = when`${at('sharedToId')} = ${sharedToId}`;
	return (await dynamo.query({ table: 'dashboard_shares', index: 'SharesByTarget', where })).map(parse);
}

/** Dashboards that were shared to a user or a group. */
export async function dashboardIdsOf(dynamo: Dynamo, sharedToId: string): Promise<string[]> {
	return (await listByTarget(dynamo, sharedToId)).map(({ dashboardId }) => dashboardId);
}

export async function find(dynamo: Dynamo, shareId: string): Promise<ShareItem | null> {
	const raw = await dynamo.get(keyOf(shareId));
	return raw ? parse(raw) : null;
}

/** Stores a share unless its target has one that goes on. @throws ConditionFailed for write 0 when it has */
export async function create(dynamo: Dynamo, item: ShareItem): Promise<void> {
	const condition = when`attribute_not_exists(${at('shareId')}) OR ${at('expiresAt')} <= ${item.createdAt}`;
	await dynamo.transact([{ put: { table: 'dashboard_shares', item, condition } }, grantOf(item)]);
}

/**
 * Drops grants that have ended from their dashboard, so that it does not grow without end.
 * @throws ConditionFailed when one of them was given again meanwhile
 */
export async function dropGrants(
	dynamo: Dynamo,
	dashboardId: string,
	{ principals, now }: { principals: readonly string[]; now: number },
): Promise<void> {
	const update = principals.flatMap((principal, position) => [
		...(position === 0 ? when` REMOVE ` : when`, `),
		...when`${at('grants')}.${at(principal)}`,
	]);
	const ended = principals.map((principal) => when`${at('grants')}.${at(principal)}.${at('expiresAt')} <= ${now}`);
	await dynamo.update({ ...dashboards.keyOf(dashboardId), update, condition: and(stillThere, ...ended) });
}

/** Changes what a share permits. @throws ConditionFailed when it is gone */
export async function replace(dynamo: Dynamo, item: ShareItem): Promise<void> {
	const { permission, expiresAt } = item;
	const update = change({ permission, expiresAt });
	await dynamo.transact([{ update: { ...keyOf(item.shareId), update, condition: ofDashboard(item) } }, grantOf(item)]);
}

/** Ends a share. @throws ConditionFailed when it is gone */
export async function remove(dynamo: Dynamo, item: ShareItem): Promise<void> {
	await dynamo.transact([
		{ remove: { ...keyOf(item.shareId), condition: ofDashboard(item) } },
		{
			update: {
				...dashboards.keyOf(item.dashboardId),
				update: when` REMOVE ${at('grants')}.${at(principalOf(item))}`,
				condition: stillThere,
			},
		},
	]);
}

function grantOf(item: ShareItem): Write {
	const { permission, expiresAt } = item;
	return {
		update: {
			...dashboards.keyOf(item.dashboardId),
			update: when` SET ${at('grants')}.${at(principalOf(item))} = ${{ permission, expiresAt }}`,
			condition: stillThere,
		},
	};
}

const stillThere: Expression = when`attribute_exists(${at('dashboardId')}) AND attribute_not_exists(${at('deletedAt')})`;

function ofDashboard({ dashboardId }: ShareItem): Expression {
	return when`${at('dashboardId')} = ${dashboardId}`;
}

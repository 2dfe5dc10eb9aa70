// Shares as they are stored, of dashboards and of datasets alike. Each is written together with the grant on the thing that is
// shared, so that one read of the thing decides.
import * as z from 'zod';
import { permission, sharedToType } from '$lib/contracts/share';
import { and, at, change, when, type Expression } from '../../infra/dynamo/expression';
import { itemParser } from '../../infra/dynamo/parse';
import type { Dynamo, Item, KeyOf, Write } from '../../infra/dynamo/port';
import * as dashboards from '../dashboard/repository';
import * as datasets from '../dataset/repository';
import { principalOf, shareIdOf, type Kind, type Resource, type Target } from './rules';

/** Where shares of each kind of thing are. */
const PLACES = {
	dashboard: { table: 'dashboard_shares', index: 'SharesByDashboard', idName: 'dashboardId', keyOf: dashboards.keyOf },
	dataset: { table: 'dataset_shares', index: 'SharesByDataset', idName: 'datasetId', keyOf: datasets.keyOf },
} as const;
const KINDS: readonly Kind[] = ['dashboard', 'dataset'];

const storedShare = z.object({
	shareId: z.string(),
	sharedToType,
	sharedToId: z.string(),
	permission,
	/** UNIX seconds, or null for always. */
	expiresAt: z.number().nullable(),
	sharedBy: z.string(),
	createdAt: z.number(),
});
/** A share and what it is of. */
export type ShareItem = z.infer<typeof storedShare> & { of: Resource };

const parsers = {
	dashboard: itemParser('dashboard_shares', storedShare.extend({ dashboardId: z.string() })),
	dataset: itemParser('dataset_shares', storedShare.extend({ datasetId: z.string() })),
};

function parse(kind: Kind, raw: Item): ShareItem {
	const stored = parsers[kind](raw);
	return { ...stored, of: { kind, id: String(raw[PLACES[kind].idName]) } };
}

function toStored({ of, shareId, sharedToType, sharedToId, permission, expiresAt, sharedBy, createdAt }: ShareItem) {
	const fields = { shareId, sharedToType, sharedToId, permission, expiresAt, sharedBy, createdAt };
	return { ...fields, [PLACES[of.kind].idName]: of.id };
}

function keyOf(kind: Kind, shareId: string): KeyOf {
	return { table: PLACES[kind].table, key: { shareId } };
}

/** Shares of a thing, those that have ended among them. */
export async function listOf(dynamo: Dynamo, { kind, id }: Resource): Promise<ShareItem[]> {
	const { table, index, idName } = PLACES[kind];
	const items = await dynamo.query({ table, index, where: when`${at(idName)} = ${id}` });
	return items.map((raw) => parse(kind, raw));
}

/** Shares to a user or a group, of one kind of thing or of every kind. */
export async function listByTarget(
	dynamo: Dynamo,
	sharedToId: string,
	kinds: readonly Kind[] = KINDS,
): Promise<ShareItem[]> {
	const where = when`${at('sharedToId')} = ${sharedToId}`;
	const found = await Promise.all(
		kinds.map(async (kind) => {
			const items = await dynamo.query({ table: PLACES[kind].table, index: 'SharesByTarget', where });
			return items.map((raw) => parse(kind, raw));
		}),
	);
	return found.flat();
}

/** Things of a kind that were shared to somebody, by themselves or in one of their groups. */
export async function sharedIds(dynamo: Dynamo, kind: Kind, targetIds: readonly string[]): Promise<string[]> {
	const shares = await Promise.all(targetIds.map((target) => listByTarget(dynamo, target, [kind])));
	return [...new Set(shares.flat().map(({ of }) => of.id))];
}

/** A share of this thing, or null. */
export async function find(dynamo: Dynamo, of: Resource, shareId: string): Promise<ShareItem | null> {
	const raw = await dynamo.get(keyOf(of.kind, shareId));
	const item = raw && parse(of.kind, raw);
	return item?.of.id === of.id ? item : null;
}

/** Which writes of `create` may fail their condition. */
export const WRITES = { share: 0, thing: 1 } as const;

/**
 * Stores a share unless its target has one that goes on.
 * @throws ConditionFailed for `share` when it has; for `thing` when that is gone, or belongs to the target
 */
export async function create(dynamo: Dynamo, item: ShareItem): Promise<void> {
	const { table } = PLACES[item.of.kind];
	const condition = when`attribute_not_exists(${at('shareId')}) OR ${at('expiresAt')} <= ${item.createdAt}`;
	const isOthers = when`${at('ownerId')} <> ${item.sharedToId}`;
	await dynamo.transact([{ put: { table, item: toStored(item), condition } }, grantOf(item, isOthers)]);
}

/** Gives a thing that was made before it could be shared a place for grants. */
export async function makePlace(dynamo: Dynamo, of: Resource): Promise<void> {
	const update = when` SET ${at('grants')} = if_not_exists(${at('grants')}, ${{}})`;
	await dynamo.update({ ...PLACES[of.kind].keyOf(of.id), update, condition: stillThere(of), repeatable: true });
}

/**
 * Drops grants that have ended from their thing, so that it does not grow without end.
 * @throws ConditionFailed when one of them was given again meanwhile
 */
export async function dropGrants(
	dynamo: Dynamo,
	of: Resource,
	{ principals, now }: { principals: readonly string[]; now: number },
): Promise<void> {
	const update = principals.flatMap((principal, position) => [
		...(position === 0 ? when` REMOVE ` : when`, `),
		...when`${at('grants')}.${at(principal)}`,
	]);
	const ended = principals.map((principal) => when`${at('grants')}.${at(principal)}.${at('expiresAt')} <= ${now}`);
	await dynamo.update({ ...PLACES[of.kind].keyOf(of.id), update, condition: and(stillThere(of), ...ended) });
}

/** Changes what a share permits. @throws ConditionFailed when it is gone */
export async function replace(dynamo: Dynamo, item: ShareItem): Promise<void> {
	const { permission, expiresAt, of, shareId } = item;
	const update = change({ permission, expiresAt });
	await dynamo.transact([{ update: { ...keyOf(of.kind, shareId), update, condition: isOf(of) } }, grantOf(item)]);
}

/** Ends a share. @throws ConditionFailed when it is gone */
export async function remove(dynamo: Dynamo, item: ShareItem): Promise<void> {
	const { of, shareId } = item;
	const update = when` REMOVE ${at('grants')}.${at(principalOf(item))}`;
	await dynamo.transact([
		{ remove: { ...keyOf(of.kind, shareId), condition: isOf(of) } },
		{ update: { ...PLACES[of.kind].keyOf(of.id), update, condition: stillThere(of) } },
	]);
}

/** Removes the rows of a thing that is gone. Again and again, if it must. */
export async function sweep(dynamo: Dynamo, of: Resource): Promise<void> {
	for (const { shareId } of await listOf(dynamo, of)) await dynamo.remove(keyOf(of.kind, shareId));
}

/**
 * Gives a dashboard to somebody else, all or nothing: who had it keeps a share as owner, and a share to who gets it is done with.
 * @throws ConditionFailed when it is gone or was given away meanwhile
 */
export async function transfer(
	dynamo: Dynamo,
	dashboardId: string,
	{ from, to, by, now }: { from: string; to: string; by: string; now: number },
): Promise<void> {
	const of: Resource = { kind: 'dashboard', id: dashboardId };
	const [before, after]: [Target, Target] = [
		{ sharedToType: 'user', sharedToId: from },
		{ sharedToType: 'user', sharedToId: to },
	];
	const [shareId, formerId] = await Promise.all([shareIdOf(dashboardId, before), shareIdOf(dashboardId, after)]);
	const grant = { permission: 'owner', expiresAt: null } as const;
	const item: ShareItem = { of, shareId, ...before, ...grant, sharedBy: by, createdAt: now };
	const [given, dropped] = [principalOf(before), principalOf(after)];
	const update = [
		...change({ ownerId: to, updatedAt: now }),
		...when`, ${at('grants')}.${at(given)} = ${grant} REMOVE ${at('grants')}.${at(dropped)}`,
	];
	const condition = and(stillThere(of), when`${at('ownerId')} = ${from}`);
	await dynamo.transact([
		{ update: { ...dashboards.keyOf(dashboardId), update, condition } },
		{ put: { table: PLACES.dashboard.table, item: toStored(item) } },
		{ remove: keyOf('dashboard', formerId) },
	]);
}

function grantOf(item: ShareItem, condition?: Expression): Write {
	const { of, permission, expiresAt } = item;
	const update = when` SET ${at('grants')}.${at(principalOf(item))} = ${{ permission, expiresAt }}`;
	const there = stillThere(of);
	return { update: { ...PLACES[of.kind].keyOf(of.id), update, condition: condition ? and(there, condition) : there } };
}

function stillThere({ kind }: Resource): Expression {
	return when`attribute_exists(${at(PLACES[kind].idName)}) AND attribute_not_exists(${at('deletedAt')})`;
}

function isOf({ kind, id }: Resource): Expression {
	return when`${at(PLACES[kind].idName)} = ${id}`;
}

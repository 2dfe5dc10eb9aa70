// Groups and who is in them, as they are stored. A membership is a row and the group's id on the user's item, written together,
// so that one read of a user decides. A group that is being deleted is of another kind: no list has it, and nobody may join it.
import * as z from 'zod';
import { MAX_GROUPS_OF_USER, type Group, type Member } from '$lib/contracts/group';
import { absent, and, at, change, present, when, type Expression } from '../../infra/dynamo/expression';
import { itemParser } from '../../infra/dynamo/parse';
import type { Dynamo, KeyOf } from '../../infra/dynamo/port';
import { toIso } from '../../time';
import * as users from '../user/repository';
import { nameGuard } from './rules';

const GROUP = 'group';
const DELETED = 'deleted group';

const groupItem = z.object({
	groupId: z.string(),
	name: z.string(),
	memberCount: z.int(),
	/** The partition of the index that lists it. */
	kind: z.enum([GROUP, DELETED]),
	deletedAt: z.number().optional(),
	createdAt: z.number(),
	updatedAt: z.number(),
});
export type GroupItem = z.infer<typeof groupItem>;
export const parse = itemParser('groups', groupItem);

const memberItem = z.object({ groupId: z.string(), userId: z.string(), addedAt: z.number() });
export type MemberItem = z.infer<typeof memberItem>;
const parseMember = itemParser('group_members', memberItem);

export function keyOf(groupId: string): KeyOf {
	return { table: 'groups', key: { groupId } };
}

const memberKey = ({ groupId, userId }: Omit<MemberItem, 'addedAt'>): KeyOf => ({
	table: 'group_members',
	key: { groupId, userId },
});
const guardOf = (name: string): KeyOf => ({ table: 'unique', key: { key: nameGuard(name) } });

export function toContract({ groupId, name, memberCount, createdAt, updatedAt }: GroupItem): Group {
	return { id: groupId, name, memberCount, createdAt: toIso(createdAt), updatedAt: toIso(updatedAt) };
}

export function toMember({ groupId, userId, addedAt }: MemberItem, { name, email }: users.ListedUser): Member {
	return { groupId, userId, name, email, addedAt: toIso(addedAt) };
}

/** Stores a new, empty group and takes its name. @throws ConditionFailed when the name is taken */
export async function create(
	dynamo: Dynamo,
	{ groupId, name, now }: { groupId: string; name: string; now: number },
): Promise<GroupItem> {
	const item: GroupItem = { groupId, name, memberCount: 0, kind: GROUP, createdAt: now, updatedAt: now };
	const guard = { ...guardOf(name).key, groupId };
	await dynamo.transact([
		{ put: { table: 'unique', item: guard, condition: absent('key') } },
		{ put: { table: 'groups', item, condition: absent('groupId') } },
	]);
	return item;
}

/** @throws ConditionFailed for write 1 when the name is taken, for write 0 when the group was changed meanwhile */
export async function rename(dynamo: Dynamo, before: GroupItem, name: string, now: number): Promise<void> {
	const { groupId } = before;
	const condition = and(isThere, when`${at('name')} = ${before.name}`);
	const update = { ...keyOf(groupId), update: change({ name, updatedAt: now }), condition };
	if (nameGuard(name) === nameGuard(before.name)) return void (await dynamo.update(update));
	await dynamo.transact([
		{ update },
		{ put: { table: 'unique', item: { ...guardOf(name).key, groupId }, condition: absent('key') } },
		{ remove: guardOf(before.name) },
	]);
}

/** Ends a group for everybody at once and sets its name free. @throws ConditionFailed when it was changed meanwhile */
export async function markDeleted(dynamo: Dynamo, { groupId, name }: GroupItem, now: number): Promise<void> {
	const condition = and(isThere, when`${at('name')} = ${name}`);
	await dynamo.transact([
		{ update: { ...keyOf(groupId), update: change({ kind: DELETED, deletedAt: now }), condition } },
		{ remove: guardOf(name) },
	]);
}

/** Groups that are marked and not swept: what a crash left. */
export async function findDeleted(dynamo: Dynamo): Promise<string[]> {
	return (await listKind(dynamo, DELETED)).map(({ groupId }) => groupId);
}

/** Removes what is left of a group that is marked, once nobody is in it. */
export async function drop(dynamo: Dynamo, groupId: string): Promise<void> {
	await dynamo.remove({ ...keyOf(groupId), condition: when`${at('kind')} = ${DELETED}` });
}

/** Every group. */
export async function listAll(dynamo: Dynamo): Promise<GroupItem[]> {
	return listKind(dynamo, GROUP);
}

async function listKind(dynamo: Dynamo, kind: GroupItem['kind']): Promise<GroupItem[]> {
	const items = await dynamo.query({ table: 'groups', index: 'GroupsByKind', where: when`${at('kind')} = ${kind}` });
	return items.map(parse);
}

/** These groups, as far as they are there. One round trip for a hundred, none for none. */
export async function findMany(dynamo: Dynamo, groupIds: readonly string[]): Promise<GroupItem[]> {
	if (groupIds.length === 0) return [];
	const items = await dynamo.batchGet(groupIds.map(keyOf));
	return items.flatMap((raw) => (raw ? [parse(raw)] : [])).filter(({ kind }) => kind === GROUP);
}

/** Who is in a group. Strongly consistent. */
export async function listMembers(dynamo: Dynamo, groupId: string): Promise<MemberItem[]> {
	const where = when`${at('groupId')} = ${groupId}`;
	return (await dynamo.query({ table: 'group_members', where, consistent: true })).map(parseMember);
}

/** Which writes of `addMember` and `removeMember` may fail their condition. */
export const WRITES = { row: 0, user: 1, group: 2 } as const;

/** @throws ConditionFailed for `row` when they are in it, for `user` when they are in too many, for `group` when it is gone */
export async function addMember(dynamo: Dynamo, item: MemberItem): Promise<void> {
	const { groupId, userId } = item;
	const hasRoom = and(present('userId'), when`size(${at('groupIds')}) < ${MAX_GROUPS_OF_USER}`);
	const update = when` SET ${at('groupIds')} = list_append(${at('groupIds')}, ${[groupId]})`;
	await dynamo.transact([
		{ put: { table: 'group_members', item, condition: absent('groupId') } },
		{ update: { ...users.keyOf(userId), update, condition: hasRoom } },
		{ update: { ...keyOf(groupId), update: change({}, { memberCount: 1 }), condition: isThere } },
	]);
}

interface Leaving {
	groupId: string;
	userId: string;
	/** Of the user, as they were read. */
	groupIds: readonly string[];
	/** False while the whole group is being deleted: nobody counts its members any more, and many leave at once. */
	counted: boolean;
}

/** @throws ConditionFailed for `row` when they are not in it, for `user` when their groups were changed meanwhile */
export async function removeMember(dynamo: Dynamo, { groupId, userId, groupIds, counted }: Leaving): Promise<void> {
	const left = groupIds.filter((one) => one !== groupId);
	const condition = when`${at('groupIds')} = ${groupIds}`;
	await dynamo.transact([
		{ remove: { ...memberKey({ groupId, userId }), condition: present('groupId') } },
		{ update: { ...users.keyOf(userId), update: change({ groupIds: left }), condition } },
		...(counted
			? [{ update: { ...keyOf(groupId), update: change({}, { memberCount: -1 }), condition: isThere } }]
			: []),
	]);
}

const isThere: Expression = when`${at('kind')} = ${GROUP}`;

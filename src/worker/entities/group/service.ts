// Groups: admins make them and say who is in them; whoever is in one sees it.
import type { z } from 'zod';
import type { PageInput } from '$lib/contracts/common';
import { MAX_GROUPS_OF_USER, type Group, type GroupDetail, type Member } from '$lib/contracts/group';
import type { groupCreate, groupRef, groupUpdate, memberRef } from '$lib/contracts/group';
import type { Actor } from '../../access/access';
import type { Deps } from '../../deps';
import { AppError, invalid, notFound } from '../../errors';
import { isId } from '../../ids';
import { againWhileChanged } from '../../infra/dynamo/again';
import { ConditionFailed } from '../../infra/dynamo/port';
import { matching, newestFirst, pageOf } from '../../lists';
import * as users from '../user/repository';
import { removeDeleted } from './removal';
import * as repository from './repository';

type GroupDeps = Pick<Deps, 'access' | 'audit' | 'dynamo' | 'now' | 'newId'>;

/** The groups that the actor is in, all of them for an admin; newest first. */
export async function list(deps: GroupDeps, actor: Actor, input: PageInput) {
	const { role, groupIds } = actor.user;
	const visible =
		role === 'admin' ? await repository.listAll(deps.dynamo) : await repository.findMany(deps.dynamo, groupIds);
	const found = matching(visible, input.q, ({ name }) => [name]);
	return pageOf(
		newestFirst(found, ({ groupId }) => groupId),
		input,
		repository.toContract,
	);
}

/** With its members, in the order of their names. */
export async function get(deps: GroupDeps, actor: Actor, { groupId }: z.infer<typeof groupRef>): Promise<GroupDetail> {
	const { item } = await deps.access.require(actor, 'group.view', groupId);
	return describe(deps, item);
}

/** That only admins may is in the procedure's declaration. @throws AppError ALREADY_EXISTS */
export async function create(deps: GroupDeps, actor: Actor, { name }: z.infer<typeof groupCreate>): Promise<Group> {
	try {
		const item = await repository.create(deps.dynamo, { groupId: deps.newId('group'), name, now: deps.now() });
		await record(deps, actor, item.groupId, { change: 'created', name });
		return repository.toContract(item);
	} catch (error) {
		throw error instanceof ConditionFailed ? nameTaken(error) : error;
	}
}

/** Gives a group another name; its members and its shares stay. @throws AppError ALREADY_EXISTS */
export async function update(deps: GroupDeps, actor: Actor, input: z.infer<typeof groupUpdate>): Promise<GroupDetail> {
	const { groupId, name } = input;
	const rename = async (): Promise<GroupDetail> => {
		const { item: before } = await deps.access.require(actor, 'group.edit', groupId);
		if (name === undefined || name === before.name) return describe(deps, before);
		const now = deps.now();
		try {
			await repository.rename(deps.dynamo, before, name, now);
		} catch (error) {
			throw error instanceof ConditionFailed && !error.failed.includes(0) ? nameTaken(error) : error;
		}
		await deps.access.wrote('group', groupId);
		await record(deps, actor, groupId, { change: 'renamed', before: before.name, after: name });
		return describe(deps, { ...before, name, updatedAt: now });
	};
	return again(deps, groupId, rename);
}

/**
 * Ends a group and, with it, its shares. When this returns, none of its former members has anything through it.
 * What a crash leaves half-way is finished by the next tick.
 */
export async function remove(deps: GroupDeps, actor: Actor, { groupId }: z.infer<typeof groupRef>): Promise<void> {
	const { name } = await again(deps, groupId, async () => {
		const { item } = await deps.access.require(actor, 'group.delete', groupId);
		await repository.markDeleted(deps.dynamo, item, deps.now());
		return item;
	});
	await deps.access.wrote('group', groupId);
	await record(deps, actor, groupId, { change: 'deleted', name });
	await removeDeleted(deps, groupId);
}

/**
 * Lets somebody in: whatever is shared to the group is theirs to see from the answer on, elsewhere within the access TTL.
 * @throws AppError VALIDATION_ERROR for nobody, and for somebody in too many groups · ALREADY_EXISTS for a member
 */
export async function addMember(deps: GroupDeps, actor: Actor, input: z.infer<typeof memberRef>): Promise<Member> {
	const { groupId, userId } = input;
	await deps.access.require(actor, 'group.edit', groupId);
	const user = isId('user', userId) ? (await users.findMany(deps.dynamo, [userId])).get(userId) : undefined;
	if (!user) throw invalid({ userId: 'is nobody' });
	const item = { groupId, userId, addedAt: deps.now() };
	try {
		await repository.addMember(deps.dynamo, item);
	} catch (error) {
		throw error instanceof ConditionFailed ? whyNotAdded(error) : error;
	}
	await changed(deps, { groupId, userId });
	await record(deps, actor, groupId, { change: 'member added', userId });
	return repository.toMember(item, user);
}

/** Takes somebody out, at once here and within the access TTL elsewhere. @throws AppError NOT_FOUND also for no member */
export async function removeMember(deps: GroupDeps, actor: Actor, input: z.infer<typeof memberRef>): Promise<void> {
	const { groupId, userId } = input;
	await deps.access.require(actor, 'group.edit', groupId);
	await again(deps, groupId, async () => {
		const raw = isId('user', userId) ? await deps.dynamo.get(users.keyOf(userId)) : null;
		const groupIds: string[] = raw ? users.parse(raw).groupIds : [];
		if (!groupIds.includes(groupId)) throw notFound(`${userId} is not in ${groupId}`);
		await repository.removeMember(deps.dynamo, { groupId, userId, groupIds, counted: true });
	});
	await changed(deps, { groupId, userId });
	await record(deps, actor, groupId, { change: 'member removed', userId });
}

/** Tries it again while others change the group or whoever is in it. */
function again<T>(deps: GroupDeps, groupId: string, attempt: () => Promise<T>): Promise<T> {
	return againWhileChanged(() => deps.access.wrote('group', groupId), attempt);
}

async function changed(deps: GroupDeps, { groupId, userId }: z.infer<typeof memberRef>): Promise<void> {
	await Promise.all([deps.access.wrote('user', userId), deps.access.wrote('group', groupId)]);
}

function record(
	{ audit }: Pick<GroupDeps, 'audit'>,
	by: Actor,
	id: string,
	details: Record<string, string>,
): Promise<void> {
	return audit.record({ action: 'GROUP_CHANGED', by, on: { type: 'group', id }, details });
}

async function describe(deps: GroupDeps, item: repository.GroupItem): Promise<GroupDetail> {
	const rows = await repository.listMembers(deps.dynamo, item.groupId);
	const people = await users.findMany(
		deps.dynamo,
		rows.map(({ userId }) => userId),
	);
	const members = rows.flatMap((row) => {
		const person = people.get(row.userId);
		return person ? [repository.toMember(row, person)] : [];
	});
	members.sort((left, right) => left.name.localeCompare(right.name) || (left.userId < right.userId ? -1 : 1));
	return { ...repository.toContract(item), members };
}

function nameTaken(cause: ConditionFailed): AppError {
	return new AppError('ALREADY_EXISTS', {
		userMessage: 'There is a group of this name already.',
		details: { fields: { name: 'is taken' } },
		cause,
	});
}

function whyNotAdded(cause: ConditionFailed): AppError {
	const { row, group } = repository.WRITES;
	if (cause.failed.includes(group)) return notFound('the group was deleted meanwhile');
	if (cause.failed.includes(row))
		return new AppError('ALREADY_EXISTS', { userMessage: 'They are in this group already.', cause });
	return invalid({ userId: `is in ${MAX_GROUPS_OF_USER} groups, and in no more` });
}

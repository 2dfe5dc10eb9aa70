// People: everybody finds everybody to share with and names themselves; admins make accounts and say who may log in.
import type { z } from 'zod';
import type { PageInput } from '$lib/contracts/common';
import type { User, userCreate, userUpdate } from '$lib/contracts/user';
import type { Actor } from '../../access/access';
import type { Deps } from '../../deps';
import { AppError, invalid } from '../../errors';
import { againWhileChanged } from '../../infra/dynamo/again';
import { matching, newestFirst, pageOf } from '../../lists';
import { hashPassword } from './password';
import * as repository from './repository';
import { emailKey } from './rules';

type UserDeps = Pick<Deps, 'access' | 'audit' | 'dynamo' | 'now' | 'newId'>;

/** Everybody, newest first; `q` looks in names and e-mail addresses. */
export async function list(deps: UserDeps, _actor: Actor, input: PageInput) {
	const everybody = await repository.listAll(deps.dynamo);
	const found = matching(everybody, input.q, ({ name, email }) => [name, email]);
	const page = pageOf(
		newestFirst(found, ({ userId }) => userId),
		input,
		({ userId }) => userId,
	);
	// The index that lists them does not know who is disabled.
	const people = await repository.findMany(deps.dynamo, page.items);
	return { ...page, items: page.items.flatMap((userId) => people.get(userId) ?? []).map(repository.toContract) };
}

export async function get(deps: UserDeps, actor: Actor, { userId }: { userId: string }): Promise<User> {
	const { item } = await deps.access.require(actor, 'user.view', userId);
	return repository.toContract(item);
}

/** Makes an account with the role `user`. That only admins may is in the procedure's declaration. @throws AppError ALREADY_EXISTS */
export async function create(deps: UserDeps, actor: Actor, input: z.infer<typeof userCreate>): Promise<User> {
	const now = deps.now();
	const user: repository.NewUser = {
		userId: deps.newId('user'),
		email: input.email,
		emailKey: emailKey(input.email),
		name: input.name,
		role: 'user',
		passwordHash: await hashPassword(input.password),
		groupIds: [],
		kind: repository.USER_KIND,
		createdAt: now,
		updatedAt: now,
	};
	await repository.create(deps.dynamo, user);
	const details = { email: user.email, name: user.name };
	await deps.audit.record({ action: 'USER_CREATED', by: actor, on: { type: 'user', id: user.userId }, details });
	return repository.toContract(user);
}

/**
 * Changes what is named: a name by oneself, role and access by admins. Whoever is disabled is out at once here, elsewhere
 * within the access TTL, for good as far as sessions go, and keeps what is theirs.
 * @throws AppError FORBIDDEN · VALIDATION_ERROR when nobody would be left who is an admin
 */
export async function update(deps: UserDeps, actor: Actor, input: z.infer<typeof userUpdate>): Promise<User> {
	const { userId } = input;
	const { before, user } = await againWhileChanged(
		() => deps.access.wrote('user', userId),
		async () => {
			const { item: before } = await deps.access.require(actor, 'user.edit', userId);
			const isAboutAccess = input.role !== undefined || input.disabled !== undefined;
			if (isAboutAccess && actor.user.role !== 'admin') throw new AppError('FORBIDDEN');
			const after = changed(before, input, deps.now());
			const { name, role, disabledAt, sessionsFrom, updatedAt } = after;
			const endsAdmin = isActiveAdmin(before) && !isActiveAdmin(after);
			await repository.update(
				deps.dynamo,
				userId,
				{
					// Others may name or sign out somebody at the same time, and the condition is not about that.
					...(input.name !== undefined && { name }),
					...(sessionsFrom !== before.sessionsFrom && { sessionsFrom }),
					role,
					disabledAt,
					updatedAt,
				},
				{ condition: repository.standsAs(before), ...(endsAdmin && { witness: await otherAdmin(deps, actor, input) }) },
			);
			return { before, user: after };
		},
	);
	await deps.access.wrote('user', userId);
	await recordChange(deps, actor, before, user);
	return repository.toContract(user);
}

/** Ends all sessions of somebody: at once here, elsewhere within the access TTL. */
export async function signOut(deps: UserDeps, actor: Actor, { userId }: { userId: string }): Promise<void> {
	await deps.access.require(actor, 'user.manage', userId);
	await repository.update(deps.dynamo, userId, { sessionsFrom: deps.now() });
	await deps.access.wrote('user', userId);
	await deps.audit.record({ action: 'USER_SIGNED_OUT', by: actor, on: { type: 'user', id: userId } });
}

/** Whether somebody may log in is an event of its own, beside what else was changed. */
async function recordChange(
	{ audit }: Pick<UserDeps, 'audit'>,
	by: Actor,
	before: repository.UserItem,
	after: repository.UserItem,
): Promise<void> {
	const on = { type: 'user', id: after.userId } as const;
	const told = ({ name, role }: repository.UserItem) => ({ name, role });
	if (before.name !== after.name || before.role !== after.role)
		await audit.record({ action: 'USER_UPDATED', by, on, details: { before: told(before), after: told(after) } });
	if ((before.disabledAt === undefined) !== (after.disabledAt === undefined))
		await audit.record({ action: after.disabledAt === undefined ? 'USER_ENABLED' : 'USER_DISABLED', by, on });
}

function changed(
	before: repository.UserItem,
	{ name = before.name, role = before.role, disabled }: z.infer<typeof userUpdate>,
	now: number,
): repository.UserItem {
	const disabledAt = disabled === undefined ? before.disabledAt : disabled ? (before.disabledAt ?? now) : undefined;
	// Whoever is enabled again logs in again: a session is not to outlive the reason for which it was ended.
	const sessionsFrom = disabled && before.disabledAt === undefined ? now : before.sessionsFrom;
	return { ...before, name, role, disabledAt, sessionsFrom, updatedAt: now };
}

function isActiveAdmin({ role, disabledAt }: Pick<repository.UserItem, 'role' | 'disabledAt'>): boolean {
	return role === 'admin' && disabledAt === undefined;
}

/** Somebody else who is an admin: the write checks that they still are. @throws AppError VALIDATION_ERROR without one */
async function otherAdmin(deps: UserDeps, actor: Actor, { userId, role }: z.infer<typeof userUpdate>): Promise<string> {
	const listed = (await repository.listAll(deps.dynamo)).filter((user) => user.role === 'admin');
	const candidates = [actor.user.userId, ...listed.map((user) => user.userId)].filter((id) => id !== userId);
	const people = await repository.findMany(deps.dynamo, candidates);
	const other = [...people.values()].find(isActiveAdmin);
	if (!other) throw invalid({ [role === 'user' ? 'role' : 'disabled']: 'would leave nobody who is an admin' });
	return other.userId;
}

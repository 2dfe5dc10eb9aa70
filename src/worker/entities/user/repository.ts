// Users as they are stored, and their mapping to the contract.
import * as z from 'zod';
import { role, type Self, type User } from '$lib/contracts/user';
import { AppError } from '../../errors';
import { absent, and, at, change, present, when, type Expression } from '../../infra/dynamo/expression';
import { itemParser } from '../../infra/dynamo/parse';
import { ConditionFailed, type Dynamo, type KeyOf, type Write } from '../../infra/dynamo/port';
import { toIso } from '../../time';
import { emailGuard } from './rules';

/** The constant partition of the index that lists everybody. */
export const USER_KIND = 'user';

const userItem = z.object({
	userId: z.string(),
	email: z.string(),
	emailKey: z.string(),
	name: z.string(),
	role,
	passwordHash: z.string(),
	groupIds: z.array(z.string()),
	/** Since when they may not log in; absent: they may. */
	disabledAt: z.number().optional(),
	/** Sessions in which they gave their password before this are over. */
	sessionsFrom: z.number().optional(),
	/** The one-time link by which they may choose another password, as the SHA-256 of its secret. */
	reset: z.object({ hash: z.string(), expiresAt: z.number() }).optional(),
	/** Their transforms whose last run failed: a set in the table, which JSON does not know. */
	failedTransforms: z
		.union([z.set(z.string()), z.array(z.string())])
		.transform((ids) => [...ids].sort())
		.default([]),
	kind: z.literal(USER_KIND),
	createdAt: z.number(),
	updatedAt: z.number(),
});
export type UserItem = z.infer<typeof userItem>;
/** A set that is empty is not stored. */
export type NewUser = Omit<UserItem, 'failedTransforms'>;
export const parse = itemParser('users', userItem);

const listedUser = userItem.pick({
	userId: true,
	email: true,
	name: true,
	role: true,
	disabledAt: true,
	createdAt: true,
	updatedAt: true,
});
export type ListedUser = z.infer<typeof listedUser>;
const parseListed = itemParser('users', listedUser);

/** Whoever asks: all of a user but what proves who they are, which has no business in a cache. */
const actorUser = userItem.omit({ passwordHash: true, reset: true, emailKey: true, kind: true });
export type ActorUser = z.infer<typeof actorUser>;
export const parseActor = itemParser('users', actorUser);

export function keyOf(userId: string): KeyOf {
	return { table: 'users', key: { userId } };
}

export function toContract({ userId, email, name, role, disabledAt, createdAt, updatedAt }: ListedUser): User {
	const times = { createdAt: toIso(createdAt), updatedAt: toIso(updatedAt) };
	return { userId, email, name, role, ...(disabledAt !== undefined && { disabled: true }), ...times };
}

/** What somebody is told of themselves. */
export function toSelf(user: ActorUser): Self {
	return { ...toContract(user), failedTransforms: user.failedTransforms };
}

/** A step of a transaction: the last run of one of their transforms failed. */
export function noteFailed(userId: string, transformId: string): Write {
	const update = change({}, { failedTransforms: new Set([transformId]) });
	return { update: { ...keyOf(userId), update, condition: present('userId') } };
}

/** A step of a transaction: it did not, or there is no such transform any more. */
export function forgetFailed(userId: string, transformId: string): Write {
	const update = change({}, {}, { failedTransforms: new Set([transformId]) });
	return { update: { ...keyOf(userId), update, condition: present('userId') } };
}

/** Stores a new user together with the guard of their e-mail address. @throws AppError ALREADY_EXISTS */
export async function create(dynamo: Dynamo, user: NewUser): Promise<void> {
	const guard = { key: emailGuard(user.email), userId: user.userId };
	try {
		await dynamo.transact([
			{ put: { table: 'unique', item: guard, condition: absent('key') } },
			{ put: { table: 'users', item: user, condition: absent('userId') } },
		]);
	} catch (error) {
		if (!(error instanceof ConditionFailed)) throw error;
		throw new AppError('ALREADY_EXISTS', {
			userMessage: 'Somebody has this e-mail address already.',
			details: { fields: { email: 'is taken' } },
			cause: error,
		});
	}
}

/**
 * Changes an account; a field that is `undefined` is removed.
 * @param condition on what the change was decided from
 * @param witness an admin who must be one still, so that there always is one
 * @throws ConditionFailed
 */
export async function update(
	dynamo: Dynamo,
	userId: string,
	fields: Partial<UserItem>,
	{ condition = present('userId'), witness }: { condition?: Expression; witness?: string | undefined } = {},
): Promise<void> {
	const write = { ...keyOf(userId), update: change(fields), condition };
	if (witness === undefined) return void (await dynamo.update(write));
	await dynamo.transact([{ update: write }, { check: { ...keyOf(witness), condition: mayAdminister } }]);
}

const mayAdminister = when`${at('role')} = ${'admin'} AND attribute_not_exists(${at('disabledAt')})`;

/** The condition that role and access of an account are as they were read. */
export function standsAs({ role, disabledAt }: UserItem): Expression {
	const access =
		disabledAt === undefined
			? when`attribute_not_exists(${at('disabledAt')})`
			: when`${at('disabledAt')} = ${disabledAt}`;
	return and(when`${at('role')} = ${role}`, access);
}

interface NewPassword {
	passwordHash: string;
	/** UNIX seconds. */
	now: number;
}

/**
 * Replaces the password of somebody who gave the present one: their sessions but the `kept` one are over, and so is any link.
 * @throws ConditionFailed when password or session are not there any more
 */
export async function changePassword(
	dynamo: Dynamo,
	before: UserItem,
	{ passwordHash, now, kept }: NewPassword & { kept: string },
): Promise<void> {
	const update = change({ passwordHash, reset: undefined, sessionsFrom: now, updatedAt: now });
	const condition = when`${at('passwordHash')} = ${before.passwordHash}`;
	const session = { table: 'sessions', key: { sessionId: kept } } as const;
	await dynamo.transact([
		{ update: { ...keyOf(before.userId), update, condition } },
		{ update: { ...session, update: change({ confirmedAt: now }), condition: present('sessionId') } },
	]);
}

/** Replaces the password by a one-time link, which ends with it. @throws ConditionFailed when it does not work any more */
export async function resetPassword(
	dynamo: Dynamo,
	userId: string,
	{ passwordHash, hash, now }: NewPassword & { hash: string },
): Promise<void> {
	const update = change({ passwordHash, reset: undefined, sessionsFrom: now, updatedAt: now });
	const isIt = when`${at('reset')}.${at('hash')} = ${hash}`;
	const lasts = when`${at('reset')}.${at('expiresAt')} > ${now}`;
	const condition = and(isIt, lasts, when`attribute_not_exists(${at('disabledAt')})`);
	await dynamo.update({ ...keyOf(userId), update, condition });
}

/** A key that no account has. */
const NOBODY = 'nobody';

/**
 * By e-mail address in any case, or null. Through the guard, which unlike an index is never behind. Two reads whether there is
 * somebody or not, so that the time of a log-in tells nobody who has an account.
 */
export async function findByEmail(dynamo: Dynamo, email: string): Promise<UserItem | null> {
	const guard = await dynamo.get({ table: 'unique', key: { key: emailGuard(email) } });
	const raw = await dynamo.get(keyOf(String(guard?.['userId'] ?? NOBODY)));
	return raw ? parse(raw) : null;
}

/** Everybody, as lists show them. */
export async function listAll(dynamo: Dynamo): Promise<ListedUser[]> {
	const items = await dynamo.query({ table: 'users', index: 'UsersByKind', where: when`${at('kind')} = ${USER_KIND}` });
	return items.map(parseListed);
}

/** Who has these identifiers, for showing whose a thing is; the absent ones are left out. One round trip. */
export async function findMany(dynamo: Dynamo, userIds: readonly string[]): Promise<Map<string, ListedUser>> {
	const wanted = [...new Set(userIds)];
	if (wanted.length === 0) return new Map();
	const items = await dynamo.batchGet(wanted.map(keyOf), {
		users: ['email', 'name', 'role', 'disabledAt', 'createdAt', 'updatedAt'],
	});
	return new Map(items.flatMap((raw) => (raw ? [parseListed(raw)] : [])).map((user) => [user.userId, user]));
}

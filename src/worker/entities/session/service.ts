// Logging in and out, and where one is logged in.
import type { z } from 'zod';
import type { Session } from '$lib/contracts/session';
import type { loginInput, Me, Self, User } from '$lib/contracts/user';
import type { Actor } from '../../access/access';
import type { Deps } from '../../deps';
import { AppError } from '../../errors';
import { newestFirst } from '../../lists';
import * as groups from '../group/repository';
import { verifyPassword } from '../user/password';
import * as users from '../user/repository';
import { emailKey } from '../user/rules';
import { withinLimits } from './attempts';
import * as repository from './repository';
import { isSessionOpen } from './rules';

type SessionDeps = Pick<Deps, 'access' | 'audit' | 'dynamo' | 'limiter' | 'settings' | 'tokens' | 'now' | 'newId'>;

/** Seconds a session lasts. */
export const SESSION_SECONDS = 24 * 60 * 60;
/** Characters of a user agent that are kept. */
const MAX_USER_AGENT = 300;

export interface Login {
	accessToken: string;
	tokenType: 'bearer';
	expiresIn: number;
	user: User;
}

/** Who asks to log in, as the network and their program say. */
export interface Client {
	address: string;
	userAgent: string | null;
}

/**
 * Opens a session.
 * @throws AppError INVALID_CREDENTIALS, alike and as slow for an unknown e-mail address, a wrong password and a disabled account ·
 * RATE_LIMITED after too many failures within a minute, even with the right password
 */
export function login(deps: SessionDeps, input: z.infer<typeof loginInput>, client: Client): Promise<Login> {
	const { LOGIN_FAILURES_PER_ACCOUNT, LOGIN_FAILURES_PER_ADDRESS } = deps.settings;
	const limits = [
		{ policy: 'login-account', of: `${emailKey(input.email)} ${client.address}`, most: LOGIN_FAILURES_PER_ACCOUNT },
		{ policy: 'login-address', of: client.address, most: LOGIN_FAILURES_PER_ADDRESS },
	];
	return withinLimits(deps.limiter, limits, async () => {
		// A session that was asked for with a password that is replaced meanwhile began before it was replaced, and is over.
		const startedAt = deps.now();
		const user = await users.findByEmail(deps.dynamo, input.email);
		const isRight = await verifyPassword(input.password, user?.passwordHash ?? null);
		if (!user || !isRight || user.disabledAt !== undefined) {
			await deps.audit.record({ action: 'LOGIN_FAILED', by: null, details: { email: input.email } });
			throw new AppError('INVALID_CREDENTIALS');
		}
		const opened = await open(deps, user, { ...client, startedAt });
		await deps.audit.record({ action: 'USER_LOGIN', by: { user }, on: { type: 'user', id: user.userId } });
		return opened;
	});
}

async function open(
	deps: SessionDeps,
	user: users.UserItem,
	{ startedAt, address, userAgent }: Client & { startedAt: number },
): Promise<Login> {
	const expiresAt = startedAt + SESSION_SECONDS;
	const session: repository.SessionItem = {
		sessionId: deps.newId('sess'),
		userId: user.userId,
		address,
		...(userAgent !== null && { userAgent: userAgent.slice(0, MAX_USER_AGENT) }),
		createdAt: startedAt,
		expiresAt,
		ttl: Math.ceil(expiresAt),
	};
	await repository.create(deps.dynamo, session);
	const accessToken = await deps.tokens.issue(session, expiresAt);
	return { accessToken, tokenType: 'bearer', expiresIn: SESSION_SECONDS, user: users.toContract(user) };
}

/** Ends the session that asks, and no other. */
export async function logout(deps: SessionDeps, actor: Actor): Promise<void> {
	await close(deps, actor.sessionId);
	await deps.audit.record({ action: 'USER_LOGOUT', by: actor, on: { type: 'user', id: actor.user.userId } });
}

/** Who is logged in, and the groups they are in. */
export async function me(deps: SessionDeps, actor: Actor): Promise<Me> {
	const found = await groups.findMany(deps.dynamo, actor.user.groupIds);
	found.sort((left, right) => left.name.localeCompare(right.name));
	return { ...self(actor), groups: found.map(({ groupId, name }) => ({ groupId, name })) };
}

/** Who is logged in, from what was read to find that out. */
export function self(actor: Actor): Self {
	return users.toSelf(actor.user);
}

/** Where the actor is logged in, newest first. */
export async function list(deps: SessionDeps, actor: Actor): Promise<Session[]> {
	const found = await repository.listByUser(deps.dynamo, actor.user.userId);
	const open = found.filter((session) => isSessionOpen(session, actor.user, deps.now()));
	return newestFirst(open, ({ sessionId }) => sessionId).map((session) =>
		repository.toContract(session, actor.sessionId),
	);
}

/** Ends one of the actor's sessions: at once here, elsewhere within the access TTL. */
export async function end(deps: SessionDeps, actor: Actor, { sessionId }: { sessionId: string }): Promise<void> {
	const { item } = await deps.access.require(actor, 'session.end', sessionId);
	await close(deps, sessionId);
	const details = { userId: item.userId };
	await deps.audit.record({ action: 'SESSION_ENDED', by: actor, on: { type: 'session', id: sessionId }, details });
}

async function close(deps: SessionDeps, sessionId: string): Promise<void> {
	await repository.remove(deps.dynamo, sessionId);
	await deps.access.wrote('session', sessionId);
}

/** Ends all sessions of the actor, the one that asks among them. */
export async function endAll(deps: SessionDeps, actor: Actor): Promise<void> {
	await deps.access.require(actor, 'user.edit', actor.user.userId);
	await users.update(deps.dynamo, actor.user.userId, { sessionsFrom: deps.now() });
	await deps.access.wrote('user', actor.user.userId);
	await deps.audit.record({ action: 'USER_SIGNED_OUT', by: actor, on: { type: 'user', id: actor.user.userId } });
}

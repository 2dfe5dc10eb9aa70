// Logging in and out.
import type { z } from 'zod';
import type { loginInput, Me, User } from '$lib/contracts/user';
import type { Actor } from '../../access/access';
import type { Deps } from '../../deps';
import { AppError } from '../../errors';
import { verifyPassword } from '../user/password';
import * as users from '../user/repository';
import { emailKey } from '../user/rules';
import * as repository from './repository';

type SessionDeps = Pick<Deps, 'access' | 'dynamo' | 'limiter' | 'tokens' | 'now' | 'newId'>;

/** Seconds a session lasts. */
export const SESSION_SECONDS = 24 * 60 * 60;

export interface Login {
	accessToken: string;
	tokenType: 'bearer';
	expiresIn: number;
	user: User;
}

/** Failures within a minute after which log-ins are refused: of one account from one address, and of all accounts from it. */
const MAX_FAILURES = { account: 5, address: 50 };

/**
 * Opens a session.
 * @param address of the client: failures are counted for each account and address, and for each address
 * @throws AppError INVALID_CREDENTIALS, alike and as slow for an unknown e-mail address and a wrong password ·
 * RATE_LIMITED after too many failures within a minute, even with the right password
 */
export async function login(deps: SessionDeps, input: z.infer<typeof loginInput>, address: string): Promise<Login> {
	const [account, everybody] = await Promise.all([digest(`${emailKey(input.email)} ${address}`), digest(address)]);
	const begun: string[] = [];
	let failed = false;
	try {
		await begin(deps.limiter, account, MAX_FAILURES.account);
		begun.push(account);
		await begin(deps.limiter, everybody, MAX_FAILURES.address);
		begun.push(everybody);
		const user = await users.findByEmail(deps.dynamo, input.email);
		failed = !(await verifyPassword(input.password, user?.passwordHash ?? null));
		if (!user || failed) throw new AppError('INVALID_CREDENTIALS');
		return await open(deps, user);
	} finally {
		// A failure of ours counts as nothing.
		for (const attempt of begun) await deps.limiter.end(attempt, failed ? 'failed' : 'succeeded');
	}
}

/** @throws AppError RATE_LIMITED */
async function begin(limiter: Deps['limiter'], attempt: string, most: number): Promise<void> {
	const retryAfter = await limiter.begin(attempt, most);
	if (retryAfter !== null) throw new AppError('RATE_LIMITED', { retryAfter, details: { retryAfter } });
}

async function open(deps: SessionDeps, user: users.UserItem): Promise<Login> {
	const now = deps.now();
	const expiresAt = now + SESSION_SECONDS;
	const session = {
		sessionId: deps.newId('sess'),
		userId: user.userId,
		createdAt: now,
		expiresAt,
		ttl: Math.ceil(expiresAt),
	};
	await repository.create(deps.dynamo, session);
	const accessToken = await deps.tokens.issue(session, expiresAt);
	return { accessToken, tokenType: 'bearer', expiresIn: SESSION_SECONDS, user: users.toContract(user) };
}

/** Ends the session that asks, and no other. */
export async function logout(deps: SessionDeps, actor: Actor): Promise<void> {
	await repository.remove(deps.dynamo, actor.sessionId);
	await deps.access.wrote('session', actor.sessionId);
}

/** Who is logged in. */
export function me(actor: Actor): Me {
	return { ...users.toContract(actor.user), groups: [] };
}

/** The name of a limiter says nothing about whom it limits. */
async function digest(text: string): Promise<string> {
	const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
	return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

// Choosing another password: by knowing the present one, or by a one-time link. Other sessions are over with it.
import type { z } from 'zod';
import type { passwordChange, resetInput } from '$lib/contracts/user';
import type { Actor } from '../../access/access';
import type { Deps } from '../../deps';
import { AppError } from '../../errors';
import { isId } from '../../ids';
import { ConditionFailed } from '../../infra/dynamo/port';
import { hashPassword, verifyPassword } from '../user/password';
import * as users from '../user/repository';
import { hashOfToken } from '../user/reset-link';
import { withinLimits } from './attempts';

type PasswordDeps = Pick<Deps, 'access' | 'audit' | 'dynamo' | 'limiter' | 'now'>;

/** Wrong guesses of the present password within a minute, by whoever has a session of somebody. */
const MAX_FAILURES = 5;

/**
 * Chooses another password. The session that asks goes on, every other one of its user is over.
 * @throws AppError WRONG_PASSWORD · RATE_LIMITED after too many wrong ones
 */
export async function change(
	deps: PasswordDeps,
	actor: Actor,
	{ currentPassword, newPassword }: z.infer<typeof passwordChange>,
): Promise<void> {
	const { userId } = actor.user;
	const { item: user } = await deps.access.require(actor, 'user.edit', userId);
	const limit = { policy: 'password', of: `password ${userId}`, most: MAX_FAILURES };
	await withinLimits(deps.limiter, [limit], async () => {
		if (!(await verifyPassword(currentPassword, user.passwordHash))) throw new AppError('WRONG_PASSWORD');
	});
	const passwordHash = await hashPassword(newPassword);
	const now = deps.now();
	try {
		await users.changePassword(deps.dynamo, user, { passwordHash, now, kept: actor.sessionId });
	} catch (error) {
		// Somebody chose another one while this was checked, or ended this session.
		throw error instanceof ConditionFailed ? new AppError('WRONG_PASSWORD', { cause: error }) : error;
	}
	await Promise.all([deps.access.wrote('user', userId), deps.access.wrote('session', actor.sessionId)]);
	await deps.audit.record({ action: 'PASSWORD_CHANGED', by: actor, on: { type: 'user', id: userId } });
}

/**
 * Chooses another password by a link. It ends the link and every session.
 * @throws AppError INVALID_CREDENTIALS, alike for whatever is wrong with the link
 */
export async function reset(
	deps: Pick<Deps, 'access' | 'audit' | 'dynamo' | 'now'>,
	{ userId, token, newPassword }: z.infer<typeof resetInput>,
): Promise<void> {
	const isOver = (cause?: unknown) =>
		new AppError('INVALID_CREDENTIALS', {
			userMessage: 'This link does not work any more. Ask an admin for another one.',
			cause,
		});
	const raw = isId('user', userId) ? await deps.dynamo.get(users.keyOf(userId)) : null;
	const stored = raw && users.parse(raw).reset;
	const hash = await hashOfToken(token);
	// Before the costly part: only whoever has a link makes this Worker hash anything.
	if (stored?.hash !== hash || stored.expiresAt <= deps.now()) throw isOver();
	const passwordHash = await hashPassword(newPassword);
	try {
		await users.resetPassword(deps.dynamo, userId, { passwordHash, hash, now: deps.now() });
	} catch (error) {
		throw error instanceof ConditionFailed ? isOver(error) : error;
	}
	await deps.access.wrote('user', userId);
	await deps.audit.record({ action: 'PASSWORD_RESET', by: { user: { userId } }, on: { type: 'user', id: userId } });
}

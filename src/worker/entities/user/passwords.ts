// Choosing another password: by knowing the present one, or by a link that an admin made and that works once.
import type { z } from 'zod';
import type { passwordChange, resetInput, ResetLink } from '$lib/contracts/user';
import type { Actor } from '../../access/access';
import type { Deps } from '../../deps';
import { AppError } from '../../errors';
import { isId } from '../../ids';
import { ConditionFailed } from '../../infra/dynamo/port';
import { toIso } from '../../time';
import { withinLimits } from '../session/attempts';
import { hashPassword, verifyPassword } from './password';
import * as repository from './repository';

type PasswordDeps = Pick<Deps, 'access' | 'audit' | 'dynamo' | 'limiter' | 'now'>;
type LinkDeps = Pick<Deps, 'access' | 'audit' | 'dynamo' | 'settings' | 'now'>;

/** Wrong guesses of the present password within a minute, by whoever has a session of somebody. */
const MAX_FAILURES = 5;
/** Seconds for which a one-time link works. */
const LINK_SECONDS = 24 * 60 * 60;
const SECRET_BYTES = 32;

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
		await repository.changePassword(deps.dynamo, user, { passwordHash, now, kept: actor.sessionId });
	} catch (error) {
		// Somebody chose another one while this was checked, or ended this session.
		throw error instanceof ConditionFailed ? new AppError('WRONG_PASSWORD', { cause: error }) : error;
	}
	await Promise.all([deps.access.wrote('user', userId), deps.access.wrote('session', actor.sessionId)]);
	await deps.audit.record({ action: 'PASSWORD_CHANGED', by: actor, on: { type: 'user', id: userId } });
}

/** A link by which somebody may choose another password, once and within a day. It replaces the one before. */
export async function makeLink(deps: LinkDeps, actor: Actor, { userId }: { userId: string }): Promise<ResetLink> {
	await deps.access.require(actor, 'user.manage', userId);
	const token = Buffer.from(crypto.getRandomValues(new Uint8Array(SECRET_BYTES))).toString('base64url');
	const expiresAt = deps.now() + LINK_SECONDS;
	await repository.update(deps.dynamo, userId, { reset: { hash: await digest(token), expiresAt } });
	await deps.access.wrote('user', userId);
	await deps.audit.record({ action: 'PASSWORD_RESET_LINK_MADE', by: actor, on: { type: 'user', id: userId } });
	const link = `${deps.settings.APP_ORIGIN}/reset?${new URLSearchParams({ user: userId, token }).toString()}`;
	return { link, expiresAt: toIso(expiresAt) };
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
	const raw = isId('user', userId) ? await deps.dynamo.get(repository.keyOf(userId)) : null;
	const stored = raw && repository.parse(raw).reset;
	const hash = await digest(token);
	// Before the costly part: only whoever has a link makes this Worker hash anything.
	if (stored?.hash !== hash || stored.expiresAt <= deps.now()) throw isOver();
	const passwordHash = await hashPassword(newPassword);
	try {
		await repository.resetPassword(deps.dynamo, userId, { passwordHash, hash, now: deps.now() });
	} catch (error) {
		throw error instanceof ConditionFailed ? isOver(error) : error;
	}
	await deps.access.wrote('user', userId);
	await deps.audit.record({ action: 'PASSWORD_RESET', by: { user: { userId } }, on: { type: 'user', id: userId } });
}

async function digest(token: string): Promise<string> {
	const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token));
	return Buffer.from(hash).toString('base64url');
}

// One-time links: an admin makes one, and whoever has it may choose a password for the account it is for. What is stored says
// nothing of the link itself.
import type { ResetLink } from '$lib/contracts/user';
import type { Actor } from '../../access/access';
import type { Deps } from '../../deps';
import { toIso } from '../../time';
import * as repository from './repository';

type LinkDeps = Pick<Deps, 'access' | 'audit' | 'dynamo' | 'settings' | 'now'>;

/** Seconds for which a link works. */
const LINK_SECONDS = 24 * 60 * 60;
const SECRET_BYTES = 32;

/** A link by which somebody may choose another password, once and within a day. It replaces the one before. */
export async function make(deps: LinkDeps, actor: Actor, { userId }: { userId: string }): Promise<ResetLink> {
	await deps.access.require(actor, 'user.manage', userId);
	const token = Buffer.from(crypto.getRandomValues(new Uint8Array(SECRET_BYTES))).toString('base64url');
	const expiresAt = deps.now() + LINK_SECONDS;
	await repository.update(deps.dynamo, userId, { reset: { hash: await hashOfToken(token), expiresAt } });
	await deps.access.wrote('user', userId);
	await deps.audit.record({ action: 'PASSWORD_RESET_LINK_MADE', by: actor, on: { type: 'user', id: userId } });
	// After the `#`, which browsers send to nobody: no log of requests and no `Referer` has the secret.
	const link = `${deps.settings.APP_ORIGIN}/reset#${new URLSearchParams({ user: userId, token }).toString()}`;
	return { link, expiresAt: toIso(expiresAt) };
}

/** What is stored of a link's secret. Quick to work out: a secret of this length cannot be guessed. */
export async function hashOfToken(token: string): Promise<string> {
	const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token));
	return Buffer.from(hash).toString('base64url');
}

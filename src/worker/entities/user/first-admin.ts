// The first admin, made from settings when an installation is provisioned; there is no open route for it.
// Node runs this file as it is: no aliases, erasable syntax only. The caller writes both items in one transaction.
import { newId } from '../../ids.ts';
import { hashPassword } from './password.ts';
import { emailGuard, emailKey } from './rules.ts';

/**
 * The items to put: the account, and the guard of its e-mail address, whose condition is that its `key` is absent.
 * When that condition fails, somebody has the address already and nothing is to be done.
 * @param now UNIX seconds
 */
export async function firstAdmin({ email, password, now }: { email: string; password: string; now: number }) {
	const userId = newId('user');
	const user = {
		userId,
		email: email.trim(),
		emailKey: emailKey(email),
		name: 'Admin',
		role: 'admin' as const,
		passwordHash: await hashPassword(password),
		groupIds: [] as string[],
		kind: 'user' as const,
		createdAt: now,
		updatedAt: now,
	};
	return { user, guard: { key: emailGuard(email), userId } };
}

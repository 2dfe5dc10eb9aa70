// People: an admin makes accounts, everybody finds everybody to share with.
import type { z } from 'zod';
import type { PageInput } from '$lib/contracts/common';
import type { User, userCreate } from '$lib/contracts/user';
import type { Actor } from '../../access/access';
import type { Deps } from '../../deps';
import { matching, newestFirst, pageOf } from '../../lists';
import { hashPassword } from './password';
import * as repository from './repository';
import { emailKey } from './rules';

type UserDeps = Pick<Deps, 'access' | 'dynamo' | 'now' | 'newId'>;

/** Everybody, newest first; `q` looks in names and e-mail addresses. */
export async function list(deps: UserDeps, _actor: Actor, input: PageInput) {
	const everybody = await repository.listAll(deps.dynamo);
	const found = matching(everybody, input.q, ({ name, email }) => [name, email]);
	return pageOf(
		newestFirst(found, ({ userId }) => userId),
		input,
		repository.toContract,
	);
}

export async function get(deps: UserDeps, actor: Actor, { userId }: { userId: string }): Promise<User> {
	const { item } = await deps.access.require(actor, 'user.view', userId);
	return repository.toContract(item);
}

/** Makes an account with the role `user`. That only admins may is in the procedure's declaration. @throws AppError ALREADY_EXISTS */
export async function create(deps: UserDeps, _actor: Actor, input: z.infer<typeof userCreate>): Promise<User> {
	const now = deps.now();
	const user: repository.UserItem = {
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
	return repository.toContract(user);
}
